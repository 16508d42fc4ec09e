#include "reports/gate/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

#include "hosts/base/check.h"
#include "reports/gate/experiments.h"
#include "reports/gate/measured.h"
#include "reports/gate/relative.h"
#include "reports/notation/notation.h"
#include "reports/statistics/power.h"

namespace reports::gate {

namespace {

constexpr std::size_t kShown = 5;  // sentences of one kind

// ---- Rules with a number for a limit.

// What one value does to its rule, and the sentence for it.
struct Finding {
  Standing standing;
  std::string sentence;
};

bool IsUpperLimit(Operator op) {
  return op == Operator::Less || op == Operator::AtMost;
}

std::string At(const std::string& where) {
  return where.empty() ? "" : where + ": ";
}

Finding FindingOf(const Expression& expression, const Measured& measured) {
  const Dimension dimension = expression.quantity.aggregate->dimension;
  if (!measured.value) {
    return {Standing::NothingMeasured, fmt::format("{}{}", At(measured.where), measured.reason)};
  }
  const bool holds = Holds(*measured.value, expression.op, expression.limit);
  const std::string is =
      fmt::format("{} is {}", expression.quantity.Name(), Shown(*measured.value, dimension));
  if (measured.trust != Trust::Full) {
    // What is over an upper limit is over it however much larger the truth is; and the other way about.
    const bool may_be_larger = measured.trust == Trust::AtLeast;
    const bool may_be_smaller = measured.trust == Trust::AtMost;
    const bool is_upper = IsUpperLimit(expression.op);
    const bool is_beyond_doubt =
        (may_be_larger && holds != is_upper) || (may_be_smaller && holds == is_upper);
    if (!is_beyond_doubt) {
      return {Standing::Inconclusive,
              fmt::format("{}{}, but {}", At(measured.where), is, measured.reason)};
    }
  }
  const std::string limit = Shown(expression.limit, dimension);
  if (expression.quantity.metric->extent == Extent::Count) {
    const std::string of = measured.where.empty() ? "" : fmt::format(" ({})", measured.where);
    return {holds ? Standing::Held : Standing::Broken,
            fmt::format("{}{}; {} {} is expected", is, of, Name(expression.op), limit)};
  }
  return {
      holds ? Standing::Held : Standing::Broken,
      fmt::format("{}{}; {} {} is expected", At(measured.where), is, Name(expression.op), limit)};
}

// The worst first; of each kind a few, and how many more there are.
RuleOutcome OutcomeOf(const Rule& rule, std::vector<Finding> findings) {
  RuleOutcome outcome;
  outcome.name = rule.name;
  outcome.expression = rule.expression.text;
  if (findings.empty()) {
    outcome.evidence.emplace_back("nothing in the record fits it");
    return outcome;
  }
  constexpr std::array kWorstFirst{Standing::Broken,
                                   Standing::Unconfirmed,
                                   Standing::NothingMeasured,
                                   Standing::Inconclusive,
                                   Standing::Held};
  outcome.standing = Standing::Held;
  for (auto standing = kWorstFirst.rbegin(); standing != kWorstFirst.rend(); ++standing) {
    if (std::ranges::find(findings, *standing, &Finding::standing) != findings.end()) {
      outcome.standing = *standing;
    }
  }
  for (const Standing standing : kWorstFirst) {
    if (standing == Standing::Held && outcome.standing != Standing::Held) continue;
    std::size_t count = 0;
    for (const Finding& finding : findings) {
      if (finding.standing == standing && ++count <= kShown)
        outcome.evidence.push_back(finding.sentence);
    }
    if (count > kShown) {
      outcome.evidence.push_back(fmt::format("and {} more: {}", count - kShown, Name(standing)));
    }
  }
  return outcome;
}

RuleOutcome JudgeAbsolute(const Rule& rule, const record::Record* record) {
  std::vector<Finding> findings;
  if (record != nullptr) {
    for (const Measured& measured : MeasuredOf(rule.expression, *record))
      findings.push_back(FindingOf(rule.expression, measured));
  }
  return OutcomeOf(rule, std::move(findings));
}

// ---- Rules about a baseline.

Standing StandingOf(const RelativeFinding& finding, bool has_confirmation) {
  if (!finding.comparison) return Standing::NothingMeasured;
  switch (finding.comparison->verdict) {
    case statistics::Verdict::NoWorse:
    case statistics::Verdict::Improved:
      return Standing::Held;
    case statistics::Verdict::Inconclusive:
      return Standing::Inconclusive;
    case statistics::Verdict::Regressed:
      break;
  }
  if (!has_confirmation) return Standing::Unconfirmed;
  const bool is_confirmed =
      finding.confirmation && finding.confirmation->verdict == statistics::Verdict::Regressed;
  return is_confirmed ? Standing::Broken : Standing::Inconclusive;
}

std::string SentenceOf(const Expression& expression,
                       const RelativeFinding& finding,
                       Standing standing) {
  const std::string head = fmt::format("{}{}", At(finding.where), expression.quantity.Name());
  if (!finding.comparison) return fmt::format("{} has no pair of values", head);
  const auto words = [&](const statistics::Comparison& comparison) {
    return Sentence(comparison, expression.Margin(), expression.quantity.aggregate->worse);
  };
  std::string sentence = fmt::format("{}: {}", head, words(*finding.comparison));
  if (finding.confirmation) {
    sentence += fmt::format("; measured again: {}", words(*finding.confirmation));
  } else if (standing == Standing::Unconfirmed) {
    sentence += "; it was not measured again";
  }
  return sentence;
}

RuleOutcome JudgeRelative(const Rule& rule,
                          std::span<const RelativeFinding> found,
                          const Inputs& inputs) {
  std::vector<Finding> findings;
  for (const RelativeFinding& finding : found) {
    Standing standing = StandingOf(finding, inputs.confirmation != nullptr);
    std::string sentence = SentenceOf(rule.expression, finding, standing);
    if (finding.comparison && inputs.doubt) {
      const std::string doubt =
          inputs.doubt(rule.expression.quantity, finding.where, finding.comparison->verdict);
      if (!doubt.empty()) {
        standing = Standing::Inconclusive;
        sentence += fmt::format("; {}", doubt);
      }
    }
    findings.push_back({standing, std::move(sentence)});
  }
  RuleOutcome outcome = OutcomeOf(rule, std::move(findings));
  if (found.empty()) outcome.evidence = {"nothing that fits it was measured beside the baseline"};
  for (const RelativeFinding& finding : found) {
    if (finding.comparison) outcome.comparisons.push_back(*finding.comparison);
  }
  return outcome;
}

// ---- All of it.

void AddReasonsOfRun(const record::Record& record, Judgement& judgement) {
  if (record.header.synthetic) judgement.problems.push_back(*record.header.synthetic);
  if (!record.complete) {
    judgement.problems.insert(
        judgement.problems.end(), record.problems.begin(), record.problems.end());
    judgement.reasons.push_back(Reason::NothingMeasured);
  }
  std::size_t missing = 0;
  for (const std::string& cell : record.header.plan.cells)
    missing += FindCell(record, cell) == nullptr ? 1 : 0;
  if (missing > 0) {
    judgement.problems.push_back(fmt::format(
        "{} of {} were not run to their end",
        missing,
        notation::Plural(static_cast<std::int64_t>(record.header.plan.cells.size()), "cell")));
    judgement.reasons.push_back(Reason::NothingMeasured);
  }
  const auto faults =
      std::ranges::count(record.cells, record::CellOutcome::HarnessFault, &record::Cell::outcome);
  if (faults > 0) {
    judgement.problems.push_back(
        fmt::format("{} broken by the harness itself", notation::Plural(faults, "cell")));
    judgement.reasons.push_back(Reason::HarnessFault);
  }
}

std::optional<Reason> ReasonOf(const Rule& rule, Standing standing) {
  switch (standing) {
    case Standing::Held:
    case Standing::LeftOut:
      return std::nullopt;
    case Standing::Broken: {
      const bool is_product =
          rule.expression.is_relative || rule.expression.quantity.metric->is_conformance;
      return is_product ? Reason::ProductFailure : Reason::ThresholdBroken;
    }
    case Standing::Unconfirmed:
    case Standing::Inconclusive:
      return Reason::Inconclusive;
    case Standing::NothingMeasured:
      break;
  }
  return Reason::NothingMeasured;
}

// How many pairs would, if the ratio and the scatter are what they seem to be.
std::string WhatWouldDecide(const statistics::Comparison& comparison,
                            double margin,
                            statistics::Worse worse) {
  const double log = std::log(comparison.ratio);
  const statistics::Truth truth{
      .distance = (worse == statistics::Worse::Larger ? log : -log) - std::log1p(margin),
      .spread = comparison.spread};
  const auto pairs = statistics::PairsToDecide(truth, comparison.alpha);
  if (!pairs || *pairs <= comparison.pairs) return "";
  return fmt::format("; if it is what it seems, about {} pairs decide it, there were {}",
                     *pairs,
                     comparison.pairs);
}

}  // namespace

Judgement Judge(std::span<const Rule> rules, const Inputs& inputs) {
  Judgement judgement;
  if (inputs.record != nullptr) AddReasonsOfRun(*inputs.record, judgement);
  if (rules.empty()) judgement.reasons.push_back(Reason::NothingMeasured);
  const auto relative = CompareRelative(rules, inputs);
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const Rule& rule = rules[i];
    judgement.outcomes.push_back(rule.expression.is_relative
                                     ? (inputs.baseline != nullptr && inputs.record != nullptr
                                            ? AgainstRecord(rule, *inputs.baseline, *inputs.record)
                                            : JudgeRelative(rule, relative[i], inputs))
                                     : JudgeAbsolute(rule, inputs.record));
    judgement.outcomes.back().where = PlaceOf(rule);
    const Standing standing = judgement.outcomes.back().standing;
    if (const auto reason = ReasonOf(rule, standing)) judgement.reasons.push_back(*reason);
    if (standing == Standing::Unconfirmed) judgement.needs_confirmation = true;
  }
  std::ranges::sort(judgement.reasons);
  judgement.reasons.erase(std::unique(judgement.reasons.begin(), judgement.reasons.end()),
                          judgement.reasons.end());
  return judgement;
}

