#pragma once
// Runtime: CPython in this process.
//
// Configured as mod_wsgi does: sys.argv is ['mod_wsgi'], no signal handlers, the environment's
// PYTHON... variables read as usual, and a home with a pyvenv.cfg started as if by its bin/python,
// so that sys.prefix is the virtual environment (LOAD-30, LOAD-33). Under the C locale Python
// turns its UTF-8 mode on (VER-21).
//
// Owns:    the main interpreter and the starting thread's state in it.
// Threads: made and destroyed on one thread, with nothing attached before or after. At most one in
//          the life of a process.
// Fails:   Start with a Result: a home that is no Python's, mostly.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hosts/base/result.h"
#include "hosts/python/interpreter.h"
#include "hosts/python/thread_state.h"

namespace hosts::python {

// What is said of Python's start; where nothing is, its environment variables decide.
struct StartOptions {
  struct HashSeed {
    bool is_random = true;
    std::uint32_t seed = 0;
  };
  std::filesystem::path home = {};         // empty: the Python that this program was built for
  std::optional<int> optimize = {};        // sys.flags.optimize
  std::vector<std::string> warnings = {};  // as -W takes them, in order
  std::optional<HashSeed> hash_seed = {};
  std::optional<bool> write_bytecode = {};
  bool without_gil = false;  // where Python was built so that it can (versions.h, kIsFreeThreaded)
};

class Runtime {
 public:
  [[nodiscard]] static base::Result<std::unique_ptr<Runtime>> Start(
      const StartOptions& options = {});
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;
  // Joins threads that are no daemons, runs atexit handlers, ends CPython. All sub-interpreters
  // have ended, or were reported with KeepUntilExit.
  ~Runtime();

  [[nodiscard]] Interpreter& main() { return *main_; }
  // Threads run Python side by side: what they share has locks of its own (interpreters.md).
  [[nodiscard]] bool is_without_gil() const { return is_without_gil_; }
  [[nodiscard]] ThreadState& starting_thread() { return *starting_thread_; }

  // A sub-interpreter could not be destroyed, which CPython forbids at its end: the destructor then
  // does everything but take the memory down, and no Python code runs after it. (Where there is no GIL: none of main.)
  void KeepUntilExit() { keep_until_exit_ = true; }

  // Takes the GIL for good: from now on no Python code runs in this process, which is about to exit. Where there is none
  // the threads of the main interpreter are stopped; those of others run until the process has gone.
  void HoldStill();

 private:
  explicit Runtime(bool is_without_gil);
  std::unique_ptr<Interpreter> main_;
  std::unique_ptr<ThreadState> starting_thread_;
  const bool is_without_gil_;
  bool keep_until_exit_ = false;
};

}  // namespace hosts::python
