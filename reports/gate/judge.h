#pragma once
// Judge: what became of each rule in a run, with the evidence in sentences, and why the program does not
//        end with 0. Nothing measured is never a pass; what cannot be decided is never one either.
//
// Rules about a baseline are judged together: CompareFamily shares what may go wrong among all of them and
// all cells. What is called regressed is an alarm only when it is so again in the confirmation.
//
// Pure.

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reports/gate/exit_code.h"
#include "reports/gate/labels.h"
#include "reports/gate/rules.h"
#include "reports/record/record.h"
#include "reports/statistics/paired.h"

namespace reports::gate {

using Standing = record::RuleStanding;

// The values of a quantity, base and candidate side by side, at one place: mostly a cell.
struct PairedAt {
  std::string where;
  Labels labels;
  std::vector<double>
      base;  // in the unit of the quantity's dimension: microseconds, KiB, requests/s
  std::vector<double> candidate;
  // The base again, where it was measured besides: see PairedSeries.
  std::vector<std::vector<double>> again = {};
};

// All places at which the quantity should have been measured on both, without values where it was not: of a place
// that is left out nobody would know. Whoever binds it need not look at labels.
using PairedValues = std::function<std::vector<PairedAt>(const Quantity&)>;

// What speaks against believing a comparison at that place that ends so; empty where nothing does.
using Doubt =
    std::function<std::string(const Quantity&, const std::string& where, statistics::Verdict)>;

struct Inputs {
  const record::Record* record = nullptr;  // absent: there are only comparisons
  PairedValues pairs = nullptr;            // absent: there is no baseline
  PairedValues confirmation = nullptr;     // absent: not run (yet)
  Doubt doubt = nullptr;                   // absent: no controls ran along
  // The record of another run, where that is the baseline (experiments.h: AgainstRecord).
  const record::Record* baseline = nullptr;
  double alpha = statistics::kAlpha;  // of this look
};

struct RuleOutcome {
  std::string name;
  std::string expression;
  Standing standing = Standing::NothingMeasured;
  std::string where;                  // "gate.toml:3:11"
  std::vector<std::string> evidence;  // sentences, what decided first
  std::vector<statistics::Comparison>
      comparisons;  // of a rule about a baseline, before the confirmation
};

struct Judgement {
  std::vector<RuleOutcome> outcomes;  // in the order of the rules; what was left out last
  std::vector<std::string> problems;  // of the run, not of a rule
  std::vector<Reason> reasons;        // each once, the highest first
  bool needs_confirmation = false;    // something regressed, and there was no confirmation

  [[nodiscard]] int exit_code() const { return ExitCodeOf(reasons); }
};

[[nodiscard]] Judgement Judge(std::span<const Rule> rules, const Inputs& inputs);

// "candidate is 1.06 times the base, between 1.03 and 1.09 …": a comparison in a sentence.
[[nodiscard]] std::string Sentence(const statistics::Comparison& comparison,
                                   double margin,
                                   statistics::Worse worse);

// The judgement for people: a line for each rule that was judged, its evidence below it unless it holds.
[[nodiscard]] std::string JudgementText(const Judgement& judgement);

// The judgement as lines of a record.
[[nodiscard]] std::vector<record::Rule> LinesOf(const Judgement& judgement);

}  // namespace reports::gate
