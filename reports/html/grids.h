#pragma once
// The two grids that answer where an application ran and whom it saw. Each cell opens its details.

#include "reports/html/markup.h"
#include "reports/record/record.h"

namespace reports::html {

// Modes by applications: process, interpreter, and when the script was imported.
[[nodiscard]] Markup PlacementSection(const record::Record& record);

// Probes by pairings: shared, isolated, error or crash, and whether that was expected.
[[nodiscard]] Markup IsolationSection(const record::Record& record);

}  // namespace reports::html
