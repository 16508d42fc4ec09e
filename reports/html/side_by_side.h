#pragma once
// SideBySideSection: the checks of several hosts beside each other: rule and check down, hosts across. A cell says how the
// check ended in all of its places, and opens to what was seen and to the transcript of the first that failed (as expected, if all that failed did). Nothing when the
// record has checks of one host only.

#include "reports/html/detail.h"
#include "reports/html/markup.h"
#include "reports/record/record.h"

namespace reports::html {

[[nodiscard]] Markup SideBySideSection(const record::Record& record, Detail detail);

// Of more than one host: then that section has what passed.
[[nodiscard]] bool HasSeveralHosts(const record::Record& record);

}  // namespace reports::html
