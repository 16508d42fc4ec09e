#pragma once
// MatchesVersion: what <IfVersion> asks of the server's version.
//
//   [= == != < <= > >=] MAJOR[.MINOR[.PATCH]]    parts that are missing count as 0
//   [= == !=] /REGEX/    ~ REGEX    !~ REGEX     found anywhere in "2.4.67"
//
// A regular expression has at most 200 characters and no {}, so that it cannot take long.
//
// Fails:   InvalidInput at the word that is wrong.

#include <string_view>
#include <vector>

#include "hosts/base/result.h"
#include "hosts/language/syntax.h"

namespace hosts::language {

// The words between <IfVersion and >; `section` is where to complain when there are none.
[[nodiscard]] base::Result<bool> MatchesVersion(const Word& section,
                                                const std::vector<Word>& words,
                                                std::string_view version);

}  // namespace hosts::language
