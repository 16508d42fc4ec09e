#include "harness/load/profile.h"

#include <fmt/format.h>

namespace harness::load {

std::string FormatGet(const std::string& host,
                      const std::string& target,
                      const std::string& fields) {
  return fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\n{}\r\n", target, host, fields);
}

}  // namespace harness::load
