#pragma once
// Names of directives: compared without regard to case, and guessed when misspelt.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/base/letters.h"

namespace hosts::language {

using base::Lowered;
using base::SameLetters;

// The candidate that was probably meant; nullopt when none is near.
[[nodiscard]] std::optional<std::string_view> NearestName(
    std::string_view written, const std::vector<std::string_view>& candidates);

}  // namespace hosts::language
