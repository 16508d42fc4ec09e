#pragma once
// The functions of expressions that make a text of a text.

#include <string>
#include <string_view>

namespace hosts::expressions {

// Apache's: letters, digits and what a path may hold stay; the rest becomes %xx.
[[nodiscard]] std::string Escape(std::string_view text);
// %2f stays; empty where an escape is wrong or means a NUL.
[[nodiscard]] std::string Unescape(std::string_view text);
[[nodiscard]] std::string ToBase64(std::string_view bytes);
// Up to the first character that is none of base64's.
[[nodiscard]] std::string FromBase64(std::string_view text);

}  // namespace hosts::expressions
