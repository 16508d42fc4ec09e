#include "hosts/directives/reference.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

#include "hosts/base/letters.h"
#include "hosts/base/nearest_name.h"
#include "hosts/deviations/page.h"

namespace hosts::directives {

namespace {

using Form = DirectiveRow::Form;
using Override = Contexts::Override;

constexpr std::string_view kIntroduction = R"(# Directives

What the engine understands in a configuration. `wsgilab-host reference` prints this page, and `wsgilab-host reference
WSGIDaemonProcess` what is said of one; it is made from the table in [table.cpp](table.cpp), by which configurations are
read. [How to write a configuration](write-a-configuration.md) begins with none.

The marks are [rules](../../suites/rules.md), which messages and `explain` cite too. *Differs from mod_wsgi* is
what the engine does otherwise with this directive, or with what it is about; [deviations.md](../deviations.md) has all of
it, with the reasons.

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

// The marks in "DAEMON-14, CFG-1": with what is common to many they say nothing about one.
std::set<std::string_view> Marks(std::string_view rules) {
  constexpr std::string_view kCommon[] = {"CFG-1", "CFG-51", "LOAD-6", "oracle"};
  std::set<std::string_view> marks;
  while (!rules.empty()) {
    const size_t end = std::min(rules.find_first_of(" ,"), rules.size());
    const std::string_view mark = rules.substr(0, end);
    if (mark.find('-') != std::string_view::npos &&
        std::ranges::find(kCommon, mark) == std::end(kCommon))
      marks.insert(mark);
    rules.remove_prefix(std::min(end + 1, rules.size()));
  }
  return marks;
}

bool IsPartOfAName(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '-';
}

bool Names(std::string_view text, std::string_view name) {
  for (size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const size_t behind = at + name.size();
    const bool begins = at == 0 || !IsPartOfAName(text[at - 1]);
    if (begins && (behind == text.size() || !IsPartOfAName(text[behind]))) return true;
  }
  return false;
}

bool Names(const deviations::Deviation& deviation, std::string_view name) {
  return Names(deviation.theirs, name) || Names(deviation.ours, name);
}

bool IsAbout(const deviations::Deviation& deviation, const DirectiveRow& row) {
  std::set<std::string_view> rules = Marks(row.rules);
  if (Names(deviation, row.name)) return true;
  for (const OptionRow& option : row.options) {
    if (Names(deviation, fmt::format("{}=", option.name))) return true;
    rules.merge(Marks(option.rules));
  }
  const auto theirs = Marks(deviation.rules);
  return std::ranges::any_of(rules, [&](std::string_view rule) { return theirs.contains(rule); });
}

void WriteDeviations(const DirectiveRow& row, std::string& text) {
  const auto found = DeviationsOf(row);
  if (found.empty()) return;
  text += "Differs from mod_wsgi:\n\n";
  for (const deviations::Deviation* deviation : found) {
    text += fmt::format("* {} ({}): mod_wsgi: {}. The engine: {}.\n",
                        deviation->rules,
                        deviations::InWords(deviation->kind),
                        deviation->theirs,
                        deviation->ours);
  }
  text += "\n";
}

// As forges name the section of a heading.
std::string Anchor(std::string_view name) {
  return base::Lowered(name);
}

void WriteIndex(std::string& text) {
  std::vector<std::string_view> names;
  for (const DirectiveRow& row : DirectiveTable())
    names.push_back(row.name);
  std::ranges::sort(names);
  std::vector<std::string> links;
  for (const std::string_view name : names)
    links.push_back(fmt::format("[{}](#{})", name, Anchor(name)));
  text += fmt::format("{}\n\n", fmt::join(links, " ·\n"));
}

void WriteDirective(const DirectiveRow& row, std::string& text) {
  text += fmt::format("## {}\n\n    {}\n\n{}\n\n", row.name, Syntax(row), AsText(row.meaning));
  text += fmt::format("* Where: {}\n", InWords(row.allowed_in));
  if (!row.default_value.empty()) text += fmt::format("* Default: {}\n", AsText(row.default_value));
  if (!row.rules.empty()) text += fmt::format("* Rules: {}\n", row.rules);
  text += fmt::format("* Support: {}\n\n", InWords(row.support));
  if (!row.options.empty()) WriteOptions(row, text);
  WriteDeviations(row, text);
}

nlohmann::ordered_json ToJson(const OptionRow& option) {
  return {{"name", option.name},
          {"value", option.value},
          {"default", option.default_value},
          {"meaning", option.meaning},
          {"rules", option.rules},
          {"support", InWords(option.support)}};
}

nlohmann::ordered_json ToJson(const DirectiveRow& row) {
  nlohmann::ordered_json options = nlohmann::ordered_json::array();
  for (const OptionRow& option : row.options)
    options.push_back(ToJson(option));
  nlohmann::ordered_json differs = nlohmann::ordered_json::array();
  for (const deviations::Deviation* deviation : DeviationsOf(row))
    differs.push_back(deviations::ToJson(*deviation));
  return {{"name", row.name},
          {"syntax", Syntax(row)},
          {"where", InWords(row.allowed_in)},
          {"default", row.default_value},
          {"meaning", row.meaning},
          {"rules", row.rules},
          {"support", InWords(row.support)},
          {"options", options},
          {"deviations", differs}};
}

}  // namespace

std::vector<const deviations::Deviation*> DeviationsOf(const DirectiveRow& row) {
  std::vector<const deviations::Deviation*> found;
  for (const deviations::Deviation& deviation : deviations::DeviationTable()) {
    if (IsAbout(deviation, row)) found.push_back(&deviation);
  }
  return found;
}

base::Result<std::string> ReferenceOf(std::string_view name) {
  const DirectiveRow* row = FindDirective(name);
  if (row == nullptr) {
    std::vector<std::string_view> names;
    for (const DirectiveRow& one : DirectiveTable())
      names.push_back(one.name);
    const auto nearest = base::NearestName(name, names);
    return base::Error{
        base::ErrorKind::InvalidInput,
        nearest ? fmt::format("there is no directive {}: did you mean {}?", name, *nearest)
                : fmt::format("there is no directive {}: `wsgilab-host reference` has all", name)};
  }
  std::string text;
  WriteDirective(*row, text);
  text.pop_back();
  return text;
}

nlohmann::ordered_json ReferenceAsJson() {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const DirectiveRow& row : DirectiveTable())
    rows.push_back(ToJson(row));
  return {{"schema", "wsgilab-directives/1"}, {"directives", rows}};
}

std::string Reference() {
  std::string text(kIntroduction);
  WriteIndex(text);
  for (const DirectiveRow& row : DirectiveTable())
    WriteDirective(row, text);
  text.pop_back();  // one line ends the page
  return text;
}

}  // namespace hosts::directives
