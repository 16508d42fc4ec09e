#pragma once
// Macro:       what stands between <Macro NAME PARAMETER...> and </Macro>, to be read with arguments
//              in the places of the parameters.
// InPlace:     what stands in the place of a parameter.
// ExpandLine:  one line of a macro, for a Use.
//
// A parameter is replaced wherever its name stands, in the middle of a word too; of names that begin
// alike the longest. An argument is not looked through again, and stands there without the quotes
// that it had, unless the parameter's name begins with @: that one is quoted anew.
//
// Fails:   InvalidInput at the word.

#include <string>
#include <string_view>
#include <vector>

#include "hosts/base/result.h"
#include "hosts/language/source_line.h"
#include "hosts/language/syntax.h"

namespace hosts::language {

struct Macro {
  Word name;
  std::vector<std::string> parameters;
  std::vector<size_t> sorted;  // indices of parameters, in the order of their names
  std::vector<SourceLine> lines;
};

// The words between <Macro and >; `section` is where to complain when there are none.
[[nodiscard]] base::Result<Macro> DeclareMacro(const Word& section, const std::vector<Word>& words);

[[nodiscard]] std::string InPlace(std::string_view parameter, std::string argument);

// As many arguments as the macro has parameters.
[[nodiscard]] base::Result<SourceLine> ExpandLine(const Macro& macro,
                                                  const SourceLine& line,
                                                  const std::vector<std::string>& arguments);

}  // namespace hosts::language
