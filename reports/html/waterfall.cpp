#include "reports/html/waterfall.h"

#include <fmt/format.h>

#include <cmath>
#include <optional>
#include <string>

#include "reports/html/blocks.h"
#include "reports/html/figure.h"
#include "reports/notation/notation.h"
#include "reports/record/axes.h"

namespace reports::html {

using record::Instant;
using record::PlacementFound;
using record::Record;
using record::Startup;

namespace {

// From one instant to another, in milliseconds since the process began.
struct Span {
  double from = 0;
  double to = 0;
};

Markup SpanCell(const std::optional<Span>& span) {
  if (!span || !std::isfinite(span->from) || !std::isfinite(span->to))
    return Element("td", {{"class", "none"}}, "–");
  const std::string text = span->from == 0
                               ? notation::Milliseconds(span->to)
                               : fmt::format("{} from {}",
                                             notation::Milliseconds(span->to - span->from),
                                             notation::Milliseconds(span->from));
  return Element("td",
                 {{"data-from", fmt::format("{:.6g}", span->from)},
                  {"data-value", fmt::format("{:.6g}", span->to)}},
                 text);
}

class Clock {
 public:
  explicit Clock(Instant zero) : zero_(zero) {}
  [[nodiscard]] double At(Instant instant) const { return (instant - zero_) * 1e3; }

 private:
  Instant zero_;
};

// The first request of the process that the placement is of.
std::optional<double> FirstRequestMs(const PlacementFound& found, const Startup* startup) {
  if (startup == nullptr) return std::nullopt;
  for (const record::Worker& worker : startup->workers) {
    if (found.pid && worker.pid == *found.pid && worker.first_request_ms)
      return worker.first_request_ms;
  }
  return startup->first_request_ms;
}

Markup ProcessRow(const std::string& label, const PlacementFound& found, const Startup* startup) {
  const Clock clock(*found.process_started_at);
  std::optional<Span> ready;
  std::optional<Span> import;
  std::optional<Span> request;
  if (found.ready_at) ready = Span{0, clock.At(*found.ready_at)};
  if (found.import_started_at && found.import_finished_at)
    import = Span{clock.At(*found.import_started_at), clock.At(*found.import_finished_at)};
  const auto took = FirstRequestMs(found, startup);
  if (found.first_request_at && took) {
    const double from = clock.At(*found.first_request_at);
    request = Span{from, from + *took};
  }
  return Element("tr",
                 Element("th", {{"scope", "row"}}, BreakableText(label)) + SpanCell(ready) +
                     SpanCell(request) + SpanCell(import));
}

// Of a further process the record knows how long its first request took, not when it came: not before the host was ready.
Markup FurtherRow(const std::string& label, const record::Worker& worker, double ready_ms) {
  std::optional<Span> request;
  if (worker.first_request_ms) request = Span{ready_ms, ready_ms + *worker.first_request_ms};
  const std::string name =
      fmt::format("process {}{}", worker.pid, worker.requests == 0 ? ", never reached" : "");
  return Element("tr",
                 {{"data-label", name}},
                 Element("th", {{"scope", "row"}}, BreakableText(label + ", " + name)) +
                     SpanCell({}) + SpanCell(request) + SpanCell({}));
}

Markup RowsOf(const Record& record, const record::AxisRow& row, const std::string& app) {
  const record::Placement* placement = FindPlacement(record, CellAt(row, app));
  if (placement == nullptr || !placement->found.process_started_at) return {};
  const PlacementFound& found = placement->found;
  const Startup* startup = FindStartup(record, CellAt(row, app));
  Markup rows = ProcessRow(row.label, found, startup);
  if (startup == nullptr || !found.ready_at) return rows;
  const double ready_ms = Clock(*found.process_started_at).At(*found.ready_at);
  for (const record::Worker& worker : startup->workers) {
    if (found.pid && worker.pid == *found.pid) continue;
    rows += FurtherRow(row.label, worker, ready_ms);
  }
  return rows;
}

Markup FigureOf(const Record& record, const std::string& app) {
  Markup rows;
  for (const record::AxisRow& row : AxesOf(record).rows)
    rows += RowsOf(record, row, app);
  if (rows.is_empty()) return {};
  const Markup head = Element("th", {{"scope", "col"}}, "mode") + DrawnHead("until ready", "ms") +
                      DrawnHead("first request", "ms") + DrawnHead("script imported", "ms");
  return Figure({.kind = "spans"},
                app,
                "what happened when",
                Element("table", Element("thead", Element("tr", head)) + Element("tbody", rows)));
}

}  // namespace

Markup WaterfallFigures(const Record& record) {
  Markup figures;
  for (const std::string& app : AxesOf(record).apps)
    figures += FigureOf(record, app);
  return figures;
}

}  // namespace reports::html
