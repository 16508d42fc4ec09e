#pragma once
// Pairing: how two applications A and B are hosted together (and a third, C, as B is).

#include <array>
#include <ostream>
#include <string>
#include <string_view>

#include "harness/adapters/host_adapter.h"
#include "suites/hosts_under_test/probe.h"
#include "suites/hosts_under_test/stage.h"

namespace suites::isolation {

struct Seat {
  std::string process_group;      // "" is embedded
  std::string application_group;  // "" is the main interpreter
};

struct Pairing {
  std::string_view name;   // as in expected.json
  std::string_view title;  // as reports show it
  std::string_view mode;   // of B
  Seat a;
  Seat b;
  Seat c;  // in the mode of B

  [[nodiscard]] bool is_one_process() const { return a.process_group == b.process_group; }
  [[nodiscard]] bool is_one_interpreter() const {
    return is_one_process() && a.application_group == b.application_group;
  }
};

// How GoogleTest names one in its output.
inline void PrintTo(const Pairing& pairing, std::ostream* out) {
  *out << pairing.name;
}

// All pairings, the embedded ones first.
[[nodiscard]] const std::array<Pairing, 6>& AllPairings();
[[nodiscard]] const Pairing& PairingNamed(std::string_view name);

// The daemon groups that the pairing needs, without scripts yet.
[[nodiscard]] harness::adapters::ServedDeployment GroupsOf(const Pairing& pairing);

// What differs from the promise of the pairing in where A and B were found, or "".
[[nodiscard]] std::string Misplacement(const Pairing& pairing,
                                       const hosts_under_test::ProbeAnswer& a,
                                       const hosts_under_test::ProbeAnswer& b);

}  // namespace suites::isolation
