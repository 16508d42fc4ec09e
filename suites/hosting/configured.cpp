#include "suites/hosting/configured.h"

#include <fmt/format.h>

#include <algorithm>

namespace suites::hosting {

std::string_view ProcessGroupOf(ProcessKind kind) {
  return kind == ProcessKind::Daemon ? "one" : "%{GLOBAL}";
}

std::string_view ApplicationGroupOf(InterpreterKind kind) {
  return IsSub(kind) ? "sub" : "%{GLOBAL}";
}

std::string GroupOptions(const Mode& mode) {
  return fmt::format("process-group={} application-group={}",
                     ProcessGroupOf(mode.process),
                     ApplicationGroupOf(mode.interpreter));
}

std::string GroupDirectives(const Mode& mode) {
  return fmt::format("WSGIProcessGroup {}\nWSGIApplicationGroup {}\n",
                     ProcessGroupOf(mode.process),
                     ApplicationGroupOf(mode.interpreter));
}

std::string Alias(std::string_view name, std::string_view options) {
  return fmt::format("WSGIScriptAlias /{0} {{stage}}/{0}.wsgi {1}\n", name, options);
}

std::string TestName(const Mode& mode) {
  std::string name = Name(mode);
  std::ranges::replace(name, '/', '_');
  std::ranges::replace(name, '-', '_');
  return name;
}

}  // namespace suites::hosting
