#pragma once
// StateProbe: a change that one application makes, and how another looks for it. Both are Python.
//
// `set` runs in A, `read` in A and in B; both leave their answer in `result`. They find TOKEN (unique to the check),
// LIBRARY (the library for ctypes of apps/probe/extensions), FILE (a readable file), LOCK (a file that everybody may
// write), PRIVATE (a name for a file that is not there yet), STATE (kept between the requests of an application), and,
// in `read`, FROM_A: the result of `set`.

#include <ostream>
#include <string_view>
#include <vector>

namespace suites::isolation {

// What owns the state, and so who shares it.
enum class Scope { Interpreter, Process, Thread, Host };
[[nodiscard]] std::string_view Name(Scope scope);
// Why, where a probe has no reason of its own.
[[nodiscard]] std::string_view MechanismOf(Scope scope);

// How many threads the processes have.
enum class Threads {
  Few,
  One,   // the state belongs to a thread: with one there is no luck in it
  Pool,  // the same with five: B sees it exactly when the thread that A had used serves it
};

// What the verdict is about.
enum class About {
  Change,  // whether A's change shows in B
  Deed,    // whether A feels what B did: `after` says so, in A, when B has run `read`
  Values,  // nothing is shared or isolated: what A, B and C make of `read`, in words
};

struct StateProbe {
  std::string_view name;   // as in measured.json
  std::string_view title;  // what is changed
  std::string_view set = {};
  std::string_view read;
  // Python: an expression of `result` that is true when A's change shows.
  std::string_view shared_if = "result == TOKEN";
  Scope scope = Scope::Interpreter;
  Threads threads = Threads::Few;
  About about = About::Change;
  std::string_view after = {};
  std::string_view own = {};  // how A sees that its change took, where `read` cannot tell
  bool is_of_threads_seen =
      false;  // it changes the threads that have been in A's interpreter, and no other
  bool may_be_refused = false;      // B's deed: an exception is an answer
  bool is_used_up = false;          // by the one who looks: C is not asked after B
  std::string_view mechanism = {};  // "": as that of its scope
};

// How GoogleTest names one in its output.
inline void PrintTo(const StateProbe& probe, std::ostream* out) {
  *out << probe.name;
}

[[nodiscard]] const std::vector<StateProbe>& AllStateProbes();

// Its parts: suites/isolation/probes/.
[[nodiscard]] std::vector<StateProbe> ModuleProbes();
[[nodiscard]] std::vector<StateProbe> TypeProbes();
[[nodiscard]] std::vector<StateProbe> EnvironmentProbes();
[[nodiscard]] std::vector<StateProbe> ProcessProbes();
[[nodiscard]] std::vector<StateProbe> FileProbes();
[[nodiscard]] std::vector<StateProbe> ThreadProbes();
[[nodiscard]] std::vector<StateProbe> RuntimeProbes();
[[nodiscard]] std::vector<StateProbe> IdentityProbes();
[[nodiscard]] std::vector<StateProbe> RegistryProbes();
[[nodiscard]] std::vector<StateProbe> ExtensionProbes();

}  // namespace suites::isolation
