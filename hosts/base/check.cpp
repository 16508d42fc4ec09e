#include "hosts/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace hosts::base {

void CheckFailed(const char* file, int line, const char* condition, const char* why) {
  std::fprintf(stderr, "%s:%d: bug: %s (%s)\n", file, line, why, condition);
  std::abort();
}

}  // namespace hosts::base
