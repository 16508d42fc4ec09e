#include "hosts/deployment/modes.h"

#include <fmt/format.h>

namespace hosts::deployment {

std::string_view Name(ProcessKind kind) {
  return kind == ProcessKind::Embedded ? "embedded" : "daemon";
}

std::string_view Name(InterpreterKind kind) {
  return kind == InterpreterKind::Main ? "main" : "sub";
}

std::string_view Name(Loading loading) {
  return loading == Loading::Lazy ? "lazy" : "preload";
}

std::string Name(const Mode& mode) {
  return fmt::format("{}/{}/{}", Name(mode.process), Name(mode.interpreter), Name(mode.loading));
}

std::optional<Mode> ParseMode(std::string_view name) {
  for (const Mode& mode : AllModes()) {
    if (Name(mode) == name) return mode;
  }
  return std::nullopt;
}

std::array<Mode, 8> AllModes() {
  std::array<Mode, 8> modes{};
  size_t next = 0;
  for (const auto process : {ProcessKind::Embedded, ProcessKind::Daemon}) {
    for (const auto interpreter : {InterpreterKind::Main, InterpreterKind::Sub}) {
      for (const auto loading : {Loading::Lazy, Loading::Preload}) {
        modes[next++] = Mode{process, interpreter, loading};
      }
    }
  }
  return modes;
}

}  // namespace hosts::deployment
