#pragma once
// CompareArms: a candidate against a baseline, with controls, from the pilot to the judgement: everything that was measured is in the record.
//
//   pilot -> plan (how many blocks, how long a window, which delay is 5 %) -> experiment -> judgement; and where time speaks against the
//   candidate, the same in reversed order, before anybody believes it
//
// Owns:    nothing beyond the call.
// Threads: blocks its caller.
// Fails:   when an arm cannot be launched, or does not answer as it should; when a plan could never find anything.

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/experiment/arm.h"
#include "harness/experiment/experiment.h"
#include "harness/experiment/pilot.h"
#include "hosts/base/result.h"
#include "reports/record/record.h"

namespace harness::experiment {

// Off: nobody vouches for the result. Light: the twin and the delay. Full: the baseline under another name, too.
enum class Controls { Off, Light, Full };

struct Effort {
  std::optional<int>
      blocks;  // absent: as many as fit into `within`, so that a confirmation fits as well
  std::chrono::seconds within{240};  // for everything
  int rows = 4;
  std::chrono::milliseconds window{100};
  std::chrono::milliseconds warm_up{150};
  int connections = 1;
  std::uint64_t seed = 1;
  // The greatest percentile that is asked for: windows are made so long that as many requests stand behind it.
  double percentile = 50;
};

struct Question {
  std::string id;
  Arm base;
  Arm candidate;
  std::optional<Arm>
      twin;  // the baseline under another path; absent: only its hash seed is another
  Controls controls = Controls::Full;
  double effect = 0.05;  // that must not be missed: of the median, put in for the control
  double injected = 0;   // the same, put into the candidate: to see whether it is found
  bool confirms = true;
  std::size_t comparisons = 1;  // that share what may go wrong: metrics times cells
  Effort effort;
  Judging judging;
};

// What the arms of a question are, with delays that follow from the pilot's median.
[[nodiscard]] std::vector<Arm> ArmsOf(const Question& question, double median_us);

// How many blocks fit, and how long windows are; InvalidInput when not even all of them could find anything.
struct Size {
  int blocks = 0;
  std::chrono::nanoseconds window{0};
};
[[nodiscard]] hosts::base::Result<Size> SizeOf(const Question& question,
                                               const Pilot& pilot,
                                               std::chrono::duration<double> launch);

// Of the blocks of a first attempt as many as fit, as long as they took, into what is left of the time; but as many as it takes to find
// anything, whatever that costs.
struct Left {
  std::chrono::duration<double> time{0};
  std::chrono::duration<double> per_block{0};
};
[[nodiscard]] int BlocksThatFit(int blocks, int needed, const Left& left);

// What it found is in what it wrote: reports::compare::JudgeExperiments.
[[nodiscard]] hosts::base::Result<Ending> CompareArms(const Question& question,
                                                      Beginning beginning,
                                                      const Observer& observer);

}  // namespace harness::experiment
