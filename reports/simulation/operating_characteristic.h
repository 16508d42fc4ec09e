#pragma once
// Characterize: how often a gate is right, in experiments that are made up: whether its interval holds the
//               truth, whether it raises an alarm about the same code, whether it sees what is slower.
//
// Pure: a function of the seed.

#include <cstdint>

#include "reports/simulation/weather.h"
#include "reports/statistics/paired.h"

namespace reports::simulation {

struct Design {
  int arms = 4;   // 2: ABBA, two pairs of each block; more: a Williams square, one pair
  int bases = 1;  // how many of the arms the candidate is compared with
  int blocks = 20;
  double margin = statistics::kMargin;
  double alpha = statistics::kAlpha;
};

// Shares of the repetitions. What is called regressed is measured again in reversed order, and is an alarm
// only if it is called so again.
struct Characteristic {
  double coverage =
      0;  // the interval holds the true ratio: with the effect or without, whichever is less
  double first_alarms = 0;  // without an effect: before the confirmation
  double alarms = 0;        // without an effect: confirmed
  double cleared = 0;       // without an effect: no worse, or improved
  double first_caught = 0;  // with the effect
  double caught = 0;        // with the effect, confirmed
  double missed =
      0;  // with the effect: said to be no worse, which is wrong when it is above the margin
};

[[nodiscard]] Characteristic Characterize(const Weather& weather,
                                          const Design& design,
                                          double effect,
                                          int repetitions,
                                          std::uint64_t seed);

}  // namespace reports::simulation
