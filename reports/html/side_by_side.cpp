#include "reports/html/side_by_side.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "reports/html/blocks.h"
#include "reports/notation/notation.h"
#include "reports/verdict/verdict.h"

namespace reports::html {

using record::Check;
using record::CheckOutcome;
using record::Record;
using verdict::Standing;

namespace {

// Of one check, in the places in which it was made.
using InPlaces = std::vector<const Check*>;

struct Line {
  std::string suite;
  std::map<std::string, InPlaces> of_hosts;
};

std::string HostOf(const Check& check) {
  return check.host.value_or("engine");
}

// "Suite/Http1Shapes.Row/HostTwice_daemon_main" in "daemon/main": "Suite/Http1Shapes.Row/HostTwice".
std::string NameWithoutPlace(const Check& check) {
  std::string place = check.mode;
  std::ranges::replace(place, '/', '_');
  const bool ends_so =
      !place.empty() && check.check.size() > place.size() && check.check.ends_with(place);
  return ends_so ? check.check.substr(0, check.check.size() - place.size() - 1) : check.check;
}

bool HasFailed(const Check& check) {
  return !IsFine(check.outcome) || check.outcome == CheckOutcome::ExpectedFailure;
}

bool HasFailed(const Line& line) {
  return std::ranges::any_of(line.of_hosts, [](const auto& of_host) {
    return std::ranges::any_of(of_host.second,
                               [](const Check* check) { return HasFailed(*check); });
  });
}

// The first that failed, or else the first that failed as expected, or else the first of all.
const Check& Worst(const InPlaces& checks) {
  return **std::ranges::min_element(checks, {}, [](const Check* check) {
    if (!IsFine(check->outcome)) return 0;
    return HasFailed(*check) ? 1 : 2;
  });
}

std::string Words(CheckOutcome outcome) {
  std::string words(Name(outcome));
  std::ranges::replace(words, '_', ' ');
  return words;
}

Markup Failure(const Check& check, Detail detail) {
  Markup inner = Element("summary", Mark(verdict::StandingOf(check)) + Text(Words(check.outcome)));
  inner += Element("p", {{"class", "muted"}}, check.mode);
  if (check.observed) inner += Element("p", Text("found " + *check.observed, 400));
  if (check.detail) inner += Element("p", {{"class", "muted"}}, Text(*check.detail, 700));
  if (check.transcript) inner += Transcript(*check.transcript, MostOfTranscript(detail));
  if (check.reproduce) inner += Command(*check.reproduce);
  return Element("details", inner);
}

Markup CellOf(const InPlaces& checks, Detail detail) {
  const Check& worst = Worst(checks);
  const auto alike = std::ranges::count(checks, worst.outcome, &Check::outcome);
  Markup inner = HasFailed(worst) ? Failure(worst, detail)
                                  : Mark(verdict::StandingOf(worst)) + Text(Words(worst.outcome));
  if (checks.size() > 1) {
    inner +=
        Element("p", {{"class", "muted"}}, fmt::format("in {} of {} places", alike, checks.size()));
  }
  return Element("td", inner);
}

// What the rule is: of the host that was asked first and had a check of it.
Markup SubjectOf(const Line& line) {
  const Check& check = *line.of_hosts.begin()->second.front();
  return Element("td", Text(check.rule.value_or(""), 200)) + Element("td", Name(check.level)) +
         Element("th",
                 {{"scope", "row"}},
                 Text(check.title, 300) +
                     Element("p",
                             {{"class", "muted"}},
                             Text(check.expected ? "must be " + *check.expected : "", 300)));
}

// Suite, level, how it ended, and on which hosts it failed.
std::string FacetsOf(const Line& line) {
  std::set<std::string> outcomes;
  std::vector<std::string> failed;
  for (const auto& [host, checks] : line.of_hosts) {
    for (const Check* check : checks)
      outcomes.insert(Words(check->outcome));
    if (HasFailed(Worst(checks))) failed.push_back(host);
  }
  const Check& first = *line.of_hosts.begin()->second.front();
  return Facets({line.suite,
                 std::string(Name(first.level)),
                 fmt::format("{}", fmt::join(outcomes, ";")),
                 fmt::format("{}", fmt::join(failed, ";"))});
}

Markup Table(std::string_view label,
             const std::vector<const Line*>& lines,
             const std::vector<std::string>& hosts,
             Detail detail) {
  Markup rows;
  for (const Line* line : lines) {
    Markup row = SubjectOf(*line);
    for (const std::string& host : hosts) {
      const auto of_host = line->of_hosts.find(host);
      row += of_host == line->of_hosts.end() ? Element("td", "–") : CellOf(of_host->second, detail);
    }
    rows += Element("tr", {{"data-f", FacetsOf(*line)}}, row);
  }
  std::vector<std::string> columns{"rule", "level", "check"};
  columns.insert(columns.end(), hosts.begin(), hosts.end());
  return Scrolling(label, Element("table", HeaderRow(columns) + Element("tbody", rows)));
}

// In fewer words: the rule, the check, and how it ended on all of them together.
Markup Short(const std::vector<const Line*>& lines) {
  Markup items;
  for (const Line* line : lines) {
    const Check& check = *line->of_hosts.begin()->second.front();
    std::map<std::string, int> outcomes;
    for (const auto& [host, checks] : line->of_hosts) {
      for (const Check* of_host : checks)
        ++outcomes[Words(of_host->outcome)];
    }
    std::string ended;
    for (const auto& [outcome, count] : outcomes)
      ended += fmt::format("{}{} {}", ended.empty() ? "" : ", ", count, outcome);
    items += Element("li",
                     {{"data-f", FacetsOf(*line)}},
                     Text(fmt::format("{}: ", check.rule.value_or("no rule")), 200) +
                         Text(check.title, 300) + Text(fmt::format(" ({})", ended)));
  }
  return Element("ul", {{"class", "passed"}}, items);
}

Markup WithoutFailure(const std::string& suite,
                      const std::vector<const Line*>& lines,
                      const std::vector<std::string>& hosts,
                      Detail detail) {
  const Markup words = Text(fmt::format("{} on which no host failed: ",
                                        notation::Plural(std::ssize(lines), "check"))) +
                       Text(suite, 100);
  if (detail == Detail::Least) return Element("p", words);
  const Markup list = detail == Detail::Whole
                          ? Table("Checks on which no host failed: " + suite, lines, hosts, detail)
                          : Short(lines);
  return Element("details", Element("summary", words) + list);
}

// How many checks of each host ended how.
Markup Totals(const Record& record, const std::vector<std::string>& hosts) {
  std::map<std::string, std::map<CheckOutcome, std::int64_t>> counts;
  std::map<CheckOutcome, std::int64_t> all;
  for (const Check& check : record.checks) {
    ++counts[HostOf(check)][check.outcome];
    ++all[check.outcome];
  }
  std::vector<std::string> columns{"host"};
  for (const auto& [outcome, count] : all)
    columns.push_back(Words(outcome));
  Markup rows;
  for (const std::string& host : hosts) {
    Markup row = Element("th", {{"scope", "row"}}, host);
    for (const auto& [outcome, count] : all)
      row += Element("td", notation::Count(counts[host][outcome]));
    rows += Element("tr", row);
  }
  return Scrolling("Outcomes by host",
                   Element("table", HeaderRow(columns) + Element("tbody", rows)));
}

// In the order in which they were asked.
std::vector<std::string> HostsOf(const Record& record) {
  std::vector<std::string> hosts;
  for (const Check& check : record.checks) {
    if (std::ranges::find(hosts, HostOf(check)) == hosts.end()) hosts.push_back(HostOf(check));
  }
  return hosts;
}

}  // namespace

bool HasSeveralHosts(const Record& record) {
  return HostsOf(record).size() > 1;
}

Markup SideBySideSection(const Record& record, Detail detail) {
  const auto hosts = HostsOf(record);
  if (hosts.size() < 2) return {};
  std::map<std::string, Line> lines;
  for (const Check& check : record.checks) {
    Line& line = lines[NameWithoutPlace(check)];
    line.suite = check.suite;
    line.of_hosts[HostOf(check)].push_back(&check);
  }
  std::vector<const Line*> failed;
  std::map<std::string, std::vector<const Line*>> others;
  for (const auto& [name, line] : lines) {
    if (HasFailed(line)) {
      failed.push_back(&line);
    } else {
      others[line.suite].push_back(&line);
    }
  }
  Markup inner = Totals(record, hosts);
  const auto all = std::ssize(failed);
  if (failed.size() > MostFailures(detail)) failed.resize(MostFailures(detail));
  if (!failed.empty()) inner += Table("Checks on which a host failed", failed, hosts, detail);
  inner += LeftOut(all - std::ssize(failed), "check", "check");
  for (const auto& [suite, of_suite] : others)
    inner += WithoutFailure(suite, of_suite, hosts, detail);
  return FilteredSection("hosts", "Hosts side by side", "suite|level|outcome|failed on", inner);
}

}  // namespace reports::html
