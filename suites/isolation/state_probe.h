#pragma once
// StateProbe: a change that one application makes, and how another looks for it. Both are Python.
//
// `set` runs in A, `read` in A and in B; both leave their answer in `result`. They find TOKEN (unique
// to the check), LIBRARY (a C library with a static variable), FILE (a readable file) and, in `read`,
// FROM_A (the result of `set`).

#include <ostream>
#include <span>
#include <string_view>

namespace suites::isolation {

struct StateProbe {
  std::string_view name;   // as in expected.json
  std::string_view title;  // what is changed
  std::string_view set;
  std::string_view read;
  std::string_view
      shared_if;  // Python: an expression of `result` that is true when A's change shows
};

// How GoogleTest names one in its output.
inline void PrintTo(const StateProbe& probe, std::ostream* out) {
  *out << probe.name;
}

[[nodiscard]] std::span<const StateProbe> AllStateProbes();

}  // namespace suites::isolation
