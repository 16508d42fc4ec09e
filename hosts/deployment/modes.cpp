#include "hosts/deployment/modes.h"

#include <fmt/format.h>

namespace hosts::deployment {

std::string_view Name(ProcessKind kind) {
  return kind == ProcessKind::Embedded ? "embedded" : "daemon";
}

std::string_view Name(InterpreterKind kind) {
  switch (kind) {
    case InterpreterKind::Main:
      return "main";
    case InterpreterKind::Sub:
      return "sub";
    case InterpreterKind::SubOwnGil:
      return "sub-own-gil";
  }
  return {};
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

std::array<Mode, 12> AllModes() {
  std::array<Mode, 12> modes{};
  size_t next = 0;
  for (const auto process : {ProcessKind::Embedded, ProcessKind::Daemon}) {
    for (const auto interpreter :
         {InterpreterKind::Main, InterpreterKind::Sub, InterpreterKind::SubOwnGil}) {
      for (const auto loading : {Loading::Lazy, Loading::Preload}) {
        modes[next++] = Mode{process, interpreter, loading};
      }
    }
  }
  return modes;
}

}  // namespace hosts::deployment
