#pragma once
// Where the engine that ran does something else than mod_wsgi, as it said itself.

#include "reports/html/markup.h"
#include "reports/record/record.h"

namespace reports::html {

// Nothing when no host of the run said anything.
[[nodiscard]] Markup DeviationsSection(const record::Record& record);

}  // namespace reports::html
