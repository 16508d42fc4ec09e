#pragma once
// CharacterizeGate: what gate runs that never took place come to, and how often: records with all arms, the
//                   controls too, judged by the functions that judge a real one (reports/compare).
//
// Pure: a function of the seed.

#include <cstdint>
#include <map>

#include "reports/compare/compare.h"
#include "reports/simulation/weather.h"
#include "reports/statistics/paired.h"

namespace reports::simulation {

struct GateDesign {
  int blocks = 20;
  int rows = 4;  // of windows in a block
  double margin = statistics::kMargin;
  double alpha = statistics::kAlpha;
  double injected = 0.05;  // into the control that must be found
};

// How often each finding was what a gate run ended with: shares of the repetitions. What regressed was
// measured again, and is Regressed only if it did so again.
using Findings = std::map<compare::Finding, double>;

[[nodiscard]] Findings CharacterizeGate(const Weather& weather,
                                        const GateDesign& design,
                                        double effect,
                                        int repetitions,
                                        std::uint64_t seed);

}  // namespace reports::simulation
