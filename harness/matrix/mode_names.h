#pragma once
// Mode names: every mode that can be asked for, among them those that no host has yet: a name that
// is known is answered with a reason, not with "unknown".

#include <optional>
#include <string>
#include <vector>

#include "hosts/deployment/modes.h"

namespace harness::matrix {

struct NamedMode {
  std::string name;  // "daemon/sub/preload"
  // Absent: known, but not of the eight; then `why_not` says why no host has it.
  std::optional<hosts::deployment::Mode> mode;
  std::string why_not;
};

// The eight, and behind them the ones with an own GIL.
[[nodiscard]] std::vector<NamedMode> KnownModes();

// Whether a name is what a pattern with * and ? describes.
[[nodiscard]] bool Matches(const std::string& pattern, const std::string& name);

}  // namespace harness::matrix
