#pragma once
// The long tables at the end: every check, every load phase, every cell with the command that runs just
// it.

#include "reports/html/markup.h"
#include "reports/record/record.h"

namespace reports::html {

[[nodiscard]] Markup ChecksSection(const record::Record& record);
[[nodiscard]] Markup LoadPhasesSection(const record::Record& record);
[[nodiscard]] Markup CellsSection(const record::Record& record);

}  // namespace reports::html
