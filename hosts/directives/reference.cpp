#include "hosts/directives/reference.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>
#include <vector>

#include "hosts/directives/table.h"

namespace hosts::directives {

namespace {

using Form = DirectiveRow::Form;
using Override = Contexts::Override;

constexpr std::string_view kIntroduction = R"(# Directives

What the engine understands in a configuration. `wsgilab-host reference` prints this page; it is made
from the table in [table.cpp](table.cpp), by which configurations are read. The marks are rules, which
messages and `explain` cite too. Where the engine differs from Apache and mod_wsgi stands in
[deviations.md](../deviations.md).

*Obeyed* is what the engine does; *not yet* is checked and explained, and the engine says when it starts
that it does not do it; *accepted* is about something that the engine does not have: there is nothing to
obey.

)";

std::string_view InWords(Support support) {
  switch (support) {
    case Support::Obeyed:
      return "obeyed";
    case Support::NotYet:
      return "not yet";
    case Support::Accepted:
      return "accepted";
  }
  return {};
}

std::string_view InWords(Override permitted) {
  switch (permitted) {
    case Override::None:
      return {};
    case Override::FileInfo:
      return ".htaccess (AllowOverride FileInfo)";
    case Override::AuthConfig:
      return ".htaccess (AllowOverride AuthConfig)";
    case Override::Options:
      return ".htaccess (AllowOverride Options)";
    case Override::Any:
      return ".htaccess (any AllowOverride)";
  }
  return {};
}

std::string InWords(const Contexts& contexts) {
  std::vector<std::string_view> places;
  if (contexts.server) places.emplace_back("server");
  if (contexts.virtual_host) places.emplace_back("virtual host");
  if (contexts.directory) places.emplace_back("directory");
  if (contexts.override_file != Override::None) places.push_back(InWords(contexts.override_file));
  return fmt::format("{}", fmt::join(places, ", "));
}

// In a cell a bar would begin the next one, and in code nothing can be escaped.
std::string AsCell(std::string_view text) {
  std::string cell;
  for (const char letter : text) {
    if (letter == '|') cell += '\\';
    cell += letter;
  }
  return cell;
}

std::string AsCode(std::string_view text) {
  return text.empty() ? std::string() : fmt::format("`{}`", AsCell(text));
}

// "<" and "*" in a sentence are themselves.
std::string AsText(std::string_view text) {
  std::string escaped;
  for (const char letter : text) {
    if (letter == '<' || letter == '*' || letter == '|') escaped += '\\';
    escaped += letter;
  }
  return escaped;
}

std::string Syntax(const DirectiveRow& row) {
  const std::string line =
      row.arguments.empty() ? std::string(row.name) : fmt::format("{} {}", row.name, row.arguments);
  return row.form == Form::Section ? fmt::format("<{}>", line) : line;
}

void WriteOptions(const DirectiveRow& row, std::string& text) {
  text += "| Option | Value | Default | Meaning | Rules | Support |\n";
  text += "|---|---|---|---|---|---|\n";
  for (const OptionRow& option : row.options) {
    text += fmt::format("| {} | {} | {} | {} | {} | {} |\n",
                        AsCode(option.name),
                        AsText(option.value),
                        AsText(option.default_value),
                        AsText(option.meaning),
                        option.rules,
                        InWords(option.support));
  }
  text += "\n";
}

void WriteDirective(const DirectiveRow& row, std::string& text) {
  text += fmt::format("## {}\n\n    {}\n\n{}\n\n", row.name, Syntax(row), AsText(row.meaning));
  text += fmt::format("* Where: {}\n", InWords(row.allowed_in));
  if (!row.default_value.empty()) text += fmt::format("* Default: {}\n", AsText(row.default_value));
  if (!row.rules.empty()) text += fmt::format("* Rules: {}\n", row.rules);
  text += fmt::format("* Support: {}\n\n", InWords(row.support));
  if (!row.options.empty()) WriteOptions(row, text);
}

}  // namespace

std::string Reference() {
  std::string text(kIntroduction);
  for (const DirectiveRow& row : DirectiveTable())
    WriteDirective(row, text);
  text.pop_back();  // one line ends the page
  return text;
}

}  // namespace hosts::directives
