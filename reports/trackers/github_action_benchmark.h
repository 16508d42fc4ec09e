#pragma once
// The figures of a record as benchmark-action/github-action-benchmark reads them: a list of {name, unit, value, range?, extra}. One file of
// it holds values of which the smaller is better, another those of which the bigger is: its tools customSmallerIsBetter and
// customBiggerIsBetter. The same record gives the same bytes.

#include <string>

#include "reports/record/record.h"

namespace reports::trackers {

[[nodiscard]] std::string RenderSmallerIsBetter(const record::Record& record);
[[nodiscard]] std::string RenderBiggerIsBetter(const record::Record& record);

}  // namespace reports::trackers
