#include "reports/html/percentiles.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>

#include "reports/histogram/histogram.h"
#include "reports/histogram/v2.h"
#include "reports/html/blocks.h"
#include "reports/html/figure.h"
#include "reports/notation/notation.h"
#include "reports/record/axes.h"

namespace reports::html {

using record::Latency;
using record::Load;
using record::Loop;
using record::Record;
using Value = std::optional<double>;

namespace {

constexpr std::array kPercentiles{
    0.0, 25.0, 50.0, 75.0, 90.0, 95.0, 97.5, 99.0, 99.5, 99.9, 99.95, 99.99, 99.995, 99.999};

// What a load phase knows of its latencies, in microseconds.
class Distribution {
 public:
  explicit Distribution(const Load& load) : load_(&load) {
    if (load.hdr) {
      auto decoded = histogram::DecodeV2(*load.hdr);
      if (decoded) exact_ = std::move(*decoded);
    }
    for (const record::Bucket& bucket : load.histogram)
      count_ += bucket.count;
    if (exact_) count_ = exact_->count();
  }

  [[nodiscard]] bool is_empty() const { return count_ == 0; }

  [[nodiscard]] Value At(double percentile) const {
    if (static_cast<double>(count_) * (1 - percentile / 100) < 10 - 1e-6) return std::nullopt;
    if (percentile == 0) return load_->latency_us.min;
    if (exact_) return static_cast<double>(exact_->ValueAt(percentile)) / 1e3;
    return OfBuckets(percentile);
  }

 private:
  // Those that the record has exactly are better than the steps of the coarse histogram.
  [[nodiscard]] Value OfBuckets(double percentile) const {
    const Latency& latency = load_->latency_us;
    if (percentile == 50 && latency.p50) return latency.p50;
    if (percentile == 90 && latency.p90) return latency.p90;
    if (percentile == 99 && latency.p99) return latency.p99;
    if (percentile == 99.9 && latency.p999) return latency.p999;
    const double wanted = std::ceil(static_cast<double>(count_) * percentile / 100);
    double seen = 0;
    for (const record::Bucket& bucket : load_->histogram) {
      seen += static_cast<double>(bucket.count);
      if (seen >= wanted) return bucket.value_us;
    }
    return latency.max;
  }

  const Load* load_;
  std::optional<histogram::Histogram> exact_;
  std::int64_t count_ = 0;
};

std::string NameOf(double percentile) {
  return percentile == 0 ? "least" : fmt::format("p{}", percentile);
}

Markup Cells(const std::optional<double>& value) {
  return DrawnCell(value, value ? notation::Microseconds(*value) : "");
}

Markup LatencyRow(const record::AxisRow& row, const Load& load, const Distribution& distribution) {
  Markup cells = Element("th", {{"scope", "row"}}, BreakableText(row.label));
  for (const double percentile : kPercentiles)
    cells += Cells(distribution.At(percentile));
  cells += Element(
      "td", load.latency_us.max ? notation::Microseconds(*load.latency_us.max) : std::string("–"));
  return Element("tr", {{"data-group", row.label}}, cells);
}

// The time from the sending: of it the record has some percentiles only.
Markup ServiceRow(const record::AxisRow& row, const Latency& service) {
  const std::string name = row.label + ", from the sending";
  Markup cells = Element("th", {{"scope", "row"}}, BreakableText(name));
  for (const double percentile : kPercentiles) {
    cells += Cells(percentile == 0      ? service.min
                   : percentile == 50   ? service.p50
                   : percentile == 90   ? service.p90
                   : percentile == 99   ? service.p99
                   : percentile == 99.9 ? service.p999
                                        : std::nullopt);
  }
  cells += Element("td", service.max ? notation::Microseconds(*service.max) : std::string("–"));
  return Element(
      "tr", {{"data-group", row.label}, {"data-dashed", "dashed: from the sending"}}, cells);
}

Markup Head(std::string_view of_rows) {
  Markup heads = Element("th", {{"scope", "col"}}, of_rows);
  for (const double percentile : kPercentiles) {
    const std::string x = fmt::format("{:.8g}", 100 / (100 - percentile));
    heads +=
        Element("th", {{"scope", "col"}, {"data-unit", "us"}, {"data-x", x}}, NameOf(percentile));
  }
  return Element("thead", Element("tr", heads + Element("th", {{"scope", "col"}}, "most")));
}

Markup FigureOf(const Record& record, const std::string& app, Loop loop) {
  Markup rows;
  for (const record::AxisRow& row : AxesOf(record).rows) {
    const Load* load = FindLoad(record, CellAt(row, app), loop);
    if (load == nullptr) continue;
    const Distribution distribution(*load);
    if (distribution.is_empty()) continue;
    rows += LatencyRow(row, *load, distribution);
    if (loop == Loop::Open && load->service_us) rows += ServiceRow(row, *load->service_us);
  }
  if (rows.is_empty()) return {};
  return Figure({.kind = "curve", .scale = "log", .across_title = "percentile"},
                fmt::format("{}, {} loop", app, Name(loop)),
                "latency by percentile",
                Element("table", Head("mode") + Element("tbody", rows)));
}

Markup CurveRow(const Curve& curve, const histogram::Histogram& latencies) {
  Markup cells = Element("th", {{"scope", "row"}}, BreakableText(curve.name));
  for (const double percentile : kPercentiles) {
    const bool is_known =
        static_cast<double>(latencies.count()) * (1 - percentile / 100) >= 10 - 1e-6;
    cells += Cells(is_known ? Value(static_cast<double>(latencies.ValueAt(percentile)) / 1e3)
                            : std::nullopt);
  }
  cells += Element("td", notation::Microseconds(static_cast<double>(latencies.ValueAt(100)) / 1e3));
  return Element("tr", {{"data-group", curve.name}}, cells);
}

}  // namespace

Markup CurvesFigure(std::string_view title, const std::vector<Curve>& curves) {
  Markup rows;
  for (const Curve& curve : curves) {
    const auto latencies = histogram::DecodeV2(curve.hdr);
    if (latencies && latencies->count() > 0) rows += CurveRow(curve, *latencies);
  }
  if (rows.is_empty()) return {};
  return Figure({.kind = "curve", .scale = "log", .across_title = "percentile"},
                title,
                "latency by percentile",
                Element("table", Head("hosted as") + Element("tbody", rows)));
}

Markup PercentileFigures(const Record& record, Loop loop) {
  Markup figures;
  for (const std::string& app : AxesOf(record).apps)
    figures += FigureOf(record, app, loop);
  return figures;
}

}  // namespace reports::html
