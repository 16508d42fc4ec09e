#pragma once
// Answer: what a server answered to one request, whichever client asked.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace suites::client {

struct Answer {
  int status = 0;
  std::string version = {};  // of its status line, "HTTP/1.1", where the client says it
  std::vector<std::pair<std::string, std::string>> headers;  // in the order of arrival
  std::string body;                                          // transfer coding removed

  // The value of the first header of that name, whatever its case, or "".
  [[nodiscard]] std::string Header(std::string_view name) const;
};

}  // namespace suites::client
