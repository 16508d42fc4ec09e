#pragma once
// IsolationSection: the grid that answers whether applications saw each other: probes by pairings; shared, isolated, error or crash, and
// whether that was expected. Each cell opens its rule, what was seen, the transcript, and the command that tries just it.

#include "reports/html/detail.h"
#include "reports/html/markup.h"
#include "reports/record/record.h"

namespace reports::html {

// Empty when the record has no probe.
[[nodiscard]] Markup IsolationSection(const record::Record& record, Detail detail);

}  // namespace reports::html
