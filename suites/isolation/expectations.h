#pragma once
// Expectations: measured.json, read: what B was seen to see of A on real mod_wsgi, for the Python of the host that is
// asked; and where the host differs on purpose.
//
// Fails:   a file that is missing or is not understood ends the check with the reason.

#include <optional>
#include <string>
#include <string_view>

#include "suites/isolation/pairing.h"

namespace suites::isolation {

struct Expectation {
  std::string
      warm;  // "shared", "isolated", "error", "crash", "thread"; or what A, B and C evaluate
  std::optional<std::string> cold;  // absent: as warm
  std::string deviation;  // why this host differs from what was measured; "" if it does not
};

// Nothing: it was not measured in this pairing with this Python.
[[nodiscard]] std::optional<Expectation> FindExpectation(std::string_view probe,
                                                         std::string_view pairing);
// The same for what must be there.
[[nodiscard]] Expectation ExpectationOf(std::string_view probe, std::string_view pairing);

// Tells the record of the running test which probe it is, in which pairing, and what is expected. Ends it if checks
// are only named.
void AboutProbe(std::string_view probe,
                std::string_view title,
                const Pairing& pairing,
                const Expectation& expectation);

}  // namespace suites::isolation
