#pragma once
// Two sides against each other: what was compared, what was found, and what the controls say of it.

#include "reports/html/markup.h"
#include "reports/record/record.h"

namespace reports::html {

[[nodiscard]] Markup ExperimentsSection(const record::Record& record);

}  // namespace reports::html
