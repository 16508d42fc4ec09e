#include "reports/gate/counted.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>

#include "hosts/base/check.h"
#include "reports/gate/labels.h"

namespace reports::gate {

namespace {

using record::CellOutcome;
using record::CheckOutcome;
using record::Record;

// What was counted, and the first few of those that count, by name.
struct Tally {
  std::int64_t lines = 0;  // that fit
  double count = 0;
  std::vector<std::string> named;

  void Add(std::int64_t more, const std::string& name) {
    count += static_cast<double>(more);
    if (more > 0) named.push_back(name);
  }
};

bool Counts(CheckOutcome outcome, std::string_view name) {
  if (name == "total") return true;
  if (name == "failed") return !IsFine(outcome);
  if (name == "skipped") {
    return outcome == CheckOutcome::Skipped || outcome == CheckOutcome::DependencyFailed;
  }
  return record::Name(outcome) == name;
}

bool Counts(CellOutcome outcome, std::string_view name) {
  if (name == "total") return true;
  if (name == "failed") {
    return outcome == CellOutcome::Failed || outcome == CellOutcome::Crashed ||
           outcome == CellOutcome::TimedOut;
  }
  return record::Name(outcome) == name;
}

Tally TallyChecks(const Expression& expression, const Record& record) {
  Tally tally;
  for (const record::Check& check : record.checks) {
    if (!Fits(LabelsOfCheck(check), expression.selectors)) continue;
    ++tally.lines;
    tally.Add(Counts(check.outcome, expression.quantity.aggregate->name) ? 1 : 0,
              fmt::format("{} ({})", check.check, check.pairing.value_or(check.mode)));
  }
  return tally;
}

template <typename Line, typename CountOf>
Tally TallyCells(const std::vector<Line>& lines,
                 const Expression& expression,
                 const Record& record,
                 CountOf count_of) {
  Tally tally;
  for (const Line& line : lines) {
    if (!Fits(LabelsOfCell(record, line.cell), expression.selectors)) continue;
    ++tally.lines;
    tally.Add(count_of(line), line.cell);
  }
  return tally;
}

// Nothing where this phase did not count it.
std::optional<std::int64_t> PhasesCount(const record::Load& load, std::string_view name) {
  if (name == "sent") return load.sent;
  if (name == "done") return load.done;
  if (name == "failed") return load.failed;
  if (name == "unfinished") return load.unfinished;
  if (name == "wrong_answers") return load.wrong_answers;
  if (name == "censored") return load.censored;
  if (name == "crosstalk") return load.crosstalk;
  if (name == "lost_tokens") return load.lost_tokens;
  if (name == "failed_share") return load.failed + load.unfinished + load.wrong_answers;
  CHECK(name == "unverified", "an aggregate of the load that nobody looks up");
  return load.generator.state == record::GeneratorState::Verified ? 0 : 1;
}

Tally TallyLoad(const Expression& expression, const Record& record) {
  Tally tally;
  double sent = 0;
  for (const record::Load& load : record.loads) {
    Labels labels = LabelsOfCell(record, load.cell);
    labels["loop"] = record::Name(load.loop);
    const auto count = PhasesCount(load, expression.quantity.aggregate->name);
    if (!count || !Fits(labels, expression.selectors)) continue;
    ++tally.lines;
    sent += static_cast<double>(load.sent);
    tally.Add(*count, fmt::format("{} ({} loop)", load.cell, record::Name(load.loop)));
  }
  if (expression.quantity.aggregate->name != "failed_share") return tally;
  if (sent == 0) return {};
  tally.count /= sent;
  return tally;
}

Tally TallyTours(const Expression& expression, const Record& record) {
  const bool wants_passed = expression.quantity.aggregate->name == "passed";
  return TallyCells(record.tours, expression, record, [&](const record::Tour& tour) {
    return std::ranges::count(tour.steps, wants_passed, &record::TourStep::passed);
  });
}

Tally TallyOf(const Expression& expression, const Record& record) {
  const std::string_view metric = expression.quantity.metric->name;
  const std::string_view name = expression.quantity.aggregate->name;
  if (metric == "checks") return TallyChecks(expression, record);
  if (metric == "load") return TallyLoad(expression, record);
  if (metric == "tour") return TallyTours(expression, record);
  if (metric == "cells") {
    return TallyCells(record.cells, expression, record, [&](const record::Cell& cell) {
      return Counts(cell.outcome, name) ? 1 : 0;
    });
  }
  CHECK(metric == "placement", "a metric of counts that nobody looks up");
  return TallyCells(record.placements, expression, record, [&](const record::Placement& placement) {
    return placement.agrees == (name == "proved") ? 1 : 0;
  });
}

}  // namespace

std::vector<Measured> CountedOf(const Expression& expression, const Record& record) {
  const Tally tally = TallyOf(expression, record);
  if (tally.lines == 0) return {};
  Measured measured;
  measured.value = tally.count;
  constexpr std::size_t kNamed = 3;
  if (!tally.named.empty() && tally.named.size() < static_cast<std::size_t>(tally.lines)) {
    const auto shown = std::min(kNamed, tally.named.size());
    for (std::size_t i = 0; i < shown; ++i)
      measured.where += (i == 0 ? "" : ", ") + tally.named[i];
    if (shown < tally.named.size()) {
      measured.where += fmt::format(" and {} more", tally.named.size() - shown);
    }
  }
  return {measured};
}

}  // namespace reports::gate
