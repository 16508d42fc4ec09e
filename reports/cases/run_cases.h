#pragma once
// The cases of a run as a whole: whether it is complete, whether anything was measured, and what the verdict says besides its cells,
// checks and experiments, which are cases of their own.

#include <vector>

#include "reports/cases/cases.h"
#include "reports/record/record.h"

namespace reports::cases {

void AddRun(const record::Record& record, std::vector<Case>& cases);

}  // namespace reports::cases
