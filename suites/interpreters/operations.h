#pragma once
// Operation: something that applications do in a request, and what came of it in each kind of interpreter under mod_wsgi 6.0.5 with
//            Python 3.14. What comes of it is CPython's word, but for how the host made the interpreter and its thread: an
//            own GIL comes with isolated rules (PEP 684: no fork, no exec, no daemon threads; rule GIL-5), a request's thread is
//            a daemon thread to Python in the other kinds alone.

#include <ostream>
#include <span>
#include <string_view>

namespace suites::interpreters {

enum class Hosted { Anywhere, InDaemons };

struct Operation {
  std::string_view name;    // "os_fork"
  std::string_view python;  // the body of a function, whose value is what comes of it
  // The value as Python writes it, "[1]", or what was raised, "RuntimeError: fork not supported"; "…" at its end stands for
  // whatever follows. Empty: it depends on the machine.
  std::string_view in_main;
  std::string_view in_sub;
  std::string_view in_own;
  // Where the real thing gave the application no answer in the server's own process, there is nothing to compare with.
  Hosted hosted = Hosted::Anywhere;
  // What this engine says in sub-interpreters of both kinds instead, on purpose (suites/isolation/discoveries.md, 5): a
  // forked child would die there before any Python code.
  std::string_view engine_beside_main = {};
};

[[nodiscard]] std::span<const Operation> Operations();

// How GoogleTest shows one.
inline void PrintTo(const Operation& operation, std::ostream* out) {
  *out << operation.name;
}

}  // namespace suites::interpreters
