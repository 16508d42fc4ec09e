#include "reports/html/charts.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "reports/html/blocks.h"
#include "reports/html/capacity.h"
#include "reports/html/cell_tables.h"
#include "reports/html/figure.h"
#include "reports/html/memory_over_requests.h"
#include "reports/html/percentiles.h"
#include "reports/html/waterfall.h"
#include "reports/notation/notation.h"
#include "reports/record/axes.h"

namespace reports::html {

using record::Load;
using record::Loop;
using record::Record;
using record::When;
using Value = std::optional<double>;

namespace {

// A column of a figure's table: a value of every cell, in the unit that charts.js knows.
struct Series {
  std::string_view name;
  std::string_view unit;  // "us", "per_s", "mib"
  std::string (*write)(double);
  Value (*measure)(const Record&, const std::string& cell);
};

struct Columns {
  FigureKind kind;
  std::vector<Series> series;
};

// The table of one application; empty when nothing of it was measured.
Markup FigureTable(const Record& record, const Columns& columns, const std::string& app) {
  Markup rows;
  bool has_values = false;
  for (const record::AxisRow& row : AxesOf(record).rows) {
    const std::string cell = CellAt(row, app);
    Markup cells = Element("th", {{"scope", "row"}}, BreakableText(row.label));
    for (const Series& series : columns.series) {
      const Value value = series.measure(record, cell);
      has_values = has_values || value;
      cells += DrawnCell(value, value ? series.write(*value) : "");
    }
    rows += Element("tr", cells);
  }
  if (!has_values) return {};
  Markup heads = Element("th", {{"scope", "col"}}, "mode");
  for (const Series& series : columns.series) {
    heads += DrawnHead(series.name, series.unit);
  }
  return Element("table", Element("thead", Element("tr", heads)) + Element("tbody", rows));
}

// The figure of every application under a heading; empty when nothing of it was measured.
Markup Figures(const Record& record,
               std::string_view title,
               std::string_view explanation,
               const Columns& columns) {
  Markup figures;
  for (const std::string& app : AxesOf(record).apps) {
    const Markup table = FigureTable(record, columns, app);
    if (!table.is_empty()) figures += Figure(columns.kind, app, title, table);
  }
  return FigureGroup(title, explanation, figures);
}

Markup SectionUnlessEmpty(std::string_view id, std::string_view title, const Markup& inner) {
  return inner.is_empty() ? Markup() : Section(id, title, inner);
}

// ---- What is measured, by cell

Value InMicroseconds(const Value& milliseconds) {
  return milliseconds ? Value(*milliseconds * 1e3) : std::nullopt;
}

template <Value record::Startup::*member>
Value StartupUs(const Record& record, const std::string& cell) {
  const record::Startup* startup = FindStartup(record, cell);
  return startup == nullptr ? std::nullopt : InMicroseconds(startup->*member);
}

template <Loop loop, Value record::Latency::*member>
Value LatencyUs(const Record& record, const std::string& cell) {
  const Load* load = FindLoad(record, cell, loop);
  return load == nullptr ? std::nullopt : load->latency_us.*member;
}

template <Loop loop>
Value RequestsPerSecond(const Record& record, const std::string& cell) {
  const Load* load = FindLoad(record, cell, loop);
  return load == nullptr ? std::nullopt : load->requests_per_s;
}

std::string Mebibytes(double mib) {
  return notation::Kibibytes(mib * 1024);
}

template <When when>
Value PssMib(const Record& record, const std::string& cell) {
  const record::Resources* resources = FindResources(record, cell, when);
  if (resources == nullptr || !resources->pss_kib) return std::nullopt;
  return static_cast<double>(*resources->pss_kib) / 1024;
}

Value CpuUs(const Record& record, const std::string& cell) {
  const record::Resources* resources = FindResources(record, cell, When::AfterLoad);
  return resources == nullptr ? std::nullopt : resources->cpu_us_per_request;
}

template <Loop loop>
std::vector<Series> Percentiles() {
  const auto write = notation::Microseconds;
  return {{"p50", "us", write, LatencyUs<loop, &record::Latency::p50>},
          {"p90", "us", write, LatencyUs<loop, &record::Latency::p90>},
          {"p99", "us", write, LatencyUs<loop, &record::Latency::p99>}};
}

}  // namespace

Markup LatencySection(const Record& record) {
  const auto write = notation::Microseconds;
  const bool has_open = std::ranges::any_of(record.loads, [](const Load& load) {
    return load.loop == Loop::Open && load.latency_us.p50.has_value();
  });
  const Columns first{
      {.kind = "points", .scale = "log"},
      {{"steady p50",
        "us",
        write,
        has_open ? LatencyUs<Loop::Open, &record::Latency::p50>
                 : LatencyUs<Loop::Closed, &record::Latency::p50>},
       {"first request", "us", write, StartupUs<&record::Startup::first_request_ms>}}};
  const Columns closed{{.kind = "points", .scale = "linear"}, Percentiles<Loop::Closed>()};
  const Columns open{{.kind = "points", .scale = "linear"}, Percentiles<Loop::Open>()};
  return SectionUnlessEmpty(
      "latency",
      "How fast",
      Figures(
          record,
          "First request against the steady median",
          fmt::format("The first request to a fresh host, and the median under the {} loop. The "
                      "axis is logarithmic.",
                      has_open ? "open" : "closed"),
          first) +
          Figures(
              record,
              "Percentiles, closed loop",
              "A fixed number of connections, each sending its next request when it has its "
              "answer: latency at full load. A percentile is left out when fewer than ten requests "
              "lie beyond it.",
              closed) +
          Figures(
              record,
              "Percentiles, open loop",
              "Requests sent at a fixed rate whether answers come or not; latency counts from the "
              "moment a request was due.",
              open) +
          FigureGroup(
              "Latency by percentile",
              "Each step to the right leaves half, or a tenth, of the requests: the tail takes as "
              "much room as "
              "the rest. Latency counts from the moment a request was due; the dashed line, from "
              "its sending, is "
              "what a load generator reports that waits for its answers. A percentile is left out "
              "when fewer than "
              "ten requests lie beyond it.",
              PercentileFigures(record, Loop::Open) + PercentileFigures(record, Loop::Closed)));
}

Markup ThroughputSection(const Record& record) {
  const Columns rate{{.kind = "bars", .scale = "linear"},
                     {{"requests/s", "per_s", notation::Rate, RequestsPerSecond<Loop::Closed>}}};
  const Columns cpu{{.kind = "bars", .scale = "linear"},
                    {{"CPU per request", "us", notation::Microseconds, CpuUs}}};
  return SectionUnlessEmpty(
      "throughput",
      "How much",
      Figures(record, "Requests per second, closed loop", "With every answer checked.", rate) +
          Figures(
              record,
              "CPU time per request",
              "Of all processes of the host together: what a request costs whoever pays for the "
              "machine.",
              cpu) +
          FigureGroup("Latency against load",
                      "Two points of each mode’s capacity curve: at a moderate rate, and with "
                      "every connection busy. "
                      "Where the line is steep, more load costs waiting, not answers. `wsgilab "
                      "load --capacity` "
                      "looks for the highest rate at which a limit holds.",
                      CapacityFigures(record)) +
          RequestCostsTable(record));
}

Markup MemorySection(const Record& record) {
  const auto write = Mebibytes;
  const Columns figure{{.kind = "points", .scale = "linear"},
                       {{"ready", "mib", write, PssMib<When::Ready>},
                        {"after the first request", "mib", write, PssMib<When::AfterFirstRequest>},
                        {"after load", "mib", write, PssMib<When::AfterLoad>}}};
  return SectionUnlessEmpty(
      "memory",
      "Memory",
      Figures(record,
              "Proportional set size of all processes of the host",
              "Memory that several processes share is counted once, a part for each.",
              figure) +
          FigureGroup("Memory over requests",
                      "From ready (drawn at 1) to the last sample; the axis is logarithmic. What "
                      "processes share stays "
                      "shared as long as nobody writes to it; Python writes to what it only reads, "
                      "as it counts "
                      "references.",
                      MemoryFigures(record)) +
          MemoryCurveTable(record));
}

Markup ColdStartSection(const Record& record) {
  const auto write = notation::Microseconds;
  const Columns figure{
      {.kind = "stack", .scale = "linear"},
      {{"start until ready", "us", write, StartupUs<&record::Startup::ready_ms>},
       {"first request", "us", write, StartupUs<&record::Startup::first_request_ms>}}};
  return SectionUnlessEmpty(
      "cold-start",
      "Cold start",
      Figures(record,
              "From start to the first answer",
              "Loading costs the same time lazily or preloaded; the question "
              "is whether the host or the "
              "first visitor waits for it.",
              figure) +
          FigureGroup(
              "What happened when",
              "On the clock of the process that answered first. Loaded lazily, the script is "
              "imported while the first request waits; preloaded, before the host is ready. Of "
              "further "
              "processes only the length of their first request is known: it is drawn from ready.",
              WaterfallFigures(record)) +
          ColdStartTable(record));
}

}  // namespace reports::html
