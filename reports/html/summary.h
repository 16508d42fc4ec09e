#pragma once
// What stands above the fold: the verdict, the circumstances, what was not measured, what failed, and
// what the choices cost.

#include "reports/html/detail.h"
#include "reports/html/markup.h"
#include "reports/record/record.h"

namespace reports::html {

[[nodiscard]] Markup VerdictSection(const record::Record& record);
[[nodiscard]] Markup FactsPanel(const record::Record& record);
// Empty when no Django project was served with another's settings.
[[nodiscard]] Markup ForeignSettingsBox(const record::Record& record);
// Empty when every cell is ok or not offered.
[[nodiscard]] Markup FailedCellsSection(const record::Record& record, Detail detail);
[[nodiscard]] Markup FindingsSection(const record::Record& record);
[[nodiscard]] Markup NotMeasuredSection(const record::Record& record);

}  // namespace reports::html
