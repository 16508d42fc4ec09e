#include "harness/command/exit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <string>

namespace harness::command {

using hosts::base::ErrorKind;

int Complain(std::string_view text, int exit_code) {
  std::string line = fmt::format("wsgilab: {}", text);
  std::replace(line.begin(), line.end(), '\n', ' ');
  std::fputs((line + "\n").c_str(), stderr);
  return exit_code;
}

int Complain(const hosts::base::Error& error) {
  const bool is_slip = error.kind == ErrorKind::InvalidInput || error.kind == ErrorKind::NotFound;
  return Complain(error.Text(), is_slip ? kMisuse : kHarnessFault);
}

}  // namespace harness::command
