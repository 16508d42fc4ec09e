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

// Where a directive may stand: the server's part of a file, <VirtualHost>, sections like <Directory>
// and <Location>, <WSGIInterpreterOptions>; and .htaccess files, where AllowOverride names its class.
struct Contexts {
  enum class Override { None, FileInfo, AuthConfig, Options, Any };
  bool server = false;
  bool virtual_host = false;
  bool directory = false;
  Override override_file = Override::None;
};

// What the engine does about a directive or an option that it understands.
enum class Support {
  Obeyed,
  NotYet,    // checked and explained; the engine does not do it yet, and says so when it starts
  Accepted,  // about something that the engine does not have: nothing to obey
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
  OptionSetter set = nullptr;
  Support support = Support::Obeyed;
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
  Support support = Support::Obeyed;
  bool reads_body = false;  // a section whose setter reads what stands in it
};

inline constexpr size_t kAnyNumber = static_cast<size_t>(-1);

// In the order in which people read about them.
[[nodiscard]] std::span<const DirectiveRow> DirectiveTable();
[[nodiscard]] const DirectiveRow* FindDirective(std::string_view name);

}  // namespace hosts::directives
