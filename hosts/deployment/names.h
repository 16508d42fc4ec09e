#pragma once
// Names: of process groups, interpreters and callables as somebody wrote them, before a request
// settles what they stand for; and where something was written.
//
// Source:  EXP-1 to EXP-9.

#include <optional>
#include <string>
#include <string_view>

namespace hosts::deployment {

// The line that decided something; line 0 is "default".
struct Origin {
  std::string file;
  int line = 0;
};

// A value that somebody wrote, and where.
template <typename T>
struct Written {
  T value{};
  Origin origin;
};

template <typename T>
using Setting = std::optional<Written<T>>;

// Global is the empty name: embedded mode, or the main interpreter.
struct GroupName {
  enum class Kind { Global, Literal, Server, Resource, Host, Environment };
  Kind kind = Kind::Global;
  std::string literal;  // Literal: the name; Environment: of the variable
  bool operator==(const GroupName&) const = default;
};

struct CallableName {
  enum class Kind { Literal, Environment };
  Kind kind = Kind::Literal;
  std::string text = "application";
  bool operator==(const CallableName&) const = default;
};

// A token counts only if it is the whole text (EXP-1); everything else is a name.
[[nodiscard]] GroupName ParseGroupName(std::string_view text);
// EXP-9: of the tokens only %{ENV:variable} counts; another one means the default.
[[nodiscard]] CallableName ParseCallableName(std::string_view text);
// The variable of "%{ENV:variable}", if that is the whole text.
[[nodiscard]] std::optional<std::string_view> EnvironmentToken(std::string_view text);
// As it is written in a configuration: "%{GLOBAL}", "%{RESOURCE}", or the name.
[[nodiscard]] std::string AsWritten(const GroupName& name);

}  // namespace hosts::deployment
