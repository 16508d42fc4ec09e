#pragma once
// WithDelay: the script of a cell, changed so that every request takes longer by a known time: the fault that an experiment
// must find if it is to be believed when it finds none.
//
// The time is spent waiting busily, with the GIL held, as slower code would; a sleep would give the processor away.

#include <chrono>
#include <string>

namespace harness::experiment {

// `script` defines `application` and has imported `time`; none for a delay of 0.
[[nodiscard]] std::string WithDelay(std::string script, std::chrono::nanoseconds delay);

}  // namespace harness::experiment
