#pragma once
// What every interpreter is given before any application runs in it (INTERP-7): sys.argv, sys.path,
// sys.stdout and sys.stderr that write to the log; and what it is kept from: standard streams, signals.
//
// Python:  attached to the interpreter.
// Fails:   SetUp throws PythonError.

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/deployment/interpreter_settings.h"
#include "hosts/interpreters/request_metrics.h"
#include "hosts/python/thread_state.h"

namespace hosts::interpreters {

// What holds for all interpreters of this process, and who says what holds for each.
struct PoolSettings {
  std::string process_group;   // "" is embedded
  std::filesystem::path home;  // first on sys.path, when not empty
  std::vector<std::string>
      python_path;            // fed to site.addsitedir, then moved to the front (LOAD-31)
  int maximum_processes = 1;  // INTERP-9
  int threads_per_process = 1;
  bool is_case_sensitive = true;    // of paths, where they name modules (LOAD-8)
  std::filesystem::path egg_cache;  // PYTHON_EGG_CACHE, when not empty
  std::optional<double> switch_interval;
  // What requests cost, in whatever interpreter.
  std::shared_ptr<RequestMetrics> metrics = std::make_shared<RequestMetrics>(1);
  std::function<deployment::InterpreterChoices(std::string_view application_group)> choices_for =
      [](std::string_view) { return deployment::InterpreterChoices(); };
  // Called before the first interpreter beside main is made (again, if it could not be); on the thread that makes it,
  // with main attached.
  std::function<void(const python::Attached&)> on_several = [](const python::Attached&) {};
};

void SetUp(const python::Attached& attached,
           const PoolSettings& settings,
           const deployment::InterpreterChoices& choices);

// In seconds; of every interpreter under the GIL that is held.
void SetSwitchInterval(const python::Attached& attached, double seconds);

// From now on os.fork, and subprocess with preexec_fn=, raise a RuntimeError here. A child forked in a process with several
// interpreters dies or hangs before any Python code (suites/isolation/discoveries.md, 5).
void RefuseFork(const python::Attached& attached);

}  // namespace hosts::interpreters
