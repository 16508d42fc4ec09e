#include "reports/gate/exit_code.h"

#include <gtest/gtest.h>

#include <vector>

namespace reports::gate {

// DESIGN: 2 usage, 78 bad configuration, 70 harness fault, 1 failure or confirmed regression, 99 threshold
// broken, 4 nothing measured, 3 inconclusive, 0 pass; in this order.
TEST(ExitCode, OfSeveralReasonsIsTheHighest) {
  const std::vector<Reason> order{Reason::Usage,
                                  Reason::BadConfiguration,
                                  Reason::HarnessFault,
                                  Reason::ProductFailure,
                                  Reason::ThresholdBroken,
                                  Reason::NothingMeasured,
                                  Reason::Inconclusive};
  const std::vector<int> codes{2, 78, 70, 1, 99, 4, 3};
  for (std::size_t i = 0; i < order.size(); ++i) {
    std::vector<Reason> reasons(order.begin() + static_cast<std::ptrdiff_t>(i), order.end());
    EXPECT_EQ(ExitCodeOf(reasons), codes[i]);
    EXPECT_EQ(ExitCodeOf(std::vector(reasons.rbegin(), reasons.rend())), codes[i]);
    EXPECT_EQ(ExitCode(order[i]), codes[i]);
    EXPECT_FALSE(Words(order[i]).empty());
  }
  EXPECT_EQ(ExitCodeOf({}), 0);
}

TEST(ExitCode, IsZeroOrOneWhereThatIsAskedFor) {
  const Reason inconclusive[] = {Reason::Inconclusive};
  EXPECT_EQ(SimpleExitCodeOf(inconclusive), 1);
  EXPECT_EQ(SimpleExitCodeOf({}), 0);
}

}  // namespace reports::gate
