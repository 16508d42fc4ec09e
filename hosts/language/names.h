#pragma once
// Names of directives: compared without regard to case, and guessed when misspelt.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/base/letters.h"
#include "hosts/base/nearest_name.h"

namespace hosts::language {

using base::Lowered;
using base::NearestName;
using base::SameLetters;

}  // namespace hosts::language
