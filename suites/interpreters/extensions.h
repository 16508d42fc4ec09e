#pragma once
// Extension: a module written in C, or a distribution that has such, and what came of its import in each kind of interpreter under
//            mod_wsgi 6.0.5 with Python 3.14. A GIL of its own admits those alone that declare their support for it (PEP 489's
//            slot Py_mod_multiple_interpreters with Py_MOD_PER_INTERPRETER_GIL_SUPPORTED; rule GIL-5), in main first or not.

#include <ostream>
#include <span>
#include <string_view>

namespace suites::interpreters {

enum class Import {
  Works,
  Refused,  // ImportError: module … does not support loading in subinterpreters
  Fails,    // with another exception
};

[[nodiscard]] std::string_view Name(Import import);

struct Extension {
  std::string_view module;
  Import in_sub =
      Import::Works;  // the first sub-interpreter of a process; main lets all of them in
  Import in_next_sub = Import::Works;  // the second one
  Import in_own = Import::Refused;     // the first, the second, and one behind main
  std::string_view first = {};         // statements that come before the import
};

// How GoogleTest shows one.
inline void PrintTo(const Extension& extension, std::ostream* out) {
  *out << extension.module;
}

// Those that are not let in everywhere.
[[nodiscard]] std::span<const Extension> ParticularExtensions();

// Those that are: of the standard library, every other extension and built-in module; of distributions, some.
[[nodiscard]] std::span<const std::string_view> OrdinaryModules();
[[nodiscard]] std::span<const std::string_view> OrdinaryDistributions();

}  // namespace suites::interpreters
