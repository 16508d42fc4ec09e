#pragma once
// CHECK(condition, "why this cannot be"): a bug of ours ends the process with a sentence.
//
// In every build. Not for what can happen in correct operation: that is a Result.

namespace hosts::base {

[[noreturn]] void CheckFailed(const char* file, int line, const char* condition, const char* why);

}  // namespace hosts::base

#define CHECK(condition, why)                                                          \
  do {                                                                                 \
    if (!(condition)) ::hosts::base::CheckFailed(__FILE__, __LINE__, #condition, why); \
  } while (false)
