#pragma once
// Modes: where an application runs and when it is loaded, with the names that people write.
//
// A mode is process x interpreter x loading; its name is "daemon/sub/preload". Interpreters with a GIL of their own
// (sub-own-gil) are only there where Python has such: 3.12 and later.

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace hosts::deployment {

enum class ProcessKind { Embedded, Daemon };
enum class InterpreterKind { Main, Sub, SubOwnGil };
enum class Loading { Lazy, Preload };

[[nodiscard]] constexpr bool IsSub(InterpreterKind kind) {
  return kind != InterpreterKind::Main;
}

struct Mode {
  ProcessKind process = ProcessKind::Embedded;
  InterpreterKind interpreter = InterpreterKind::Main;
  Loading loading = Loading::Lazy;
  bool operator==(const Mode&) const = default;
};

[[nodiscard]] std::string_view Name(ProcessKind kind);
[[nodiscard]] std::string_view Name(InterpreterKind kind);
[[nodiscard]] std::string_view Name(Loading loading);
[[nodiscard]] std::string Name(const Mode& mode);
[[nodiscard]] std::optional<Mode> ParseMode(std::string_view name);

// All twelve, embedded first, main before sub before sub-own-gil, lazy before preload.
[[nodiscard]] std::array<Mode, 12> AllModes();

}  // namespace hosts::deployment
