#pragma once
// What a tour wants to know of JSON answers, without the JSON library in sight.

#include <optional>
#include <string>
#include <string_view>

namespace harness::tour {

enum class As {
  Text,  // a string without its quotes, for capturing
  Json,  // JSON text, for comparing
};

// The value of a top-level key; nothing when the body is no object or has no such key.
[[nodiscard]] std::optional<std::string> TopLevelValue(std::string_view body,
                                                       const std::string& key,
                                                       As as);

// A text as it stands between the quotes of a JSON string.
[[nodiscard]] std::string EscapeInJson(const std::string& text);

}  // namespace harness::tour