std::string Sentence(const statistics::Comparison& comparison,
                     double margin,
                     statistics::Worse worse) {
  const std::string limit =
      fmt::format("{:.3f}", worse == statistics::Worse::Larger ? 1 + margin : 1 / (1 + margin));
  std::string sentence =
      fmt::format("{} ({:.3f} times the baseline, between {:.3f} and {:.3f}; limit {})",
                  Name(comparison.verdict),
                  comparison.ratio,
                  comparison.interval.low,
                  comparison.interval.high,
                  limit);
  if (comparison.verdict == statistics::Verdict::Inconclusive) {
    sentence += std::isfinite(comparison.detectable)
                    ? fmt::format("; a change for the worse of {:.1f} % would have been seen",
                                  comparison.detectable * 100)
                    : std::string("; no change, however large, would have been seen");
    sentence += WhatWouldDecide(comparison, margin, worse);
  }
  if (comparison.missing > 0) {
    sentence += fmt::format("; {} of {} pairs are missing", comparison.missing, comparison.pairs);
  }
  return sentence;
}

std::string JudgementText(const Judgement& judgement) {
  std::string text;
  for (const std::string& problem : judgement.problems)
    text += fmt::format("run: {}\n", problem);
  for (const RuleOutcome& outcome : judgement.outcomes) {
    if (outcome.standing == Standing::LeftOut) continue;
    text += fmt::format("{}: {}\n", Name(outcome.standing), outcome.name);
    if (outcome.name != outcome.expression) text += fmt::format("    {}\n", outcome.expression);
    if (outcome.standing == Standing::Held) continue;
    for (const std::string& sentence : outcome.evidence)
      text += fmt::format("    {}\n", sentence);
  }
  for (const Reason reason : judgement.reasons)
    text += fmt::format("exit {}: {}\n", ExitCode(reason), Words(reason));
  return text;
}

std::vector<record::Rule> LinesOf(const Judgement& judgement) {
  std::vector<record::Rule> lines;
  for (const RuleOutcome& outcome : judgement.outcomes) {
    lines.push_back({.name = outcome.name,
                     .expect = outcome.expression,
                     .standing = outcome.standing,
                     .evidence = outcome.evidence,
                     .where = outcome.where.empty() ? std::nullopt : std::optional(outcome.where)});
  }
  return lines;
}

}  // namespace reports::gate
