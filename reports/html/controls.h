#pragma once
// ControlsPanel:     what vouches for the numbers: the same against itself, a delay that had to be found, the state of the load
//                    generator, how late the machine woke who slept. What did not run along is said as well.
// NotMeasuredPanel:  what the run leaves open, in short, with a way to the whole list.

#include "reports/html/markup.h"
#include "reports/record/record.h"

namespace reports::html {

[[nodiscard]] Markup ControlsPanel(const record::Record& record);
[[nodiscard]] Markup NotMeasuredPanel(const record::Record& record);

}  // namespace reports::html
