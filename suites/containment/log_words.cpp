#include "suites/containment/log_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "hosts/base/check.h"
#include "suites/hosts_under_test/chosen_host.h"
#include "suites/hosts_under_test/host_words.h"

namespace suites::containment {

namespace {

struct Line {
  std::string_view code;
  std::string_view of_mod_wsgi;  // of 4.9 or of 6; {words} are the engine's
};

// How a process ended, mod_wsgi's supervisor says in words that are not to be trusted (LOG-9).
constexpr Line kLines[] = {
    {"H0104", "Process 'faulty' .*has died"},
    {"H0133", ""},
    {"H0212", "Timeout when reading response headers from daemon process"},
    {"H0302", "{words}"},
    {"H0322", "Callback registration for signal|Ignoring Python signal handler registration"},
    {"H0325", "Injected RequestTimeout into thread"},
};

std::string OfModWsgi(std::string_view code, std::string_view words) {
  if (code == "H0107") return std::string(hosts_under_test::WordsOfAbort());
  if (code == "H0131") return hosts_under_test::WordsOfEnd(words);
  const auto* const line = std::ranges::find(kLines, code, &Line::code);
  CHECK(line != std::end(kLines), "no words of mod_wsgi are known for this code");
  return std::string(line->of_mod_wsgi == "{words}" ? words : line->of_mod_wsgi);
}

}  // namespace

std::string PatternOf(std::string_view code_and_words) {
  const std::size_t colon = code_and_words.find(": ");
  const std::string_view code = code_and_words.substr(0, colon);
  const std::string_view words =
      colon == std::string_view::npos ? "" : code_and_words.substr(colon + 2);
  if (hosts_under_test::IsEngineChosen()) return fmt::format(" {} .*{}", code, words);
  return OfModWsgi(code, words);
}

}  // namespace suites::containment
