#pragma once
// UpgradeSection: what another Python changes: modes, cells, checks and imports that end otherwise, and what the kinds of interpreters cost,
// Python by Python. Nothing when the record has the engine with one Python only.

#include "reports/html/markup.h"
#include "reports/record/record.h"

namespace reports::html {

[[nodiscard]] Markup UpgradeSection(const record::Record& record);

}  // namespace reports::html
