#pragma once
// ChecksSection: every check of the record: those that did not pass one by one, with what was seen, the transcript and the command that
// makes just it; behind them those that passed, by suite, folded away.

#include "reports/html/detail.h"
#include "reports/html/markup.h"
#include "reports/record/record.h"

namespace reports::html {

// Empty when the record has no check.
[[nodiscard]] Markup ChecksSection(const record::Record& record, Detail detail);

}  // namespace reports::html
