#include "reports/html/memory_over_requests.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "reports/html/blocks.h"
#include "reports/html/figure.h"
#include "reports/notation/notation.h"
#include "reports/record/axes.h"
#include "reports/verdict/memory_curve.h"

namespace reports::html {

using record::Record;
using record::Resources;

namespace {

Markup Kib(const std::optional<std::int64_t>& kib) {
  if (!kib) return DrawnCell({}, "");
  const auto value = static_cast<double>(*kib);
  return DrawnCell(value / 1024, notation::Kibibytes(value));
}

Markup PointRow(const Resources& point) {
  const std::string at = notation::Count(*point.requests);
  return Element("tr",
                 {{"data-x", fmt::format("{}", std::max<std::int64_t>(1, *point.requests))},
                  {"data-at", notation::Plural(*point.requests, "request")}},
                 Element("th", {{"scope", "row"}}, at) + Kib(point.pss_kib) +
                     Kib(point.private_dirty_kib) + Kib(point.shared_kib) +
                     Kib(point.private_clean_kib));
}

Markup BodyOf(const std::string& label, const verdict::MemoryCurve& curve) {
  Markup rows =
      Element("tr", Element("th", {{"scope", "rowgroup"}, {"colspan", "5"}}, BreakableText(label)));
  for (const Resources* point : curve.points)
    rows += PointRow(*point);
  return Element("tbody", {{"data-name", label}}, rows);
}

Markup FigureOf(const Record& record, const std::string& app) {
  Markup bodies;
  for (const record::AxisRow& row : AxesOf(record).rows) {
    const verdict::MemoryCurve curve = verdict::CurveOf(record, CellAt(row, app));
    if (!curve.points.empty()) bodies += BodyOf(row.label, curve);
  }
  if (bodies.is_empty()) return {};
  const Markup head = Element("th", {{"scope", "col"}}, "requests") +
                      DrawnHead("proportional", "mib") + DrawnHead("private, dirty", "mib") +
                      DrawnHead("shared", "mib") + DrawnHead("private, clean", "mib");
  return Figure({.kind = "lines", .across = "log", .across_title = "requests answered"},
                app,
                "memory over requests",
                Element("table", Element("thead", Element("tr", head)) + bodies));
}

}  // namespace

Markup MemoryFigures(const Record& record) {
  Markup figures;
  for (const std::string& app : AxesOf(record).apps)
    figures += FigureOf(record, app);
  return figures;
}

}  // namespace reports::html
