#pragma once
// Names of directives: compared without regard to case, and guessed when misspelt.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hosts::language {

[[nodiscard]] bool SameName(std::string_view a, std::string_view b);
[[nodiscard]] std::string LowerCase(std::string_view text);

// The candidate that was probably meant; nullopt when none is near.
[[nodiscard]] std::optional<std::string_view> NearestName(
    std::string_view written, const std::vector<std::string_view>& candidates);

}  // namespace hosts::language
