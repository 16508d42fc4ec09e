#include "reports/html/tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "reports/html/blocks.h"
#include "reports/notation/notation.h"
#include "reports/verdict/verdict.h"

namespace reports::html {

using record::Check;
using record::Record;
using verdict::Standing;

namespace {

template <typename T>
std::string Written(const std::optional<T>& value, std::string (*write)(double)) {
  return value ? write(static_cast<double>(*value)) : "–";
}

Markup CheckRow(const Check& check) {
  Markup said = Text(check.title, 300);
  if (check.detail) said += Element("p", {{"class", "muted"}}, *check.detail);
  if (check.reproduce && verdict::StandingOf(check) != Standing::Good) {
    said += Command(*check.reproduce);
  }
  std::string difference;
  if (check.expected && check.observed && check.expected != check.observed) {
    difference = fmt::format("expected {}, found {}", *check.expected, *check.observed);
  } else {
    difference = check.observed.value_or("");
  }
  return Element("tr",
                 Element("td", Mark(verdict::StandingOf(check)) + Text(Name(check.outcome))) +
                     Element("td", Name(check.level)) + Element("td", {{"class", "wide"}}, said) +
                     Element("td", Text(check.pairing.value_or(check.mode), 200)) +
                     Element("td", difference) + Element("td", Text(check.rule.value_or(""), 200)));
}

Markup ChecksTable(const std::vector<const Check*>& checks) {
  Markup rows;
  for (const Check* check : checks)
    rows += CheckRow(*check);
  return Scrolling("Checks",
                   Element("table",
                           HeaderRow({"outcome", "level", "check", "where", "seen", "rule"}) +
                               Element("tbody", rows)));
}

Markup LoadRow(const record::Load& load) {
  const std::int64_t bad =
      load.failed + load.unfinished + load.wrong_answers + load.crosstalk.value_or(0);
  const bool is_verified = load.generator.state == record::GeneratorState::Verified;
  std::string loop(Name(load.loop));
  if (load.rate_per_s) loop += ", " + notation::Rate(*load.rate_per_s);
  const std::string state = is_verified ? "verified" : load.generator.reason.value_or("unverified");
  const record::Latency& latency = load.latency_us;
  Markup row = Element("th", {{"scope", "row"}}, Element("code", load.cell));
  for (const std::string& text : {loop,
                                  notation::Count(load.connections),
                                  notation::Span(load.seconds),
                                  notation::Count(load.sent),
                                  notation::Count(load.done),
                                  notation::Count(bad),
                                  Written(load.requests_per_s, notation::Rate),
                                  Written(latency.p50, notation::Microseconds),
                                  Written(latency.p90, notation::Microseconds),
                                  Written(latency.p99, notation::Microseconds),
                                  Written(latency.p999, notation::Microseconds),
                                  Written(latency.max, notation::Microseconds),
                                  Written(load.generator.hiccup_max_us, notation::Microseconds)}) {
    row += Element("td", text);
  }
  row += Element("td",
                 Mark(is_verified && bad == 0 ? Standing::Good
                      : bad > 0               ? Standing::Bad
                                              : Standing::Caution) +
                     Text(state));
  return Element("tr", row);
}

Markup TourSteps(const record::Tour& tour) {
  Markup steps;
  for (const record::TourStep& step : tour.steps) {
    std::string text = fmt::format("{}: {} {}", step.name, step.method, step.path);
    if (step.status) text += fmt::format(" {}", *step.status);
    if (step.problem) text += ": " + *step.problem;
    steps += Element("li", Mark(step.passed ? Standing::Good : Standing::Bad) + Text(text, 400));
  }
  const auto passed = std::ranges::count(tour.steps, true, &record::TourStep::passed);
  return Element("details",
                 Element("summary", fmt::format("{} of {} steps", passed, tour.steps.size())) +
                     Element("ol", steps));
}

Markup CellRow(const Record& record, const record::Cell& cell) {
  const record::Tour* tour = FindTour(record, cell.cell);
  const record::Startup* startup = FindStartup(record, cell.cell);
  return Element(
      "tr",
      Element("td", Mark(verdict::StandingOf(cell.outcome)) + Text(verdict::Words(cell.outcome))) +
          Element("th",
                  {{"scope", "row"}},
                  Element("code", BreakableText(cell.cell)) +
                      Element("p", {{"class", "muted"}}, Text(cell.title, 200))) +
          Element("td", tour == nullptr ? Text("–") : TourSteps(*tour)) +
          Element("td",
                  startup == nullptr ? "–" : Written(startup->import_ms, notation::Milliseconds)) +
          Element("td",
                  startup == nullptr
                      ? "–"
                      : Written(startup->second_request_ms, notation::Milliseconds)) +
          Element("td", cell.seconds ? notation::Span(*cell.seconds) : "–") +
          Element("td", Command(cell.reproduce.value_or(""))));
}

}  // namespace

Markup ChecksSection(const Record& record) {
  if (record.checks.empty()) return {};
  std::vector<const Check*> others;
  std::map<std::string, std::vector<const Check*>> passed;
  for (const Check& check : record.checks) {
    if (verdict::StandingOf(check) == Standing::Good) {
      passed[check.suite].push_back(&check);
    } else {
      others.push_back(&check);
    }
  }
  std::ranges::stable_sort(
      others, {}, [](const Check* check) { return verdict::StandingOf(*check); });
  Markup inner = others.empty() ? Element("p", "Every check passed.") : ChecksTable(others);
  for (const auto& [suite, checks] : passed) {
    inner += Element(
        "details",
        Element("summary", Text(fmt::format("{} passed: ", checks.size())) + Text(suite, 100)) +
            ChecksTable(checks));
  }
  return Section("checks", "Checks", inner);
}

Markup LoadPhasesSection(const Record& record) {
  if (record.loads.empty()) return {};
  Markup rows;
  for (const record::Load& load : record.loads)
    rows += LoadRow(load);
  return Section(
      "load",
      "Load phases",
      Element("details",
              Element("summary",
                      fmt::format("{} phases: what was sent, what came back, and whether "
                                  "the generator could keep up",
                                  record.loads.size())) +
                  Scrolling("Load phases",
                            Element("table",
                                    HeaderRow({"cell",
                                               "loop",
                                               "connections",
                                               "for",
                                               "sent",
                                               "answered",
                                               "bad",
                                               "rate",
                                               "p50",
                                               "p90",
                                               "p99",
                                               "p99.9",
                                               "most",
                                               "hiccup",
                                               "generator"}) +
                                        Element("tbody", rows)))));
}

Markup CellsSection(const Record& record) {
  if (record.cells.empty()) return {};
  std::vector<const record::Cell*> cells;
  for (const record::Cell& cell : record.cells)
    cells.push_back(&cell);
  std::ranges::stable_sort(
      cells, {}, [](const record::Cell* cell) { return verdict::StandingOf(cell->outcome); });
  Markup rows;
  for (const record::Cell* cell : cells)
    rows += CellRow(record, *cell);
  return Section(
      "cells",
      "Every cell, and how to run just it",
      Scrolling(
          "Cells",
          Element("table",
                  HeaderRow(
                      {"outcome", "cell", "tour", "import", "second request", "took", "command"}) +
                      Element("tbody", rows))));
}

}  // namespace reports::html
