#include "hosts/base/letters.h"
#include "hosts/directives/language.h"
#include "hosts/directives/setters.h"

namespace hosts::directives {
namespace {

using base::Lowered;
using base::Regex;
using base::Result;
using deployment::VariableChange;
using Kind = VariableChange::Kind;

// "name", "!name" or "name=value"; the value of a bare name is 1.
VariableChange ChangeOf(const Word& word) {
  VariableChange change;
  change.origin = OriginOf(word);
  std::string_view text = word.text;
  if (text.starts_with('!')) {
    change.kind = Kind::UnsetIf;
    change.name = text.substr(1);
    return change;
  }
  change.kind = Kind::SetIf;
  const size_t equals = text.find('=');
  change.name = text.substr(0, equals);
  change.value = equals == std::string_view::npos ? "1" : std::string(text.substr(equals + 1));
  return change;
}

Result<VariableChange> NamedChangeOf(const Word& word) {
  VariableChange change = ChangeOf(word);
  if (!change.name.empty()) return change;
  return Refuse(word, "{} names no variable: write name, name=value or !name", Shown(word.text));
}

Result<void> AddChangesIf(const Directive& directive,
                          const std::string& attribute,
                          size_t pattern,
                          Regex::Case letters,
                          Scope& scope) {
  if (const auto room = CheckRoom(scope.path().variables, directive); !room) return room.error();
  const Result<Regex> regex = ReadRegex(directive.arguments[pattern], scope, letters);
  if (!regex) return regex.error();
  std::optional<Regex> attribute_pattern;
  if (attribute.find_first_of("^$*+?()[]{}|\\.") != std::string::npos) {
    const Result<Regex> names = ReadRegex(directive.arguments[0], scope, Regex::Case::Ignored);
    if (!names) return names.error();
    attribute_pattern = *names;
  }
  for (size_t i = pattern + 1; i < directive.arguments.size(); ++i) {
    Result<VariableChange> change = NamedChangeOf(directive.arguments[i]);
    if (!change) return change.error();
    change->attribute = attribute;
    change->attribute_pattern = attribute_pattern;
    change->pattern = *regex;
    scope.path().variables.push_back(*std::move(change));
  }
  return {};
}

Result<void> AddChanges(const Directive& directive, Kind kind, Scope& scope) {
  if (const auto room = CheckRoom(scope.path().variables, directive); !room) return room.error();
  for (const Word& word : directive.arguments) {
    scope.path().variables.push_back({.kind = kind, .name = word.text, .origin = OriginOf(word)});
  }
  return {};
}

std::string ExtensionOf(const Word& word) {
  std::string_view extension = word.text;
  if (extension.starts_with('.')) extension.remove_prefix(1);
  return Lowered(extension);
}

}  // namespace

Result<void> SetVariable(const Directive& directive, Scope& scope) {
  const auto& words = directive.arguments;
  if (const auto room = CheckRoom(scope.path().variables, directive); !room) return room.error();
  scope.path().variables.push_back({.kind = Kind::Set,
                                    .name = words[0].text,
                                    .value = words.size() > 1 ? words[1].text : std::string(),
                                    .origin = OriginOf(directive.name)});
  return {};
}

Result<void> UnsetVariable(const Directive& directive, Scope& scope) {
  return AddChanges(directive, Kind::Unset, scope);
}

Result<void> PassVariable(const Directive& directive, Scope& scope) {
  return AddChanges(directive, Kind::Pass, scope);
}

Result<void> SetVariableIf(const Directive& directive, Scope& scope) {
  return AddChangesIf(directive, directive.arguments[0].text, 1, Regex::Case::Matters, scope);
}

Result<void> SetVariableIfNoCase(const Directive& directive, Scope& scope) {
  return AddChangesIf(directive, directive.arguments[0].text, 1, Regex::Case::Ignored, scope);
}

Result<void> SetVariableIfExpression(const Directive& directive, Scope& scope) {
  if (const auto room = CheckRoom(scope.path().variables, directive); !room) return room.error();
  const Result<expressions::Expression> expression =
      ReadExpression(directive.arguments.front(), scope);
  if (!expression) return expression.error();
  for (size_t i = 1; i < directive.arguments.size(); ++i) {
    Result<VariableChange> change = NamedChangeOf(directive.arguments[i]);
    if (!change) return change.error();
    if (!expression->foreign().empty()) continue;
    change->expression = *expression;
    scope.path().variables.push_back(*std::move(change));
  }
  return {};
}

Result<void> SetVariableByBrowser(const Directive& directive, Scope& scope) {
  return AddChangesIf(directive, "User-Agent", 0, Regex::Case::Matters, scope);
}

Result<void> SetVariableByBrowserNoCase(const Directive& directive, Scope& scope) {
  return AddChangesIf(directive, "User-Agent", 0, Regex::Case::Ignored, scope);
}

Result<void> SetHandler(const Directive& directive, Scope& scope) {
  const Word& word = directive.arguments.front();
  const bool is_none = SameLetters(word.text, "none");
  scope.path().handler =
      Written<std::string>{is_none ? std::string() : Lowered(word.text), OriginOf(directive.name)};
  return {};
}

Result<void> AddHandler(const Directive& directive, Scope& scope) {
  const Word& handler = directive.arguments.front();
  for (size_t i = 1; i < directive.arguments.size(); ++i) {
    scope.path().handler_by_extension[ExtensionOf(directive.arguments[i])] = {
        Lowered(handler.text), OriginOf(directive.name)};
  }
  return {};
}

// Only the type that makes a file a script bears on hosting.
Result<void> AddType(const Directive& directive, Scope& scope) {
  const Word& type = directive.arguments.front();
  if (!SameLetters(type.text, "application/x-httpd-wsgi")) return {};
  return AddHandler(directive, scope);
}

Result<void> SetDirectoryIndex(const Directive& directive, Scope& scope) {
  std::vector<std::string> names;
  for (const Word& word : directive.arguments) {
    if (!SameLetters(word.text, "disabled")) names.push_back(word.text);
  }
  scope.path().directory_index =
      Written<std::vector<std::string>>{std::move(names), OriginOf(directive.name)};
  return {};
}

Result<void> RemoveHandler(const Directive& directive, Scope& scope) {
  for (const Word& word : directive.arguments)
    scope.path().handler_by_extension[ExtensionOf(word)] = {{}, OriginOf(directive.name)};
  return {};
}

}  // namespace hosts::directives
