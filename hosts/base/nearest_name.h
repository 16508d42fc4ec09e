#pragma once
// NearestName: what was probably meant by a name that nobody knows.

#include <optional>
#include <string_view>
#include <vector>

namespace hosts::base {

// The candidate that was probably meant, case aside; nullopt when none is near.
[[nodiscard]] std::optional<std::string_view> NearestName(
    std::string_view written, const std::vector<std::string_view>& candidates);

}  // namespace hosts::base
