#pragma once
// ReproduceSection: how to measure it again: the commands, what they ran on, and what the record was made from.

#include "reports/html/markup.h"
#include "reports/record/record.h"

namespace reports::html {

[[nodiscard]] Markup ReproduceSection(const record::Record& record);

}  // namespace reports::html
