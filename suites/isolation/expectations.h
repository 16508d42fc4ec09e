#pragma once
// Expectations: expected.json, read: what B is expected to see of A.
//
// Fails:   a file that is missing or does not hold what is asked for ends the check with the reason.

#include <optional>
#include <string>
#include <string_view>

#include "suites/isolation/pairing.h"

namespace suites::isolation {

struct Expectation {
  std::string warm;
  std::optional<std::string> cold;  // absent: not told apart from warm
  std::string deviation;  // why the engine differs from what was measured; "" if it does not
};

[[nodiscard]] Expectation ExpectationOf(std::string_view probe, std::string_view pairing);

// Tells the record of the running test which probe it is, in which pairing, and what is expected.
void AboutProbe(std::string_view probe,
                std::string_view title,
                const Pairing& pairing,
                const Expectation& expectation);

}  // namespace suites::isolation
