#pragma once
// Pilot: one host of the baseline before an experiment begins. It takes the application's tour, so that a visitor who is known to
// the application's data is there for all arms and blocks, and it tells how long a request takes: what a delay of 5 % is, and how
// long a window must be for a percentile.
//
// Owns:    a copy of the application's data after the tour.
// Fails:   as Subject::Start does; and when a step of the tour was not answered as it should be.

#include <chrono>
#include <functional>

#include "harness/experiment/arm.h"
#include "harness/experiment/subject.h"
#include "hosts/base/files.h"
#include "hosts/base/result.h"

namespace harness::experiment {

struct Pilot {
  hosts::base::TemporaryDirectory folder;
  Beginning beginning;                      // its data is in the folder
  std::chrono::duration<double> launch{0};  // until its first request was answered
  double median_us = 0;
  double requests_per_s = 0;

  // So many milliseconds of requests stand behind a percentile (0 to 100).
  [[nodiscard]] double MillisecondsFor(double percentile) const;
};

// `data` is what the application's prepare.py has made.
[[nodiscard]] hosts::base::Result<Pilot> RunPilot(const Arm& baseline,
                                                  Beginning beginning,
                                                  int connections,
                                                  const std::function<bool()>& is_interrupted);

}  // namespace harness::experiment
