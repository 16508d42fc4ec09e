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

using record::Placement;
using record::PlacementFound;
using record::Record;
using verdict::Standing;

namespace {

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

// "on" or "off" says Python only where it could do without.
std::string GilText(const PlacementFound& found) {
  const std::string gil = found.gil.value_or("");
  if (found.gil_before_import == "off" && gil != "off") {
    return gil + ", off until its script was imported";
  }
  const bool was_off = gil == "off" && found.gil_before_import == "off";
  return was_off ? "off, before its script was imported and after" : gil;
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
           Term("GIL", GilText(found)) +
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

}  // namespace

Markup PlacementSection(const Record& record, Detail detail) {
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
  std::size_t shown = 0;
  for (const record::AxisRow& row : axes.rows) {
    if (shown + axes.apps.size() > MostRows(detail)) break;
    shown += axes.apps.size();
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
              Element("table", {{"class", "grid"}}, HeaderRow(columns) + Element("tbody", rows))) +
          LeftOut(static_cast<std::int64_t>(axes.rows.size() * axes.apps.size() - shown),
                  "cell",
                  "placement"));
}

}  // namespace reports::html
