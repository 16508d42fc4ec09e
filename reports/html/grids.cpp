#include "reports/html/grids.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "reports/html/blocks.h"
#include "reports/html/import_strip.h"
#include "reports/notation/notation.h"
#include "reports/record/axes.h"
#include "reports/verdict/verdict.h"

namespace reports::html {

using record::Check;
using record::Placement;
using record::PlacementFound;
using record::Record;
using verdict::Standing;

namespace {

// ---- Placement

std::string ProcessText(const PlacementFound& found) {
  if (!found.process_group) return "process group ?";
  return found.process_group->empty() ? "embedded" : "group " + *found.process_group;
}

std::string InterpreterText(const PlacementFound& found) {
  std::string text = "interpreter ?";
  if (found.is_main_interpreter) {
    text = *found.is_main_interpreter ? "main interpreter" : "sub-interpreter";
    if (!*found.is_main_interpreter && found.interpreter_id) {
      text += fmt::format(" {}", *found.interpreter_id);
    }
  }
  return found.pid ? fmt::format("{}, pid {}", text, *found.pid) : text;
}

template <typename T>
std::string Written(const std::optional<T>& value) {
  return value ? fmt::format("{}", *value) : std::string();
}

// A group as people write it: an embedded process and the main interpreter are %{GLOBAL}.
std::string GroupText(const std::optional<std::string>& group) {
  if (!group) return {};
  return group->empty() ? "%{GLOBAL}" : *group;
}

std::string AskedText(const record::PlacementAsked& asked) {
  return fmt::format("process group {}, application group {}, {}",
                     GroupText(asked.process_group),
                     GroupText(asked.application_group),
                     asked.loading);
}

// "5 (asked for: 4)", or only what is found, if it is that.
template <typename T>
std::string FoundText(const std::optional<T>& found, const T& asked) {
  if (!found) return {};
  return *found == asked ? fmt::format("{}", *found)
                         : fmt::format("{} (asked for: {})", *found, asked);
}

Markup SettingsTerms(const record::Settings& settings) {
  const record::SettingsFound& found = settings.found;
  std::string at_once = FoundText(found.at_once, settings.asked.threads);
  if (!found.at_once_is_limit.value_or(true)) at_once = "at least " + at_once;
  Markup terms = Term("processes", FoundText(found.processes, settings.asked.processes)) +
                 Term("requests at once in each", at_once) +
                 Term("threads of each", Written(found.threads));
  if (found.keep_alive) {
    terms += Term("connections", *found.keep_alive ? "kept" : "closed after each answer");
  }
  if (found.log_lines && found.requests) {
    terms += Term("log",
                  fmt::format("{} for {}",
                              notation::Plural(*found.log_lines, "line"),
                              notation::Plural(*found.requests, "request")));
  }
  for (const std::string& words : found.words)
    terms += Term("says", words);
  for (const std::string& difference : settings.differences)
    terms += Term("not as asked", difference);
  return terms;
}

Markup PlacementDetails(const Placement& placement, const record::Settings* settings) {
  const PlacementFound& found = placement.found;
  Markup terms;
  if (!placement.agrees) terms += Term("asked for", AskedText(placement.asked));
  terms += Term("process group", GroupText(found.process_group)) +
           Term("application group", GroupText(found.application_group)) +
           Term("interpreter id", Written(found.interpreter_id)) + Term("pid", Written(found.pid)) +
           Term("parent", Written(found.parent_pid)) +
           Term("supervisor", Written(found.supervisor_pid)) +
           Term("Python", found.python.value_or("")) + Term("prefix", found.prefix.value_or("")) +
           Term("GIL", found.gil.value_or("")) +
           Term("loaded", found.load_count ? notation::Plural(*found.load_count, "time") : "");
  if (found.import_on_main_thread) {
    terms +=
        Term("import on", *found.import_on_main_thread ? "the main thread" : "a worker thread");
  }
  if (settings != nullptr) terms += SettingsTerms(*settings);
  return Element("dl", terms);
}

Markup PlacementCell(const Placement& placement,
                     const record::Settings* settings,
                     double span_seconds) {
  Markup summary = Element("span",
                           {{"class", "where"}},
                           Mark(placement.agrees ? Standing::Good : Standing::Bad) +
                               Text(ProcessText(placement.found), 200)) +
                   Element("span", {{"class", "where"}}, InterpreterText(placement.found)) +
                   ImportStrip(placement.found, span_seconds) +
                   Element("span", {{"class", "when"}}, ImportSentence(placement.found));
  for (const std::string& difference : placement.differences) {
    summary += Element("span", {{"class", "difference"}}, difference);
  }
  return Element(
      "td",
      {{"class", placement.agrees ? "place" : "place wrong"}},
      Element("details", Element("summary", summary) + PlacementDetails(placement, settings)));
}

Markup CellWithoutPlacement(const Record& record, const std::string& id) {
  const record::Cell* cell = FindCell(record, id);
  if (cell == nullptr) return Element("td", {{"class", "none"}}, "–");
  if (cell->outcome == record::CellOutcome::NotOffered) {
    return Element("td", {{"class", "none"}, {"title", cell->reason.value_or("")}}, "not offered");
  }
  return Element("td",
                 {{"class", "place wrong"}, {"title", cell->reason.value_or("")}},
                 Mark(verdict::StandingOf(cell->outcome)) +
                     Text(verdict::Words(cell->outcome) + ": no proof"));
}

// ---- Isolation

std::string PairingOf(const Check& check) {
  return check.pairing.value_or(check.mode);
}

Markup IsolationCell(const Check& check) {
  const std::string observed = check.observed.value_or(std::string(Name(check.outcome)));
  const bool is_expected = check.outcome == record::CheckOutcome::Passed;
  std::string shown = observed;
  if (!is_expected && check.expected) shown += ", expected " + *check.expected;
  Markup inner =
      Element("summary", (is_expected ? Markup() : Mark(Standing::Bad)) + Text(shown, 120));
  if (check.detail) inner += Element("p", *check.detail);
  inner += Element("dl",
                   Term("rule", check.rule.value_or("")) +
                       Term("expected", check.expected.value_or("")) + Term("mode", check.mode));
  if (check.reproduce) inner += Command(*check.reproduce);
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

Markup PlacementSection(const Record& record) {
  if (record.placements.empty()) return {};
  const record::Axes axes = AxesOf(record);
  std::vector<std::string> columns{"mode"};
  columns.insert(columns.end(), axes.apps.begin(), axes.apps.end());

  std::map<std::string, double> spans;  // each application's column has one scale
  for (const std::string& app : axes.apps) {
    for (const record::AxisRow& row : axes.rows) {
      const Placement* placement = FindPlacement(record, CellAt(row, app));
      if (placement != nullptr) spans[app] = std::max(spans[app], SpanSeconds(placement->found));
    }
  }
  Markup rows;
  for (const record::AxisRow& row : axes.rows) {
    Markup cells = Element("th", {{"scope", "row"}}, BreakableText(row.label));
    for (const std::string& app : axes.apps) {
      const std::string id = CellAt(row, app);
      const Placement* placement = FindPlacement(record, id);
      cells += placement == nullptr
                   ? CellWithoutPlacement(record, id)
                   : PlacementCell(*placement, FindSettings(record, id), spans[app]);
    }
    rows += Element("tr", cells);
  }
  return Section(
      "placement",
      "Where each application ran, and when it was loaded",
      Element("p",
              "Told by the application itself, from inside. ✓: process, interpreter and time of "
              "loading "
              "are what was asked for.") +
          ImportLegend() +
          Scrolling(
              "Placement: modes by applications",
              Element("table", {{"class", "grid"}}, HeaderRow(columns) + Element("tbody", rows))));
}

Markup IsolationSection(const Record& record) {
  std::vector<std::string> probes;
  std::map<std::pair<std::string, std::string>, Markup> cells;
  std::map<std::string, const Check*> examples;
  for (const Check& check : record.checks) {
    if (!check.probe) continue;
    AddNew(probes, *check.probe);
    examples.try_emplace(*check.probe, &check);
    cells[{*check.probe, PairingOf(check)}] += IsolationCell(check);
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
