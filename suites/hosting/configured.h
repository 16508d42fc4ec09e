#pragma once
// Directives that put scripts where a mode says, and how GoogleTest names modes.

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <string_view>

#include "hosts/deployment/modes.h"

namespace suites::hosting {

using hosts::deployment::InterpreterKind;
using hosts::deployment::Mode;
using hosts::deployment::ProcessKind;

// The daemon group that every configuration here uses, and its only sub-interpreter.
inline constexpr std::string_view kDaemonGroup = "WSGIDaemonProcess one processes=1 threads=3\n";

// "one" or "%{GLOBAL}"; "sub" or "%{GLOBAL}".
[[nodiscard]] std::string_view ProcessGroupOf(ProcessKind kind);
[[nodiscard]] std::string_view ApplicationGroupOf(InterpreterKind kind);

// The groups as options of an alias (which preloads), or as directives (which does not).
[[nodiscard]] std::string GroupOptions(const Mode& mode);
[[nodiscard]] std::string GroupDirectives(const Mode& mode);

// An alias for a copy of the probe that lies on the stage: "/name" and name.wsgi.
[[nodiscard]] std::string Alias(std::string_view name, std::string_view options = "");

// embedded_main_lazy
[[nodiscard]] std::string TestName(const Mode& mode);
[[nodiscard]] inline std::string NameOfMode(const testing::TestParamInfo<Mode>& parameter) {
  return TestName(parameter.param);
}
[[nodiscard]] inline std::string NameOfKind(const testing::TestParamInfo<ProcessKind>& parameter) {
  return std::string(Name(parameter.param));
}

}  // namespace suites::hosting

namespace hosts::deployment {

// How GoogleTest shows them (found by argument-dependent lookup, so in the namespace of the type).
inline void PrintTo(const Mode& mode, std::ostream* out) {
  *out << Name(mode);
}
inline void PrintTo(ProcessKind kind, std::ostream* out) {
  *out << Name(kind);
}

}  // namespace hosts::deployment
