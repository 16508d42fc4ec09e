#pragma once
// Reason:      why a program does not end with 0.
// ExitCodeOf:  the one exit code of several reasons: the highest wins, in the order of this list.
//
// Pure.

#include <span>
#include <string_view>

namespace reports::gate {

enum class Reason {
  Usage,             // 2
  BadConfiguration,  // 78: a rule that cannot fail among them
  HarnessFault,      // 70
  ProductFailure,    // 1: conformance, or a confirmed regression
  ThresholdBroken,   // 99
  NothingMeasured,   // 4
  Inconclusive,      // 3
};

[[nodiscard]] int ExitCode(Reason reason);
[[nodiscard]] std::string_view Words(Reason reason);  // "an absolute threshold is broken"

[[nodiscard]] int ExitCodeOf(std::span<const Reason> reasons);  // 0 of none

// --simple-exit: 0 or 1.
[[nodiscard]] int SimpleExitCodeOf(std::span<const Reason> reasons);

}  // namespace reports::gate
