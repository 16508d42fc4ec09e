#pragma once
// Base64 of RFC 4648, section 4, with padding: what the log lines of HdrHistogram hold.
//
// Fails:   DecodeBase64 gives nothing for a text that is no base64.

#include <optional>
#include <string>
#include <string_view>

namespace reports::histogram {

[[nodiscard]] std::string EncodeBase64(std::string_view bytes);
[[nodiscard]] std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace reports::histogram
