#include "hosts/base/result.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

namespace hosts::base {

Error Error::While(std::string_view doing) const {
  return Error{kind, fmt::format("{}: {}", doing, message), where};
}

std::string Error::Text() const {
  if (!where) return message;
  if (where->column == 0) return fmt::format("{}:{}: {}", where->file, where->line, message);
  return fmt::format("{}:{}:{}: {}", where->file, where->line, where->column, message);
}

Error SystemError(std::string_view what) {
  return SystemError(what, errno);
}

Error SystemError(std::string_view what, int error_number) {
  return Error{ErrorKind::System, fmt::format("{}: {}", what, std::strerror(error_number))};
}

}  // namespace hosts::base
