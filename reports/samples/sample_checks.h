#pragma once
// The checks of a sample run: isolation probes for every way of hosting two applications, and a few
// checks of loading and placement.

#include <vector>

#include "reports/record/record.h"

namespace reports::samples {

[[nodiscard]] std::vector<record::Check> SampleChecks();

}  // namespace reports::samples
