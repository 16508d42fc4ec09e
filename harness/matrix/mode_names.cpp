#include "harness/matrix/mode_names.h"

#include <fnmatch.h>

namespace harness::matrix {

std::vector<NamedMode> KnownModes() {
  std::vector<NamedMode> modes;
  for (const hosts::deployment::Mode& mode : hosts::deployment::AllModes()) {
    modes.push_back({Name(mode), mode, {}});
  }
  for (const char* process : {"embedded", "daemon"}) {
    for (const char* loading : {"lazy", "preload"}) {
      modes.push_back({std::string(process) + "/sub-own-gil/" + loading,
                       std::nullopt,
                       "a sub-interpreter with its own GIL needs Python 3.12 or later"});
    }
  }
  return modes;
}

bool Matches(const std::string& pattern, const std::string& name) {
  return ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
}

}  // namespace harness::matrix
