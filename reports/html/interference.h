#pragma once
// What the users of one application notice while another beside it is at work: arrangements by what the neighbour does.

#include "reports/html/markup.h"
#include "reports/record/record.h"

namespace reports::html {

[[nodiscard]] Markup InterferenceSection(const record::Record& record);

}  // namespace reports::html
