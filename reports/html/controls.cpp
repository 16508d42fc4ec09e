#include "reports/html/controls.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "reports/compare/compare.h"
#include "reports/html/blocks.h"
#include "reports/notation/notation.h"
#include "reports/verdict/verdict.h"

namespace reports::html {

using compare::Attempt;
using compare::Conclusion;
using compare::ExperimentResult;
using compare::Finding;
using record::ArmRole;
using record::GeneratorState;
using record::Record;
using verdict::Standing;

namespace {

constexpr std::size_t kShortList = 4;

Markup Item(Standing standing, std::string_view name, std::string_view text) {
  return Element(
      "li",
      Mark(standing) + Element("span", Element("strong", name) + Text(": ") + Text(text, 400)));
}

// What the arms of these roles were compared for, and how often it ended so.
struct Counted {
  std::int64_t compared = 0;
  std::int64_t bad = 0;
};

Counted CountOf(const std::vector<ExperimentResult>& results,
                const std::vector<ArmRole>& roles,
                Finding bad) {
  Counted counted;
  for (const ExperimentResult& result : results) {
    for (const Attempt& attempt : result.attempts) {
      for (const compare::ArmResult& arm : attempt.arms) {
        if (std::ranges::find(roles, arm.arm.role) != roles.end())
          counted.compared += std::ssize(arm.compared);
      }
    }
    counted.bad += std::ranges::count(result.conclusions, bad, &Conclusion::finding);
  }
  return counted;
}

Markup SameAgainstItself(const std::vector<ExperimentResult>& results) {
  constexpr std::string_view kName = "The same against itself (A/A)";
  const Counted counted = CountOf(results, {ArmRole::Again, ArmRole::Twin}, Finding::Contaminated);
  if (counted.compared == 0)
    return Item(
        Standing::Caution, kName, "did not run along: nobody vouches for small differences");
  if (counted.bad > 0) {
    return Item(Standing::Bad,
                kName,
                fmt::format("was found to differ: {} cannot be believed",
                            notation::Plural(counted.bad, "metric")));
  }
  return Item(Standing::Good,
              kName,
              fmt::format("no difference in {}", notation::Plural(counted.compared, "comparison")));
}

Markup DelayPutIn(const std::vector<ExperimentResult>& results) {
  constexpr std::string_view kName = "A delay put in on purpose";
  const Counted counted = CountOf(results, {ArmRole::Delayed}, Finding::Blind);
  if (counted.compared == 0)
    return Item(
        Standing::Caution, kName, "did not run along: nobody knows what would have been found");
  if (counted.bad > 0) {
    return Item(Standing::Bad,
                kName,
                fmt::format("was not found in {}: “no worse” means nothing there",
                            notation::Plural(counted.bad, "metric")));
  }
  return Item(Standing::Good, kName, "was found");
}

Markup ExperimentControls(const Record& record) {
  const std::vector<ExperimentResult> results = compare::JudgeExperiments(record);
  if (!results.empty()) return SameAgainstItself(results) + DelayPutIn(results);
  if (record.loads.empty()) return {};
  return Item(
      Standing::Note,
      "A/A and a delay put in",
      "belong to comparisons (wsgilab compare); this run measured each cell once, so read small "
      "differences as none");
}

// "62 of 64 load phases verified; 2 unverified (the load generator used 97 % of its core)"
Markup GeneratorItem(const Record& record) {
  std::map<GeneratorState, std::int64_t> counts;
  std::map<GeneratorState, std::string> reasons;
  const auto count = [&](GeneratorState state, const std::optional<std::string>& reason) {
    ++counts[state];
    if (reason) reasons.try_emplace(state, *reason);
  };
  for (const record::Load& load : record.loads)
    count(load.generator.state, load.generator.reason);
  for (const record::Interference& line : record.interferences) {
    count(line.alone.state, line.alone.reason);
    count(line.beside.state, line.beside.reason);
  }
  std::int64_t all = 0;
  for (const auto& [state, of_state] : counts)
    all += of_state;
  if (all == 0) return {};
  std::string text = fmt::format(
      "{} of {} verified", counts[GeneratorState::Verified], notation::Plural(all, "load phase"));
  for (const auto& [state, words] :
       {std::pair{GeneratorState::LowerBound, "at least as good as written"},
        std::pair{GeneratorState::Unverified, "may be its own numbers"}}) {
    if (counts[state] == 0) continue;
    text += fmt::format("; {} {}", counts[state], words);
    if (reasons.contains(state)) text += fmt::format(" ({})", reasons[state]);
  }
  const bool is_verified = counts[GeneratorState::Verified] == all;
  return Item(is_verified ? Standing::Good : Standing::Caution, "The load generator", text);
}

Markup HiccupItem(const Record& record) {
  double most = 0;
  for (const record::Load& load : record.loads)
    most = std::max(most, load.generator.hiccup_max_us.value_or(0));
  for (const record::Sample& sample : record.samples)
    most = std::max(most, sample.hiccup_max_us.value_or(0));
  const auto& noise = record.header.machine.noise;
  std::string text;
  if (noise) text = fmt::format("{} before the run", noise->word);
  if (most > 0) {
    text += fmt::format("{}kept a sleeper waiting for up to {} while it was measured",
                        text.empty() ? "" : ", ",
                        notation::Microseconds(most));
  }
  if (text.empty()) return {};
  const bool is_quiet = !noise || noise->word == "quiet";
  return Item(is_quiet ? Standing::Good : Standing::Caution, "The machine", text);
}

Markup Panel(std::string_view title, const Markup& inner) {
  return Element(
      "section", {{"class", "panel"}, {"aria-label", title}}, Element("h2", title) + inner);
}

// What was left out, each in a few words.
std::vector<Markup> LeftOpen(const Record& record) {
  std::vector<Markup> items;
  for (const record::NotMeasured& line : record.not_measured) {
    items.push_back(Element(
        "li", Element("strong", Text(line.what, 120)) + Text(": ") + Text(line.reason, 200)));
  }
  const auto not_offered =
      std::ranges::count(record.cells, record::CellOutcome::NotOffered, &record::Cell::outcome);
  if (not_offered > 0) {
    items.push_back(Element(
        "li", fmt::format("{} not offered by the host", notation::Plural(not_offered, "cell"))));
  }
  const auto unfinished = std::ranges::count_if(
      record.header.plan.cells,
      [&](const std::string& cell) { return FindCell(record, cell) == nullptr; });
  if (unfinished > 0) {
    items.push_back(Element(
        "li", fmt::format("{} that the run ended before", notation::Plural(unfinished, "cell"))));
  }
  return items;
}

}  // namespace

Markup ControlsPanel(const Record& record) {
  const Markup items = ExperimentControls(record) + GeneratorItem(record) + HiccupItem(record);
  if (items.is_empty()) {
    return Panel("Controls", Element("p", {{"class", "muted"}}, "Nothing was timed in this run."));
  }
  return Panel("Controls", Element("ul", {{"class", "statements"}}, items));
}

Markup NotMeasuredPanel(const Record& record) {
  const std::vector<Markup> items = LeftOpen(record);
  if (items.empty()) {
    return Panel("Not measured",
                 Element("p", {{"class", "muted"}}, "Nothing that was planned was left out."));
  }
  Markup list;
  for (std::size_t at = 0; at < std::min(items.size(), kShortList); ++at)
    list += items[at];
  return Panel(
      "Not measured",
      Element("ul", list) +
          Element("p",
                  Element("a",
                          {{"href", "#not-measured"}},
                          items.size() > kShortList ? fmt::format("All {}, and why", items.size())
                                                    : std::string("Which, and why"))));
}

}  // namespace reports::html
