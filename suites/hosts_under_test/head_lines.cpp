#include "suites/hosts_under_test/head_lines.h"

#include <strings.h>

#include <algorithm>
#include <string>

#include "suites/hosts_under_test/chosen_host.h"

namespace suites::hosts_under_test {

bool HasLine(const client::Answer& answer, std::string_view line) {
  const std::string name(line.substr(0, line.find(':')));
  return std::ranges::any_of(answer.headers, [&](const auto& header) {
    const bool is_of_that_name = IsEngineChosen()
                                     ? header.first == name
                                     : ::strcasecmp(header.first.c_str(), name.c_str()) == 0;
    return is_of_that_name &&
           (name.size() == line.size() || line.substr(name.size()) == ": " + header.second);
  });
}

}  // namespace suites::hosts_under_test
