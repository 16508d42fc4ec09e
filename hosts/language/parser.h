#pragma once
// The parser: lines -> the tree of directives and sections.
//
// Fails:   InvalidInput with file, line and column: a section that is not closed, closed by another
//          name, or nested deeper than any configuration needs.

#include <string_view>
#include <vector>

#include "hosts/base/result.h"
#include "hosts/language/syntax.h"

namespace hosts::language {

[[nodiscard]] base::Result<std::vector<Directive>> Parse(std::string_view text,
                                                         std::string_view file_name);

}  // namespace hosts::language
