#include "reports/html/upgrade.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reports/html/blocks.h"
#include "reports/notation/notation.h"
#include "reports/upgrade/upgrade.h"

namespace reports::html {

using upgrade::Compared;
using upgrade::Difference;
using upgrade::EngineOf;
using upgrade::Share;
using upgrade::TourRow;
using upgrade::Upgrade;
using upgrade::Visits;

namespace {

// Of each kind of thing; the record has the rest.
constexpr std::size_t kMostRows = 200;

std::vector<std::string> ColumnsOf(const Upgrade& upgrade, std::vector<std::string> first) {
  for (const EngineOf& engine : upgrade.engines)
    first.push_back(fmt::format("{}: Python {}", engine.host, engine.python));
  return first;
}

Markup DifferenceRow(const Difference& difference) {
  Markup row = Element("th", {{"scope", "row"}}, Text(difference.subject, 200));
  row += Element("td", BreakableText(difference.where));
  for (const std::string& found : difference.found)
    row += Element("td", found.empty() ? Text("–") : Text(found, 200));
  return Element("tr", row + Element("td", {{"class", "muted"}}, Text(difference.why, 400)));
}

Markup Differences(const Upgrade& upgrade, const Compared& compared, std::string_view title) {
  const auto& all = compared.differences;
  if (all.empty()) return {};
  Markup rows;
  for (const Difference& difference : std::span(all).first(std::min(all.size(), kMostRows)))
    rows += DifferenceRow(difference);
  auto columns = ColumnsOf(upgrade, {"what", "where"});
  columns.emplace_back("what was said");
  Markup inner = Element("h3", title);
  inner += Scrolling(title, Element("table", HeaderRow(columns) + Element("tbody", rows)));
  if (all.size() > kMostRows) {
    inner += Element("p",
                     {{"class", "left-out"}},
                     fmt::format("{} more are in the record.",
                                 notation::Count(std::ssize(all) -
                                                 std::ssize(std::span(all).first(kMostRows)))));
  }
  return inner;
}

// "✓ 4 of 4 modes", "✗ numpy refuses: 0 of 4 modes".
Markup VisitsCell(const Visits& visits) {
  if (visits.modes == 0) {
    return Element("td",
                   {{"class", "none"}, {"title?", visits.not_offered}},
                   visits.not_offered.empty() ? "–" : "not offered");
  }
  const auto standing = visits.has_passed() ? verdict::Standing::Good : verdict::Standing::Bad;
  std::string text;
  if (!visits.refuses.empty()) text = visits.refuses + " refuses: ";
  text += fmt::format("{} of {}", visits.passed, notation::Plural(visits.modes, "mode"));
  return Element("td", Mark(standing) + Text(text, 200));
}

Markup TourOf(const TourRow& tour) {
  Markup row = Element("th", {{"scope", "row"}}, Text(tour.app, 200)) +
               Element("td", BreakableText(tour.interpreter));
  std::string said;
  for (const Visits& visits : tour.with) {
    row += VisitsCell(visits);
    if (said.empty()) said = visits.said;
  }
  return Element("tr", row + Element("td", {{"class", "muted"}}, Text(said, 400)));
}

Markup Tours(const Upgrade& upgrade) {
  if (upgrade.tours.empty()) return {};
  constexpr std::string_view kTitle = "Tours, by application and kind of interpreter";
  Markup rows;
  for (const TourRow& tour : upgrade.tours)
    rows += TourOf(tour);
  auto columns = ColumnsOf(upgrade, {"application", "interpreter"});
  columns.emplace_back("what was said");
  return Element("h3", kTitle) +
         Element("p",
                 {{"class", "muted"}},
                 "In how many of the modes that have such an interpreter each step of the "
                 "application's tour got the answer that it must get; where it did not because "
                 "an import refused, which.") +
         Scrolling(kTitle, Element("table", HeaderRow(columns) + Element("tbody", rows)));
}

Markup Shares(const Upgrade& upgrade) {
  if (upgrade.shares.empty()) return {};
  Markup rows;
  for (const Share& share : upgrade.shares) {
    Markup row =
        Element("th", {{"scope", "row"}}, share.app) + Element("td", BreakableText(share.mode));
    for (const auto& ratio : share.of_main)
      row += Element(
          "td", {{"class", "number"}}, ratio ? fmt::format("{:.2f}", *ratio) : std::string("–"));
    rows += Element("tr", row);
  }
  return Element("h3", "Median latency, by that in the main interpreter of the same Python") +
         Scrolling("Latency of sub-interpreters by that of the main one",
                   Element("table",
                           HeaderRow(ColumnsOf(upgrade, {"application", "mode"})) +
                               Element("tbody", rows)));
}

}  // namespace

Markup UpgradeSection(const record::Record& record) {
  const Upgrade upgrade = upgrade::UpgradeOf(record);
  if (upgrade.engines.empty()) return {};
  Markup sentences;
  for (const std::string& sentence : upgrade::InSentences(upgrade))
    sentences += Element("li", sentence);
  return Section("upgrade",
                 "What your upgrade changes",
                 Element("ul", sentences) + Tours(upgrade) +
                     Differences(upgrade, upgrade.cells, "Cells") +
                     Differences(upgrade, upgrade.imports, "Imports") +
                     Differences(upgrade, upgrade.checks, "Checks") + Shares(upgrade));
}

}  // namespace reports::html
