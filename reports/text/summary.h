#pragma once
// The summary that a run ends with on a terminal: the verdict, and a line for each application and mode.
//
// Plain text, no colours, no control characters, whatever the record holds.

#include <string>

#include "reports/record/record.h"

namespace reports::text {

// No line is wider than `columns` (at least 40); with few of them, columns of the table are left out.
[[nodiscard]] std::string RenderSummary(const record::Record& record, int columns);

}  // namespace reports::text
