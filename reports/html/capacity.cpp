#include "reports/html/capacity.h"

#include <fmt/format.h>

#include <string>

#include "reports/html/blocks.h"
#include "reports/html/figure.h"
#include "reports/notation/notation.h"
#include "reports/record/axes.h"

namespace reports::html {

using record::Load;
using record::Loop;
using record::Record;

namespace {

Markup Row(const Load& load) {
  const double rate = *load.requests_per_s;
  const std::string at =
      load.loop == Loop::Open
          ? fmt::format("{} asked for", notation::Rate(load.rate_per_s.value_or(rate)))
          : fmt::format("{} at a time, as fast as they are answered", load.connections);
  Markup cells = Element("th", {{"scope", "row"}}, at) + Element("td", notation::Rate(rate));
  for (const auto& value : {load.latency_us.p99, load.latency_us.p90, load.latency_us.p50})
    cells += DrawnCell(value, value ? notation::Microseconds(*value) : "");
  const auto& ceiling = load.generator.ceiling_per_s;
  cells += Element("td", ceiling ? notation::Rate(*ceiling) : std::string("–"));
  return Element(
      "tr", {{"data-x", fmt::format("{:.6g}", rate)}, {"data-at", notation::Rate(rate)}}, cells);
}

Markup BodyOf(const record::AxisRow& row, const Load& open, const Load& closed) {
  const Markup name = Element(
      "tr", Element("th", {{"scope", "rowgroup"}, {"colspan", "6"}}, BreakableText(row.label)));
  return Element("tbody", {{"data-name", row.label}}, name + Row(open) + Row(closed));
}

Markup FigureOf(const Record& record, const std::string& app) {
  Markup bodies;
  for (const record::AxisRow& row : AxesOf(record).rows) {
    const Load* open = FindLoad(record, CellAt(row, app), Loop::Open);
    const Load* closed = FindLoad(record, CellAt(row, app), Loop::Closed);
    const bool has_both = open != nullptr && closed != nullptr && open->requests_per_s &&
                          closed->requests_per_s && *open->requests_per_s > 0 &&
                          *closed->requests_per_s > 0 && open->latency_us.p50 &&
                          closed->latency_us.p50;
    if (has_both) bodies += BodyOf(row, *open, *closed);
  }
  if (bodies.is_empty()) return {};
  const Markup head = Element("th", {{"scope", "col"}}, "load") +
                      Element("th", {{"scope", "col"}}, "answered") + DrawnHead("p99", "us") +
                      DrawnHead("p90", "us") + DrawnHead("p50", "us") +
                      Element("th", {{"scope", "col"}}, "the generator’s ceiling");
  return Figure({.kind = "lines",
                 .scale = "log",
                 .across = "log",
                 .across_unit = "per_s",
                 .across_title = "answers per second"},
                app,
                "latency against load",
                Element("table", Element("thead", Element("tr", head)) + bodies));
}

}  // namespace

Markup CapacityFigures(const Record& record) {
  Markup figures;
  for (const std::string& app : AxesOf(record).apps)
    figures += FigureOf(record, app);
  return figures;
}

}  // namespace reports::html
