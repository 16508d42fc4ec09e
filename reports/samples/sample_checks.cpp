#include "reports/samples/sample_checks.h"

#include <fmt/format.h>

#include <string_view>

namespace reports::samples {

namespace {

enum class Scope { Interpreter, Process, Crash };

struct Probe {
  std::string_view name;
  std::string_view title;
  std::string_view rule;
  Scope scope;
};

struct Pairing {
  std::string_view name;
  std::string_view mode;
  bool is_same_interpreter;
  bool is_same_process;
};

constexpr Probe kProbes[] = {
    {"module_global", "a global of a module that both import", "INTERP-1", Scope::Interpreter},
    {"sys_path", "an entry of sys.path", "INTERP-1", Scope::Interpreter},
    {"builtins_new", "a new name in builtins", "INTERP-1", Scope::Interpreter},
    {"stdlib_py_patch",
     "a patched function of the standard library",
     "INTERP-1",
     Scope::Interpreter},
    {"logging_root", "a handler of the root logger", "INTERP-1", Scope::Interpreter},
    {"django_assign", "the settings of two Django projects", "INTERP-4", Scope::Interpreter},
    {"flask_same_module", "two modules of the same name", "INTERP-1", Scope::Interpreter},
    {"c_environ_getenv", "the process's environment", "INTERP-6", Scope::Process},
    {"cwd", "the current directory", "INTERP-6", Scope::Process},
    {"umask", "the umask", "INTERP-6", Scope::Process},
    {"locale", "the locale", "INTERP-6", Scope::Process},
    {"ctypes_lib_global", "a C library's static variable", "INTERP-7", Scope::Process},
    {"fd_open", "an open file descriptor", "INTERP-6", Scope::Process},
    {"crash", "A ends the process: is B still there?", "INTERP-8", Scope::Crash},
};

constexpr Pairing kPairings[] = {
    {"embedded, both main", "embedded/main/lazy", true, true},
    {"embedded, main + sub", "embedded/sub/lazy", false, true},
    {"embedded, two subs", "embedded/sub/lazy", false, true},
    {"one daemon group, both main", "daemon/main/lazy", true, true},
    {"one daemon group, two subs", "daemon/sub/lazy", false, true},
    {"two daemon groups", "daemon/main/lazy", false, false},
};

std::string_view Expected(const Probe& probe, const Pairing& pairing) {
  switch (probe.scope) {
    case Scope::Interpreter:
      return pairing.is_same_interpreter ? "shared" : "isolated";
    case Scope::Process:
      return pairing.is_same_process ? "shared" : "isolated";
    case Scope::Crash:
      return pairing.is_same_process ? "crash" : "isolated";
  }
  return "error";
}

record::Check IsolationCheck(const Probe& probe, const Pairing& pairing) {
  const std::string observed(Expected(probe, pairing));
  record::Check line;
  line.suite = "isolation";
  line.check = fmt::format("isolation/{}", probe.name);
  line.rule = probe.rule;
  line.mode = pairing.mode;
  line.title = probe.title;
  line.expected = observed;
  line.observed = observed;
  line.outcome = record::CheckOutcome::Passed;
  line.detail =
      observed == "shared" ? "A: set to TOKEN; B reads TOKEN" : "A: set to TOKEN; B reads None";
  if (probe.scope == Scope::Crash) {
    line.detail = observed == "crash" ? "A: signal 11; B's request was cut off"
                                      : "A: signal 11; B answered 200";
  }
  line.ms = 41.5;
  line.reproduce = fmt::format("wsgilab-checks --gtest_filter='Isolation.{}'", probe.name);
  line.probe = probe.name;
  line.pairing = pairing.name;
  if (probe.name == "django_assign") {
    line.settings_asked = "secondapp.settings";
    line.settings_served = pairing.is_same_interpreter ? "accounts.settings" : "secondapp.settings";
    line.detail = fmt::format("B (secondapp.settings) was served with {}", *line.settings_served);
  }
  return line;
}

record::Check HostingCheck(std::string_view rule, std::string_view mode, std::string_view title) {
  record::Check line;
  line.suite = "hosting";
  line.check = fmt::format("loading/{}", rule);
  line.rule = rule;
  line.mode = mode;
  line.title = title;
  line.outcome = record::CheckOutcome::Passed;
  line.ms = 130;
  line.reproduce = fmt::format("wsgilab-checks --gtest_filter='Loading.*' --rule {}", rule);
  return line;
}

}  // namespace

std::vector<record::Check> SampleChecks() {
  std::vector<record::Check> checks;
  for (const Probe& probe : kProbes) {
    for (const Pairing& pairing : kPairings)
      checks.push_back(IsolationCheck(probe, pairing));
  }
  for (const std::string_view mode : {"embedded/main/preload", "daemon/sub/preload"}) {
    checks.push_back(
        HostingCheck("PRELOAD-1",
                     mode,
                     "A script with both groups on its alias is loaded when the process starts"));
    checks.push_back(
        HostingCheck("PRELOAD-5", mode, "Preloading ends before the first request is answered"));
  }
  for (const std::string_view mode : {"embedded/main/lazy", "daemon/sub/lazy"}) {
    checks.push_back(
        HostingCheck("LOAD-10", mode, "Nothing is loaded until the first request that selects it"));
  }
  checks.back().level = record::Level::Should;
  return checks;
}

}  // namespace reports::samples
