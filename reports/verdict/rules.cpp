// What became of the rules of a gate, as statements.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "reports/notation/notation.h"
#include "reports/verdict/statements.h"

namespace reports::verdict {

using record::Record;
using record::Rule;
using record::RuleStanding;

namespace {

constexpr int kInconclusive = 3;  // an exit code

bool IsUndecided(const Rule& rule) {
  return StandingOf(rule.standing) == Standing::Caution;
}

std::string SentenceOf(const Rule& rule) {
  const std::string_view how =
      rule.standing == RuleStanding::LeftOut ? "is left out" : Name(rule.standing);
  return rule.evidence.empty()
             ? fmt::format("Rule: {}: {}.", rule.name, how)
             : fmt::format("Rule: {}: {}: {}.", rule.name, how, fmt::join(rule.evidence, "; "));
}

}  // namespace

std::string WhyTheGateFailed(const Record& record) {
  if (record.rules.empty() || !record.footer || record.footer->exit_code == 0) return "";
  const int code = record.footer->exit_code;
  const bool is_said = std::ranges::any_of(
      record.rules, [](const Rule& rule) { return StandingOf(rule.standing) == Standing::Bad; });
  if (is_said || (code == kInconclusive && std::ranges::any_of(record.rules, IsUndecided)))
    return "";
  // Of a candidate beside its baseline the footer says what went wrong besides; of a run that was measured before, how that went.
  std::string besides = record.experiments.empty() ? "" : record.footer->verdict;
  if (besides == "a gate") besides.clear();
  while (besides.ends_with('.'))
    besides.pop_back();
  return besides.empty() ? fmt::format("The gate ended with exit code {}.", code)
                         : fmt::format("The gate ended with exit code {}: {}.", code, besides);
}

void SayRules(const Record& record, Statements& statements) {
  for (const Rule& rule : record.rules) {
    if (rule.standing == RuleStanding::Held) continue;
    statements.push_back({StandingOf(rule.standing), SentenceOf(rule)});
  }
  const auto held = std::ranges::count(record.rules, RuleStanding::Held, &Rule::standing);
  if (held > 0) {
    statements.push_back(
        {Standing::Good,
         held == 1 ? "1 rule holds." : fmt::format("{} hold.", notation::Plural(held, "rule"))});
  }
  if (std::string why = WhyTheGateFailed(record); !why.empty())
    statements.push_back({Standing::Bad, std::move(why)});
}

}  // namespace reports::verdict
