#pragma once
// ApplyTable: a tree of directives -> settings, by the rows of the table.
//
// Fails:   InvalidInput at the first directive that is unknown, misplaced or wrong.

#include <vector>

#include "hosts/base/result.h"
#include "hosts/directives/language.h"
#include "hosts/directives/settings.h"

namespace hosts::directives {

[[nodiscard]] base::Result<Settings> ApplyTable(const std::vector<Directive>& tree);

}  // namespace hosts::directives
