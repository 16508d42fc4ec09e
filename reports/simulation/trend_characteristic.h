#pragma once
// CharacterizeTrend: how often a trend is right about histories that are made up: whether it calls something a change where nothing has
//                    changed, whether it sees a step, and whether it names the run.
//
// Pure: a function of the seed. The table keeps what it has worked out for a length, for the next history.

#include <cstdint>

#include "reports/simulation/weather.h"
#include "reports/trend/change_points.h"

namespace reports::simulation {

struct TrendDesign {
  int runs = 24;
  int step = 12;  // the first run that is slower, from 0
  double effect = 0.05;
};

// Shares of the repetitions, each one series.
struct TrendCharacteristic {
  double alarms = 0;    // without the step: something is called a change
  double found = 0;     // with it
  double in_place = 0;  // with it, and a change is at its run or the one before or after
};

[[nodiscard]] TrendCharacteristic CharacterizeTrend(const Weather& weather,
                                                    const TrendDesign& design,
                                                    int repetitions,
                                                    std::uint64_t seed,
                                                    trend::ScanTable& table);

}  // namespace reports::simulation
