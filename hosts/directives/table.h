#pragma once
// The table of directives: ONE ROW PER DIRECTIVE, one row per option. What can be written, where,
// what it means, and the function that understands it; reading, messages, `explain` and the
// reference are all made from these rows.
//
// To offer another directive: write its setter (setters_*.cpp), add its row, add a pair to testdata.

#include <span>
#include <string_view>

#include "hosts/base/result.h"
#include "hosts/directives/language.h"
#include "hosts/directives/settings.h"

namespace hosts::directives {

// Where a directive may stand: the server's part of a file, <VirtualHost>, <Directory>.
struct Contexts {
  bool server = false;
  bool virtual_host = false;
  bool directory = false;
};

// An option `name=value` of a directive.
struct Option {
  Word word;  // as a whole, for messages
  std::string name;
  Word value;
};

// Applies to what its directive has just declared: the last process group, or the last mount.
using OptionSetter = base::Result<void> (*)(const Option&, Scope&);

struct OptionRow {
  std::string_view name;
  std::string_view value = {};          // what is written after '='
  std::string_view default_value = {};  // empty: none
  std::string_view meaning = {};
  std::string_view rules = {};
  OptionSetter set = nullptr;  // null: known, and not offered yet
};

// Understands a directive. For a section: opens it, so that the scope stands inside.
using DirectiveSetter = base::Result<void> (*)(const Directive&, Scope&);

struct DirectiveRow {
  enum class Form { Line, Section };
  std::string_view name;
  Form form = Form::Line;
  Contexts allowed_in = {};
  std::string_view arguments = {};  // for people; optional ones in brackets
  size_t fewest_arguments = 1;
  size_t most_arguments = 1;
  std::string_view default_value = {};  // empty: none
  std::string_view meaning = {};
  std::string_view rules = {};
  DirectiveSetter set = nullptr;
  std::span<const OptionRow> options = {};
};

inline constexpr size_t kAnyNumber = static_cast<size_t>(-1);

// In the order in which people read about them.
[[nodiscard]] std::span<const DirectiveRow> DirectiveTable();
// Names that Apache or its module know and this does not offer yet.
[[nodiscard]] std::span<const std::string_view> DirectivesNotOffered();

[[nodiscard]] const DirectiveRow* FindDirective(std::string_view name);

}  // namespace hosts::directives
