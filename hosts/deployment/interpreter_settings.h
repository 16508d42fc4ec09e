#pragma once
// InterpreterSettings: what can be said of interpreters: for all of them at the top level, or for
//                      those that the selectors of an <WSGIInterpreterOptions> fit.
// InterpreterChoices:  what of it holds for one interpreter, each with the line that decided it.
//
// The engine asks when it makes an interpreter, `explain` when it is asked; neither looks at the
// containers itself.
//
// Threads: values and pure functions.
// Source:  GIL-2 to GIL-11, GIL-20 to GIL-22, LOAD-32, RESTRICT-4 to RESTRICT-8.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/deployment/names.h"

namespace hosts::deployment {

struct Deployment;

using Paths = std::vector<std::string>;

// What the Python that is to run it can do about the GIL: the same text comes to something else on another one.
struct PythonAbilities {
  std::string version = {};       // "3.14.0"; empty: nobody has said which it is
  bool has_own_gils = false;      // of sub-interpreters: 3.12 and later
  bool is_free_threaded = false;  // it was built so that it can do without a GIL (PEP 703)
};

struct InterpreterSettings {
  Setting<bool> restrict_stdin;
  Setting<bool> restrict_stdout;
  Setting<bool> restrict_signal;
  Setting<double> switch_interval;  // seconds
  Setting<bool> own_gil;            // WSGIPerInterpreterGIL
  Setting<bool> free_threading;
  Setting<Paths> python_path;  // in a container; the server's own is in ServerProcesses
};

// A missing selector fits all; "" is the server's own processes, or the main interpreter.
struct InterpreterOptions {
  std::optional<std::string> process_group;
  std::optional<std::string> application_group;
  InterpreterSettings settings;
  Origin origin;
};

// Where an interpreter is: both names as they are in the end, "" for embedded and main.
struct InterpreterPlace {
  std::string_view process_group;
  std::string_view application_group;
};

// Whose GIL an interpreter runs under, if there is one.
enum class GilKind { OfItsProcess, Own, None };

struct InterpreterChoices {
  Setting<bool> restrict_stdin;
  Setting<bool> restrict_stdout;
  Setting<bool> restrict_signal;
  // In front of what the process has on its path; the last is foremost (LOAD-32).
  std::vector<Written<Paths>> python_paths;
  // The GIL that it has, and what was said about it: nobody grants one to main (GIL-4), where Python has no such, or in a
  // process that runs without (GIL-9).
  GilKind gil = GilKind::OfItsProcess;
  Setting<bool> own_gil;
  // With a GIL of its own: its interval (GIL-20). Without: one that it was promised by its name, or for a GIL of its own
  // that it does not get, and that it cannot have (GIL-22).
  Setting<double> own_switch_interval;

  // Its own would have been granted, were there any at all (GIL-9).
  bool goes_without_its_own_gil = false;
  [[nodiscard]] bool is_stdin_restricted() const { return restrict_stdin && restrict_stdin->value; }
  [[nodiscard]] bool is_stdout_restricted() const {
    return restrict_stdout && restrict_stdout->value;
  }
  // On unless somebody says Off; a service process, which has no threads, is never restricted.
  [[nodiscard]] bool is_signal_restricted(int threads) const {
    return threads > 0 && (!restrict_signal || restrict_signal->value);
  }
};

// GIL-10: for each setting the container with the most selectors that fit, the later of equals, then
// the top level.
[[nodiscard]] InterpreterChoices ChoicesFor(const Deployment& deployment,
                                            const InterpreterPlace& place);

// The one interval of a process, for every interpreter under its main one's GIL: the option of its group, else
// what is said for its main interpreter; nullptr: Python's own.
[[nodiscard]] const Written<double>* SwitchIntervalOf(const Deployment& deployment,
                                                      std::string_view process_group);

// GIL-6: whether the process is wished to run without a GIL. Containers for an application group
// have no say.
[[nodiscard]] const Written<bool>* FreeThreadingOf(const Deployment& deployment,
                                                   std::string_view process_group);
// And whether it does: where Python was not built so, everything is as if nobody had wished it (GIL-7).
[[nodiscard]] bool RunsWithoutGil(const Deployment& deployment, std::string_view process_group);

// A wish about the GIL that is not granted: known when the configuration is read.
struct UngrantedWish {
  enum class Kind { OwnGil, FreeThreading, FreeThreadingOfOneInterpreter };
  Kind kind;
  std::string text;  // for people
  std::string_view rule;
  Origin origin;
};
[[nodiscard]] std::vector<UngrantedWish> UngrantedWishes(const Deployment& deployment);

}  // namespace hosts::deployment
