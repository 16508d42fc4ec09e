#pragma once
// PlacementSection: the grid that answers where an application ran: modes by applications; process, interpreter, and when the script
// was imported. Each cell opens its details.

#include "reports/html/detail.h"
#include "reports/html/markup.h"
#include "reports/record/record.h"

namespace reports::html {

[[nodiscard]] Markup PlacementSection(const record::Record& record, Detail detail);

}  // namespace reports::html
