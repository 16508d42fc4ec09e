#include "hosts/directives/language.h"
#include "hosts/directives/setters.h"

namespace hosts::directives {

using base::Result;

Result<void> SetPythonHome(const Directive& directive, Scope& scope) {
  const auto home = ReadPath(directive.arguments.front(), scope.settings.server_root);
  if (!home) return home.error();
  Keep(directive, scope);
  scope.settings.server.python_home = *home;
  return {};
}

Result<void> SetPythonPath(const Directive& directive, Scope& scope) {
  const auto paths = ReadPathList(directive.arguments.front(), scope.settings.server_root);
  if (!paths) return paths.error();
  if (scope.interpreter_options) {
    scope.interpreters().python_path = Written<deployment::Paths>{*paths, OriginOf(directive.name)};
    return {};
  }
  Keep(directive, scope);
  scope.settings.server.python_path = *paths;
  return {};
}

Result<void> SetPythonEggs(const Directive& directive, Scope& scope) {
  const auto eggs = ReadPath(directive.arguments.front(), scope.settings.server_root);
  if (!eggs) return eggs.error();
  scope.settings.server.python_eggs =
      Written<std::filesystem::path>{*eggs, OriginOf(directive.name)};
  return {};
}

Result<void> AddPythonWarning(const Directive& directive, Scope& scope) {
  auto& warnings = scope.settings.server.python.warnings;
  if (const auto room = CheckRoom(warnings, directive); !room) return room.error();
  warnings.push_back({directive.arguments.front().text, OriginOf(directive.name)});
  return {};
}

// GIL-11: keys in any letter case, each once, and the value may be empty.
Result<void> OpenInterpreterOptions(const Directive& directive, Scope& scope) {
  auto& containers = scope.settings.interpreter_options;
  if (const auto room = CheckRoom(containers, directive); !room) return room.error();
  deployment::InterpreterOptions options;
  options.origin = OriginOf(directive.name);
  for (const Word& word : directive.arguments) {
    const size_t equals = word.text.find('=');
    const std::string key = word.text.substr(0, equals);
    const bool is_process_group = SameLetters(key, "process-group");
    if (equals == std::string::npos ||
        (!is_process_group && !SameLetters(key, "application-group"))) {
      return Refuse(word,
                    "{} selects nothing: write process-group=name or application-group=name",
                    Shown(word.text));
    }
    auto& selector = is_process_group ? options.process_group : options.application_group;
    if (selector) return Refuse(word, "{} stands here twice: keep one", Shown(key));
    const std::string value = word.text.substr(equals + 1);
    if (value.starts_with('"')) return Refuse(word, "quote the whole word: \"{}=name\"", key);
    selector = value == "%{GLOBAL}" ? std::string() : value;
  }
  scope.interpreter_options = containers.size();
  containers.push_back(std::move(options));
  return {};
}

}  // namespace hosts::directives
