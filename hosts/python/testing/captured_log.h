#pragma once
// CapturedLog: while it lives, log lines go to a file of its own, for tests to read.
//
// Owns:    the file, and the log's descriptor: standard error again afterwards.

#include <string>
#include <vector>

#include "hosts/base/unique_fd.h"

namespace hosts::python::testing {

class CapturedLog {
 public:
  CapturedLog();
  CapturedLog(const CapturedLog&) = delete;
  CapturedLog& operator=(const CapturedLog&) = delete;
  ~CapturedLog();

  [[nodiscard]] std::string text() const;
  // What follows "] " in the lines with this code.
  [[nodiscard]] std::vector<std::string> Lines(const std::string& code) const;

 private:
  base::UniqueFd file_;
};

}  // namespace hosts::python::testing
