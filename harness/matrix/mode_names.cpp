#include "harness/matrix/mode_names.h"

#include <fnmatch.h>

namespace harness::matrix {

bool Matches(const std::string& pattern, const std::string& name) {
  return ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
}

}  // namespace harness::matrix
