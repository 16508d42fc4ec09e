#pragma once
// Mode names: what patterns of them fit, and which modes are only spoken of where a host has them.

#include <string>

#include "hosts/deployment/modes.h"

namespace harness::matrix {

// Those of newer Pythons: a host that has them not is asked about them by name only, and then it says why.
[[nodiscard]] constexpr bool IsOnlyWhereOffered(const hosts::deployment::Mode& mode) {
  return mode.interpreter == hosts::deployment::InterpreterKind::SubOwnGil;
}

// Whether a name is what a pattern with * and ? describes.
[[nodiscard]] bool Matches(const std::string& pattern, const std::string& name);

}  // namespace harness::matrix
