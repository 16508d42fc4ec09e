#pragma once
// A score as a person reads it, and as a program does.

#include <string>

#include "harness/selftest/score.h"

namespace harness::selftest {

[[nodiscard]] std::string ToText(const Score& score);
// With what became of every mutant.
[[nodiscard]] std::string ToJson(const Score& score, const std::vector<Trial>& trials);

}  // namespace harness::selftest
