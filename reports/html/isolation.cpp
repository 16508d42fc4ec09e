#include "reports/html/isolation.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "reports/html/blocks.h"
#include "reports/verdict/verdict.h"

namespace reports::html {

using record::Check;
using record::Record;
using verdict::Standing;

namespace {

std::string PairingOf(const Check& check) {
  return check.pairing.value_or(check.mode);
}

// In less detail a cell that is as expected has its rule and no more: its row says what was tried.
Markup IsolationCell(const Check& check, Detail detail) {
  const std::string observed = check.observed.value_or(std::string(Name(check.outcome)));
  const bool is_expected = check.outcome == record::CheckOutcome::Passed;
  std::string shown = observed;
  if (!is_expected && check.expected) shown += ", expected " + *check.expected;
  Markup inner =
      Element("summary", (is_expected ? Markup() : Mark(Standing::Bad)) + Text(shown, 120));
  const bool is_whole = detail == Detail::Whole || detail == Detail::Grouped || !is_expected;
  if (check.detail && is_whole) inner += Element("p", *check.detail);
  inner += Element("dl",
                   Term("rule", check.rule.value_or("")) +
                       Term("expected", check.expected.value_or("")) + Term("mode", check.mode));
  if (check.transcript) inner += Transcript(*check.transcript, MostOfTranscript(detail));
  if (check.reproduce && is_whole) inner += Command(*check.reproduce);
  const bool is_word =
      observed == "shared" || observed == "isolated" || observed == "crash" || observed == "error";
  const std::string name =
      fmt::format("seen {}{}", is_word ? observed : "other", is_expected ? "" : " unexpected");
  return Element(
      "details", {{"class", name}, {"title", fmt::format("{}: {}", check.title, shown)}}, inner);
}

void AddNew(std::vector<std::string>& list, const std::string& item) {
  if (std::ranges::find(list, item) == list.end()) list.push_back(item);
}

// In the order of the probe that was tried in most of them; then those that it was not tried in.
std::vector<std::string> PairingsOf(const Record& record) {
  std::map<std::string, std::vector<std::string>> tried;
  std::vector<std::string> pairings;
  for (const Check& check : record.checks) {
    if (!check.probe) continue;
    std::vector<std::string>& of_probe = tried[*check.probe];
    AddNew(of_probe, PairingOf(check));
    if (of_probe.size() > pairings.size()) pairings = of_probe;
  }
  for (const auto& [probe, of_probe] : tried) {
    for (const std::string& pairing : of_probe)
      AddNew(pairings, pairing);
  }
  return pairings;
}

}  // namespace

Markup IsolationSection(const Record& record, Detail detail) {
  std::vector<std::string> probes;
  std::map<std::pair<std::string, std::string>, Markup> cells;
  std::map<std::string, const Check*> examples;
  for (const Check& check : record.checks) {
    if (!check.probe) continue;
    AddNew(probes, *check.probe);
    examples.try_emplace(*check.probe, &check);
    cells[{*check.probe, PairingOf(check)}] += IsolationCell(check, detail);
  }
  if (probes.empty()) return {};
  const std::vector<std::string> pairings = PairingsOf(record);

  std::vector<std::string> columns{"what A changed and B looked for"};
  columns.insert(columns.end(), pairings.begin(), pairings.end());
  Markup rows;
  for (const std::string& probe : probes) {
    Markup row = Element("th",
                         {{"scope", "row"}},
                         Text(examples[probe]->title, 200) + Markup(" ") +
                             Element("code", {{"class", "muted"}}, Text(probe, 80)));
    for (const std::string& pairing : pairings) {
      const auto found = cells.find({probe, pairing});
      row += found == cells.end() ? Element("td", {{"class", "none"}}, "–")
                                  : Element("td", found->second);
    }
    rows += Element("tr", row);
  }
  const auto swatch = [](std::string_view name, std::string_view meaning) {
    return Element("li",
                   Element("span", {{"class", "seen " + std::string(name)}}, name) + Text(meaning));
  };
  const Markup legend =
      Element("ul",
              {{"class", "legend"}},
              swatch("isolated", " B does not see it") + swatch("shared", " B sees it") +
                  swatch("crash", " A took B down with it") +
                  swatch("unexpected", " not what the rules say"));
  return Section(
      "isolation",
      "Whether applications saw each other",
      Element(
          "p",
          "A makes a change, B looks for it. What is shared as the rules say is not wrong, but it "
          "is what you live with in that mode. Open a cell for its rule, what was seen and the "
          "command that tries just it.") +
          legend +
          Scrolling("Isolation: probes by pairings",
                    Element("table",
                            {{"class", "grid isolation"}},
                            HeaderRow(columns) + Element("tbody", rows))));
}

}  // namespace reports::html
