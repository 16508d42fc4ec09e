#pragma once
// What the chosen host says in its log of what came of a fault: the engine a line with a code, mod_wsgi its own words, which
// are not the same in every version (LOG-7).
//
// Threads: any.

#include <string>
#include <string_view>

namespace suites::containment {

// A regular expression for a line. `code_and_words`: of the engine, as in the table, "H0131: deadlock_timeout"; nothing but the code
// is looked for where there are no words. "": the chosen host says nothing of it.
[[nodiscard]] std::string PatternOf(std::string_view code_and_words);

}  // namespace suites::containment
