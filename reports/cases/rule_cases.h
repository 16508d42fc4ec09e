#pragma once
// The cases of a gate: each of its rules, and the gate as a whole, which has failed or is an error where it did not end with 0
// and no rule says why (a candidate that failed in some blocks, an interruption, --simple-exit).
//
// What could not be decided is Skipped with what is known, as is what was left out; nothing measured is an Error.

#include <vector>

#include "reports/cases/cases.h"
#include "reports/record/record.h"

namespace reports::cases {

void AddRules(const record::Record& record, std::vector<Case>& cases);

}  // namespace reports::cases
