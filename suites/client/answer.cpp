#include "suites/client/answer.h"

#include <strings.h>

namespace suites::client {

std::string Answer::Header(std::string_view name) const {
  const std::string wanted(name);
  for (const auto& [field, value] : headers) {
    if (::strcasecmp(field.c_str(), wanted.c_str()) == 0) return value;
  }
  return {};
}

}  // namespace suites::client
