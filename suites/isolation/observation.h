#pragma once
// Observation: what came of one probe in one pairing, on a host of its own.
//
// Fails:   a probe that proves nothing ends the check: B saw the change before it was made, or A does not see its own.

#include <optional>
#include <string>

#include "suites/isolation/paired_host.h"
#include "suites/isolation/state_probe.h"

namespace suites::isolation {

struct Observation {
  std::string
      warm;  // what B saw: "shared", "isolated", "error", "thread"; or the values of A, B and C
  std::string detail;
  std::optional<std::string>
      cold;  // what C saw, which was loaded after the change; absent where it was not asked
  std::string cold_detail;
  std::string misplaced = {};  // what was found elsewhere than the pairing says; "" if nothing was
};

[[nodiscard]] Observation Observe(const StateProbe& probe,
                                  const Pairing& pairing,
                                  Who loaded_first);

}  // namespace suites::isolation
