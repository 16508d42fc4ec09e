#pragma once
// ForeignDirective: a directive of Apache's own modules that is not about hosting. Known, so that it
// is no typing error; named with what it may do to an answer, where it may do anything.
//
// Directives of DirectiveTable() and those of the language itself (Include, IfModule, Define, Use)
// are not here.

#include <span>
#include <string_view>

namespace hosts::directives {

struct ForeignDirective {
  enum class Form { Line, Section, LineOrSection };
  std::string_view name;    // as Apache writes it, without brackets
  std::string_view module;  // "mod_ssl"; "core", "http_core" and "mpm" are in every Apache
  Form form = Form::Line;
  // How it may change which application answers, whether one does, or how its interpreter is named:
  // the rest of a sentence that begins with the name. Empty: not at all.
  std::string_view effect = {};
};

// Null when Apache's modules have no such directive. The case of letters does not matter.
[[nodiscard]] const ForeignDirective* FindForeignDirective(std::string_view name);

// All of them, sorted by name without regard to case.
[[nodiscard]] std::span<const ForeignDirective> ForeignDirectives();

}  // namespace hosts::directives
