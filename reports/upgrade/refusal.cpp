#include "reports/upgrade/refusal.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace reports::upgrade {

namespace {

constexpr std::string_view kPlaces = "] ";  // ends what stands before a line of the engine's log

bool IsOfName(char c) {
  return c == '_' || c == '.' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
         (c >= 'A' && c <= 'Z');
}

// The dotted name that a text begins with; empty if it begins with none.
std::string NameAt(std::string_view text) {
  const auto end = std::ranges::find_if_not(text, IsOfName);
  std::string name(text.begin(), end);
  return name.starts_with('.') ? "" : name;
}

std::string_view Trimmed(std::string_view line) {
  const auto begin = line.find_first_not_of(' ');
  return begin == std::string_view::npos ? std::string_view() : line.substr(begin);
}

// Without the time, the process and where. An indented line keeps what it is indented by.
std::string_view Said(std::string_view line) {
  const auto prefix = line.rfind(kPlaces);
  return prefix == std::string_view::npos ? line : line.substr(prefix + kPlaces.size());
}

Refusal Refused(std::string module, std::string_view said) {
  return {module.substr(0, module.find('.')), module, std::string(said)};
}

// "module a.b does not support loading in subinterpreters": CPython's, wherever in a line.
std::optional<Refusal> DoesNotSupport(std::string_view said) {
  constexpr std::string_view kModule = "module ";
  constexpr std::string_view kWords = " does not support loading in subinterpreters";
  const auto words = said.find(kWords);
  if (words == std::string_view::npos) return std::nullopt;
  const auto module = said.rfind(kModule, words);
  if (module == std::string_view::npos) return std::nullopt;
  const std::string name(said.substr(module + kModule.size(), words - module - kModule.size()));
  if (name.empty() || NameAt(name) != name) return std::nullopt;
  return Refused(name, said.substr(module, words + kWords.size() - module));
}

// "import a.b", "from a.b import (": the module; empty if it is no such statement.
std::string ImportedBy(std::string_view statement) {
  for (const std::string_view keyword : {"from ", "import "}) {
    if (statement.starts_with(keyword)) return NameAt(statement.substr(keyword.size()));
  }
  return "";
}

// The source of the last frame is an import, and behind it comes what was raised: an extension that fails while it is set up
// has no frame of its own.
std::optional<Refusal> RaisedByAnImport(const std::vector<std::string>& log) {
  const auto is_frame = [](const std::string& line) { return Said(line).starts_with("  File \""); };
  const auto frame = std::find_if(log.rbegin(), log.rend(), is_frame);
  if (frame == log.rend() || frame == log.rbegin()) return std::nullopt;
  const auto source = frame.base();
  if (source == log.end()) return std::nullopt;
  const std::string module = ImportedBy(Trimmed(Said(*source)));
  const auto raised = std::find_if(source + 1, log.end(), [](const std::string& line) {
    const std::string_view said = Said(line);
    return !said.empty() && !said.starts_with(' ');
  });
  // One that is not installed refuses nothing, whatever the kind of interpreter.
  if (module.empty() || raised == log.end() || Said(*raised).starts_with("ModuleNotFoundError"))
    return std::nullopt;
  return Refused(module, Said(*raised));
}

}  // namespace

std::optional<Refusal> RefusalOf(const record::Cell& cell) {
  using record::CellOutcome;
  if (cell.outcome == CellOutcome::Ok || cell.outcome == CellOutcome::NotOffered)
    return std::nullopt;
  std::vector<std::string> log = cell.log_tail;
  if (cell.reason) log.push_back(*cell.reason);
  for (auto line = log.rbegin(); line != log.rend(); ++line) {
    if (auto refusal = DoesNotSupport(*line)) return refusal;
  }
  return RaisedByAnImport(cell.log_tail);
}

}  // namespace reports::upgrade
