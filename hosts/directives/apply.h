#pragma once
// ApplyTable: the tree of a document -> settings, by the rows of the table.
//
// Fails:   InvalidInput at the first directive that is unknown, misplaced or wrong.

#include "hosts/base/result.h"
#include "hosts/directives/settings.h"
#include "hosts/language/document.h"

namespace hosts::directives {

[[nodiscard]] base::Result<Settings> ApplyTable(const language::Document& document);

}  // namespace hosts::directives
