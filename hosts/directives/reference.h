#pragma once
// Reference: the table of directives as a page for people. reference.md is what it gives; a test
// compares the two.

#include <string>

namespace hosts::directives {

// Markdown, in the order of the table.
[[nodiscard]] std::string Reference();

}  // namespace hosts::directives
