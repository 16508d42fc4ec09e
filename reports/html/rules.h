#pragma once
// RulesSection: the rules that a gate held the run against, what became of each, and its evidence.

#include "reports/html/markup.h"
#include "reports/record/record.h"

namespace reports::html {

// Empty when the record has none.
[[nodiscard]] Markup RulesSection(const record::Record& record);

}  // namespace reports::html
