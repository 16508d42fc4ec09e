#pragma once
// Command lines as text: what a person can type again, and a record keeps.

#include <string>
#include <vector>

namespace harness::command {

// With the program's plain name, and quotes where a shell needs them.
[[nodiscard]] std::string CommandOf(const std::vector<std::string>& words);

// The words of such a text.
[[nodiscard]] std::vector<std::string> WordsOf(const std::string& command);

}  // namespace harness::command
