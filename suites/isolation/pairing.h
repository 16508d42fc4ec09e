#pragma once
// Pairing: how two applications A and B are hosted together (and a third, C, as B is).

#include <filesystem>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/adapters/host_adapter.h"
#include "suites/hosts_under_test/probe.h"
#include "suites/hosts_under_test/stage.h"

namespace suites::isolation {

struct Seat {
  std::string process_group;      // "" is embedded
  std::string application_group;  // "" is the main interpreter
  bool has_own_gil = false;       // of a sub-interpreter
};

// Who owns the processes of the two groups.
enum class Owners { One, Two };

struct Pairing {
  std::string_view name;   // as in measured.json
  std::string_view title;  // as reports show it
  std::string_view mode;   // of B
  Seat a;
  Seat b;
  Seat c;  // in the mode of B
  Owners owners = Owners::One;
  int processes =
      1;  // of a group; with two, A and B are one application in the one and in the other

  [[nodiscard]] bool is_one_application() const { return processes > 1; }
  [[nodiscard]] bool is_one_process() const {
    return a.process_group == b.process_group && !is_one_application();
  }
  [[nodiscard]] bool is_one_interpreter() const {
    return is_one_process() && a.application_group == b.application_group;
  }
  [[nodiscard]] bool has_own_gil() const { return a.has_own_gil || b.has_own_gil; }
  [[nodiscard]] bool has_main_beside_sub() const {
    return is_one_process() && a.application_group.empty() != b.application_group.empty();
  }
};

// How GoogleTest names one in its output.
inline void PrintTo(const Pairing& pairing, std::ostream* out) {
  *out << pairing.name;
}

// All pairings, the embedded ones first, and those with GILs of their own last.
[[nodiscard]] std::span<const Pairing> AllPairings();
[[nodiscard]] const Pairing& PairingNamed(std::string_view name);

// Why it cannot be had here, or "".
[[nodiscard]] std::string WhyNotHere(const Pairing& pairing);

// The processes that the pairing needs, without scripts yet. Each has `threads`.
[[nodiscard]] harness::adapters::ServedDeployment GroupsOf(const Pairing& pairing, int threads = 3);

// For applications that need a folder which the user of GroupsOf may not enter: our host can serve them as whoever starts
// it. False: this one cannot.
[[nodiscard]] bool CanReach(harness::adapters::ServedDeployment& deployment,
                            const std::filesystem::path& folder);

// What differs from the promise of the pairing in where A and B were found, or "".
[[nodiscard]] std::string Misplacement(const Pairing& pairing,
                                       const hosts_under_test::ProbeAnswer& a,
                                       const hosts_under_test::ProbeAnswer& b);

}  // namespace suites::isolation
