#pragma once
// Figure: a table from which charts.js draws a chart above it; without scripts the table is all there is, and open.
//
// What charts.js reads of a table is in its attributes: data-value of a cell, data-unit of the head of a column that is drawn.
// It has the kinds of charts.

#include <optional>
#include <string>
#include <string_view>

#include "reports/html/markup.h"

namespace reports::html {

struct FigureKind {
  std::string_view kind;  // "points", "bars", "stack", "forest", "spans", "curve", "lines"
  std::string_view scale = "linear";   // of the values; or "log", or "near": it need not begin at 0
  std::string_view across = "linear";  // of a chart of lines: from left to right; or "log"
  std::string_view across_unit = {};   // "count", when it is not said
  std::string_view across_title = {};
  bool keeps_table = false;  // open beside its chart: the chart does not say all
};

// `caption` is what is seen above it; `about` is added to it in the names of chart and table, for those who cannot see under which
// heading they are.
[[nodiscard]] Markup Figure(const FigureKind& kind,
                            std::string_view caption,
                            std::string_view about,
                            const Markup& table);

// The head of a column that is drawn: its unit is one that charts.js writes.
[[nodiscard]] Markup DrawnHead(std::string_view name, std::string_view unit);
// A cell of such a column: what is drawn, and what is read. "–" where there is no value.
[[nodiscard]] Markup DrawnCell(const std::optional<double>& value, std::string_view text);

// Figures under a heading, with a sentence; nothing when there are none.
[[nodiscard]] Markup FigureGroup(std::string_view title,
                                 std::string_view explanation,
                                 const Markup& figures);

}  // namespace reports::html
