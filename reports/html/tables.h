#pragma once
// The long tables at the end: every load phase, every cell with the command that runs just it.

#include "reports/html/detail.h"
#include "reports/html/markup.h"
#include "reports/record/record.h"

namespace reports::html {

[[nodiscard]] Markup LoadPhasesSection(const record::Record& record, Detail detail);
[[nodiscard]] Markup CellsSection(const record::Record& record, Detail detail);

}  // namespace reports::html
