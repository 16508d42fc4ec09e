#include "reports/html/checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "reports/html/blocks.h"
#include "reports/html/side_by_side.h"
#include "reports/notation/notation.h"
#include "reports/verdict/verdict.h"

namespace reports::html {

using record::Check;
using record::Record;
using verdict::Standing;
using Checks = std::vector<const Check*>;

namespace {

std::string HostOf(const Check& check) {
  return check.host.value_or("engine");
}

std::string FacetsOf(const Check& check) {
  return Facets({std::string(Name(check.outcome)),
                 check.suite,
                 std::string(Name(check.level)),
                 HostOf(check)});
}

std::string Difference(const Check& check) {
  if (check.expected && check.observed && check.expected != check.observed)
    return fmt::format("expected {}, found {}", *check.expected, *check.observed);
  return check.observed.value_or("");
}

Markup CheckRow(const Check& check, Detail detail) {
  const bool has_passed = verdict::StandingOf(check) == Standing::Good;
  Markup said = Text(check.title, 300);
  if (check.detail) said += Element("p", {{"class", "muted"}}, Text(*check.detail, 700));
  if (check.reproduce && !has_passed) said += Command(*check.reproduce);
  if (check.transcript) {
    said += Element(
        "details",
        Element("summary", "Transcript") + Transcript(*check.transcript, MostOfTranscript(detail)));
  }
  std::string where = check.pairing.value_or(check.mode);
  if (check.host) where = *check.host + ": " + where;
  return Element("tr",
                 {{"data-f", FacetsOf(check)}},
                 Element("td", Mark(verdict::StandingOf(check)) + Text(Name(check.outcome))) +
                     Element("td", Name(check.level)) + Element("td", {{"class", "wide"}}, said) +
                     Element("td", Text(where, 200)) + Element("td", Text(Difference(check), 400)) +
                     Element("td", Text(check.rule.value_or(""), 200)));
}

Markup ChecksTable(std::string_view label, const Checks& checks, Detail detail) {
  Markup rows;
  for (const Check* check : checks)
    rows += CheckRow(*check, detail);
  return Scrolling(label,
                   Element("table",
                           HeaderRow({"outcome", "level", "check", "where", "seen", "rule"}) +
                               Element("tbody", rows)));
}

// Those that passed, a line for what they check: in how many places, and what the rule is.
Markup ByTitle(const Checks& checks) {
  std::map<std::pair<std::string, std::string>, Checks> by_title;
  for (const Check* check : checks)
    by_title[{check->rule.value_or(""), check->title}].push_back(check);
  Markup items;
  for (const auto& [key, of_title] : by_title) {
    const auto count = std::ssize(of_title);
    std::string text = fmt::format("{}: ", key.first.empty() ? "no rule" : key.first);
    items +=
        Element("li",
                {{"data-f", FacetsOf(*of_title.front())}},
                Text(text, 200) + Text(key.second, 300) +
                    Text(count == 1 ? "" : fmt::format(" ({} times)", notation::Count(count))));
  }
  return Element("ul", {{"class", "passed"}}, items);
}

Markup Passed(const std::string& suite, const Checks& checks, Detail detail) {
  const Markup words =
      Text(fmt::format("{} passed: ", notation::Count(std::ssize(checks)))) + Text(suite, 100);
  if (detail == Detail::Least) return Element("p", words);
  const Markup list = detail == Detail::Whole
                          ? ChecksTable("Checks that passed: " + suite, checks, detail)
                          : ByTitle(checks);
  return Element("details", Element("summary", words) + list);
}

Markup NotPassed(Checks checks, Detail detail) {
  if (checks.empty()) return Element("p", "Every check passed.");
  std::ranges::stable_sort(
      checks, {}, [](const Check* check) { return verdict::StandingOf(*check); });
  const auto all = std::ssize(checks);
  if (checks.size() > MostFailures(detail)) checks.resize(MostFailures(detail));
  return ChecksTable("Checks that did not pass", checks, detail) +
         LeftOut(all - std::ssize(checks), "check", "check");
}

}  // namespace

Markup ChecksSection(const Record& record, Detail detail) {
  if (record.checks.empty()) return {};
  Checks others;
  std::map<std::string, Checks> passed;
  for (const Check& check : record.checks) {
    if (verdict::StandingOf(check) == Standing::Good) {
      passed[check.suite].push_back(&check);
    } else {
      others.push_back(&check);
    }
  }
  Markup inner = NotPassed(std::move(others), detail);
  if (HasSeveralHosts(record)) {
    inner += Element("p", {{"class", "muted"}}, "What passed stands above, by host.");
  } else {
    for (const auto& [suite, checks] : passed)
      inner += Passed(suite, checks, detail);
  }
  return FilteredSection("checks", "Checks", "outcome|suite|level|host", inner);
}

}  // namespace reports::html
