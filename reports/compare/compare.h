#pragma once
// JudgeExperiments: what the experiments of a record say: for each metric how the candidate stands against the baseline, and
// whether the experiment may be believed. Pure: the same record gives the same answer, whoever measured it, and when.
//
// The controls are judged as the candidate is. The baseline under another name, and the same code under another path and hash seed,
// must not differ from it (else: contaminated); a delay that was put in on purpose must be found (else: blind). What speaks against time
// is believed only when a second attempt, in reversed order, says the same.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/record/record.h"
#include "reports/statistics/paired.h"

namespace reports::compare {

// One metric of one arm against the baseline.
struct Compared {
  std::string metric;
  double base = 0;  // medians over the blocks
  double value = 0;
  statistics::Comparison comparison;
};

struct ArmResult {
  record::Arm arm;
  std::vector<Compared> compared;  // in the order of Metrics()

  [[nodiscard]] const Compared* Find(std::string_view metric) const;
};

enum class Finding {
  Regressed,
  NoWorse,
  Improved,
  Inconclusive,
  NotConfirmed,  // regressed at first, and not when it was repeated
  Contaminated,  // what is the same was found to differ
  Blind,         // a delay that was put in was not found
};
[[nodiscard]] std::string_view Words(Finding finding);  // "no worse"

// Of one metric of the candidate.
struct Conclusion {
  std::string metric;
  Finding finding = Finding::Inconclusive;
  std::string why;  // a sentence
  Compared first;
  std::optional<Compared> confirmation;
};

struct Attempt {
  const record::Experiment* plan = nullptr;  // into the record
  std::vector<ArmResult> arms;               // all but the baseline
  int blocks = 0;                            // complete
  int lost = 0;                              // in which an arm failed
  // The machine's doing: how late a thread was woken that only slept meanwhile, at worst; over the samples.
  std::optional<double> hiccup_median_us = {};
  std::optional<double> hiccup_max_us = {};
};

struct ExperimentResult {
  std::string experiment;
  std::vector<Attempt> attempts;  // one or two
  std::vector<Conclusion> conclusions;
  std::vector<std::string> problems;  // what samples said went wrong, each once
};

// How they are judged is in the plans: margin, alpha, the metrics that are asked for.
[[nodiscard]] std::vector<ExperimentResult> JudgeExperiments(const record::Record& record);

// In how many blocks a candidate could not be had, or answered wrongly, in all experiments together, while no baseline failed; 0 where a
// baseline failed as well: then it may be the machine.
[[nodiscard]] int FailuresOfTheCandidateAlone(const record::Record& record);

// Whether what was found speaks against the candidate and has to be confirmed in reversed order before anybody believes it.
[[nodiscard]] bool NeedsConfirmation(const ExperimentResult& result);

}  // namespace reports::compare
