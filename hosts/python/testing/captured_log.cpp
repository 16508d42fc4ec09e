#include "hosts/python/testing/captured_log.h"

#include <sys/mman.h>
#include <unistd.h>

#include <sstream>

#include "hosts/base/check.h"
#include "hosts/base/log.h"

namespace hosts::python::testing {

CapturedLog::CapturedLog() : file_(::memfd_create("log", MFD_CLOEXEC)) {
  CHECK(file_.is_open(), "a memory file can be made");
  base::SetLogDescriptor(file_.get());
}

CapturedLog::~CapturedLog() {
  base::SetLogDescriptor(STDERR_FILENO);
}

std::string CapturedLog::text() const {
  std::string text(static_cast<size_t>(::lseek(file_.get(), 0, SEEK_CUR)), '\0');
  const ssize_t size = ::pread(file_.get(), text.data(), text.size(), 0);
  CHECK(size == static_cast<ssize_t>(text.size()), "the log can be read back");
  return text;
}

std::vector<std::string> CapturedLog::Lines(const std::string& code) const {
  std::vector<std::string> lines;
  std::istringstream stream(text());
  for (std::string line; std::getline(stream, line);) {
    const size_t bracket = line.find("] ");
    if (line.find(" " + code + " [") < bracket) lines.push_back(line.substr(bracket + 2));
  }
  return lines;
}

}  // namespace hosts::python::testing
