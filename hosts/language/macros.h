#pragma once
// Macro:       what stands between <Macro NAME PARAMETER...> and </Macro>, to be read with arguments
//              in the places of the parameters.
// ExpandLine:  one line of it, for a Use.
//
// A parameter is replaced wherever its name stands, in the middle of a word too; of names that begin
// alike the longest. An argument is not looked through again.
//
// Fails:   InvalidInput at the word.

#include <string>
#include <vector>

#include "hosts/base/result.h"
#include "hosts/language/source_line.h"
#include "hosts/language/syntax.h"

namespace hosts::language {

struct Macro {
  Word name;
  std::vector<std::string> parameters;
  std::vector<SourceLine> lines;
};

// The words between <Macro and >; `section` is where to complain when there are none.
[[nodiscard]] base::Result<Macro> DeclareMacro(const Word& section, const std::vector<Word>& words);

// As many arguments as the macro has parameters.
[[nodiscard]] base::Result<SourceLine> ExpandLine(const Macro& macro,
                                                  const SourceLine& line,
                                                  const std::vector<std::string>& arguments);

}  // namespace hosts::language
