#include "reports/html/tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "reports/html/blocks.h"
#include "reports/notation/notation.h"
#include "reports/verdict/verdict.h"

namespace reports::html {

using record::Record;
using verdict::Standing;

namespace {

template <typename T>
std::string Written(const std::optional<T>& value, std::string (*write)(double)) {
  return value ? write(static_cast<double>(*value)) : "–";
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
  return Element(
      "tr",
      {{"data-f", Facets({std::string(Name(load.loop)), std::string(Name(load.generator.state))})}},
      row);
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
      {{"data-f",
        Facets({verdict::Words(cell.outcome),
                cell.app,
                cell.process,
                cell.interpreter,
                cell.loading})}},
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

Markup LoadPhasesSection(const Record& record, Detail detail) {
  if (record.loads.empty()) return {};
  Markup rows;
  std::size_t shown = 0;
  for (const record::Load& load : record.loads) {
    if (shown++ == MostRows(detail)) break;
    rows += LoadRow(load);
  }
  return FilteredSection(
      "load",
      "Load phases",
      "loop|generator",
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
                                        Element("tbody", rows)))) +
          LeftOut(std::ssize(record.loads) - static_cast<std::int64_t>(MostRows(detail)),
                  "phase",
                  "load"));
}

Markup CellsSection(const Record& record, Detail detail) {
  if (record.cells.empty()) return {};
  std::vector<const record::Cell*> cells;
  for (const record::Cell& cell : record.cells)
    cells.push_back(&cell);
  std::ranges::stable_sort(
      cells, {}, [](const record::Cell* cell) { return verdict::StandingOf(cell->outcome); });
  Markup rows;
  std::size_t shown = 0;
  for (const record::Cell* cell : cells) {
    if (shown++ == MostRows(detail)) break;
    rows += CellRow(record, *cell);
  }
  return FilteredSection(
      "cells",
      "Every cell, and how to run just it",
      "outcome|application|process|interpreter|loading",
      Scrolling(
          "Cells",
          Element("table",
                  HeaderRow(
                      {"outcome", "cell", "tour", "import", "second request", "took", "command"}) +
                      Element("tbody", rows))) +
          LeftOut(std::ssize(cells) - static_cast<std::int64_t>(MostRows(detail)), "cell", "cell"));
}

}  // namespace reports::html
