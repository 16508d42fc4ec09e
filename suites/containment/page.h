#pragma once
// The table of faults as a page for people: what each does to its request, its process, its group, to others and to
// the server. faults.md is what Page() gives; a test compares the two.

#include <string>

namespace suites::containment {

[[nodiscard]] std::string Page();

}  // namespace suites::containment
