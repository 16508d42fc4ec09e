#pragma once
// InterpreterCheck: serves copies of the probe in several processes and interpreters at once, below directives that say
//                   something of interpreters, and asks each of them.

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "suites/hosts_under_test/check.h"

namespace suites::hosting {

// A copy of the probe, by its name and URL, and where it runs.
struct Copy {
  std::string_view name;
  std::string_view process_group;
  std::string_view application_group;
};

inline constexpr std::array<Copy, 6> kSixCopies = {{{"main", "%{GLOBAL}", "%{GLOBAL}"},
                                                    {"a", "%{GLOBAL}", "a"},
                                                    {"b", "%{GLOBAL}", "b"},
                                                    {"one_main", "one", "%{GLOBAL}"},
                                                    {"one_a", "one", "a"},
                                                    {"one_b", "one", "b"}}};

// <WSGIInterpreterOptions SELECTORS> around directives.
[[nodiscard]] std::string Container(std::string_view selectors, std::string_view directives);

// Python text whose result is what a statement raises, as "Type: text"; None if nothing.
[[nodiscard]] std::string RaisedBy(std::string_view statement);

// Python text for Ask.
inline constexpr const char* kInterval = "import sys; result = sys.getswitchinterval()";
inline constexpr const char* kEnabled =
    "import sys; result = getattr(sys, '_is_gil_enabled', lambda: True)()";

// Of what RunsBeside has found, in a word.
[[nodiscard]] std::string Beside(bool is_beside);

[[nodiscard]] size_t CountOf(std::string_view words, std::string_view text);

class InterpreterCheck : public hosts_under_test::Check {
 protected:
  InterpreterCheck() : Check("hosting") {}

  // About(), and the end of the check on a mod_wsgi before 6, which knows nothing of all this.
  void BeginAbout(const hosts_under_test::Subject& subject) const;
  // Each is loaded by its first request. There is a group `one`, unless the configuration declares it.
  void ServeLazily(const std::string& configuration, std::span<const Copy> copies = kSixCopies);

  [[nodiscard]] hosts_under_test::ProbeAnswer Answer(std::string_view name,
                                                     const std::string& python) const;
  // What Python text says there: its `result` as JSON, or what it raised.
  [[nodiscard]] std::string Ask(std::string_view name, const std::string& python) const;
  // The same where `result` is a text: without JSON's quotes.
  [[nodiscard]] std::string AskForText(std::string_view name, const std::string& python) const;
  // Whether a request for `quiet` runs while one for `busy` stays attached in C, with the GIL if there is one.
  [[nodiscard]] bool RunsBeside(std::string_view busy, std::string_view quiet) const;
};

}  // namespace suites::hosting
