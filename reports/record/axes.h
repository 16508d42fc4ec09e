#pragma once
// Axes: what a grid of a run's cells has at its sides. Rows are hosts and modes, columns are
// applications, in the order of the plan; what the plan does not name but the run has comes after it.

#include <string>
#include <string_view>
#include <vector>

#include "reports/record/record.h"

namespace reports::record {

struct AxisRow {
  std::string host;
  std::string mode;   // "daemon/sub/preload"
  std::string label;  // the mode; with the host before it when there are several
};

struct Axes {
  std::vector<AxisRow> rows;
  std::vector<std::string> apps;
};

[[nodiscard]] Axes AxesOf(const Record& record);

// The id of the cell where they cross; whether there is such a cell is another question.
[[nodiscard]] std::string CellAt(const AxisRow& row, std::string_view app);

}  // namespace reports::record
