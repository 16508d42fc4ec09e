#pragma once
// LineWith: the line of a log that has these words, when it comes; empty when it does not.
//
// Threads: waits, as hosts_under_test/eventually.h says.

#include <string>
#include <string_view>

#include "suites/hosts_under_test/check.h"
#include "suites/hosts_under_test/eventually.h"

namespace suites::hosting {

// `read`: () -> std::string, all of the log so far.
template <typename Read>
[[nodiscard]] std::string LineWith(const Read& read, std::string_view words) {
  std::string line;
  (void)hosts_under_test::Eventually(
      [&] {
        const std::string text = read();
        const size_t at = text.find(words);
        if (at == std::string::npos) return false;
        const size_t begin = text.rfind('\n', at) + 1;
        line = text.substr(begin, text.find('\n', at) - begin);
        return true;
      },
      hosts_under_test::Soon());
  return line;
}

}  // namespace suites::hosting
