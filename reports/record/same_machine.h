#pragma once
// SameMachine: whether times of two runs may be judged against each other: both were taken on what was, for all that the
// records say, the same machine in the same standing.
//
// Pure.

#include <optional>
#include <string>

#include "reports/record/record.h"

namespace reports::record {

// Why not, in a sentence that names what differs. A record that does not say what its machine was is never the same.
[[nodiscard]] std::optional<std::string> WhyNotSameMachine(const Header& one, const Header& other);

[[nodiscard]] inline bool SameMachine(const Header& one, const Header& other) {
  return !WhyNotSameMachine(one, other);
}

}  // namespace reports::record
