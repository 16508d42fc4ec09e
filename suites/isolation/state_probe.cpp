#include "suites/isolation/state_probe.h"

namespace suites::isolation {

std::string_view Name(Scope scope) {
  switch (scope) {
    case Scope::Interpreter:
      return "interpreter";
    case Scope::Process:
      return "process";
    case Scope::Thread:
      return "thread";
    case Scope::Host:
      break;
  }
  return "host";
}

std::string_view MechanismOf(Scope scope) {
  switch (scope) {
    case Scope::Interpreter:
      return "each interpreter has its own modules and what hangs on them";
    case Scope::Process:
      return "the kernel, the C library or CPython keeps one for the process";
    case Scope::Thread:
      return "it is the thread's, and stays with a thread of the pool when the request is over";
    case Scope::Host:
      break;
  }
  return "the kernel keeps it for all processes, and tells users apart at most";
}

const std::vector<StateProbe>& AllStateProbes() {
  static const std::vector<StateProbe> all = [] {
    std::vector<StateProbe> probes;
    for (const auto& part : {ModuleProbes(),
                             TypeProbes(),
                             EnvironmentProbes(),
                             ProcessProbes(),
                             FileProbes(),
                             ThreadProbes(),
                             RuntimeProbes(),
                             IdentityProbes(),
                             RegistryProbes(),
                             ExtensionProbes()}) {
      probes.insert(probes.end(), part.begin(), part.end());
    }
    return probes;
  }();
  return all;
}

}  // namespace suites::isolation
