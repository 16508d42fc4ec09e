#pragma once
// The cases of `wsgilab check`: of each application whether it can be hosted, each of its modes, and how the applications of a
// configuration get on with each other.
//
// A mode in which an application is broken is Skipped with its reason, as long as another one works: nobody has to host it there.

#include <vector>

#include "reports/cases/cases.h"
#include "reports/record/record.h"

namespace reports::cases {

void AddFitness(const record::Record& record, std::vector<Case>& cases);

}  // namespace reports::cases
