#include <algorithm>
#include <array>
#include <utility>

#include "hosts/base/letters.h"
#include "hosts/directives/language.h"
#include "hosts/directives/setters.h"

namespace hosts::directives {
namespace {

using base::Result;
using deployment::Branch;
using deployment::Condition;
using deployment::Overrides;
using deployment::PathInfo;
using expressions::Expression;
using Kind = Condition::Kind;

// What Options may say; ExecCGI is what bears on scripts (LOAD-5).
constexpr std::array<std::string_view, 9> kOptions = {"None",
                                                      "All",
                                                      "ExecCGI",
                                                      "FollowSymLinks",
                                                      "SymLinksIfOwnerMatch",
                                                      "Includes",
                                                      "Indexes",
                                                      "IncludesNOEXEC",
                                                      "MultiViews"};

Result<void> Open(Condition condition, const Directive& directive, Scope& scope) {
  if (const auto room = CheckRoom(*scope.sections, directive); !room) return room.error();
  deployment::Section section;
  if (scope.is_in_section()) section.conditions = (*scope.sections)[*scope.section].conditions;
  section.conditions.push_back(std::move(condition));
  section.origin = OriginOf(directive.name);
  scope.section = scope.sections->size();
  scope.sections->push_back(std::move(section));
  return {};
}

Result<void> OpenByRegex(Kind kind, const Word& word, const Directive& directive, Scope& scope) {
  const Result<base::Regex> regex = ReadRegex(word, scope);
  if (!regex) return regex.error();
  return Open({.kind = kind, .pattern = word.text, .regex = *regex}, directive, scope);
}

// <Directory ~ "regex"> is <DirectoryMatch "regex">: true when it was one and is open now.
Result<bool> OpenByTilde(Kind kind, const Directive& directive, Scope& scope) {
  if (directive.arguments.front().text != "~") {
    if (directive.arguments.size() == 1) return false;
    return Refuse(directive.arguments[1],
                  "{} takes one argument: quote it if it contains a blank",
                  directive.name.text);
  }
  if (directive.arguments.size() < 2) {
    return Refuse(directive.arguments[0],
                  "~ needs a regular expression behind it: add one, or take ~ out");
  }
  const Result<void> opened = OpenByRegex(kind, directive.arguments[1], directive, scope);
  if (!opened) return opened.error();
  return true;
}

// <If> takes the whole of an expression as one word.
Result<void> RefuseSecond(const Directive& directive) {
  if (directive.arguments.size() == 1) return {};
  return Refuse(directive.arguments[1],
                "{} takes one expression: write all of it in double quotes",
                directive.name.text);
}

BranchPlace BranchPlaceOf(const Scope& scope) {
  return {scope.sections, scope.section};
}

Result<void> OpenBranch(const Directive& directive,
                        std::shared_ptr<const Branch> previous,
                        Scope& scope) {
  constexpr size_t kMostBranches = 1'000;
  Branch branch{.expression = {}, .previous = std::move(previous)};
  std::string text;
  if (branch.previous != nullptr) branch.number = branch.previous->number + 1;
  if (branch.number > kMostBranches) {
    return Refuse(directive.name, "there are more than {} cases of one <If>", kMostBranches);
  }
  if (!directive.arguments.empty()) {
    const Word& word = directive.arguments.front();
    const Result<Expression> expression = ReadExpression(word, scope);
    if (!expression) return expression.error();
    branch.expression = *expression;
    text = word.text;
  }
  const auto shared = std::make_shared<const Branch>(std::move(branch));
  scope.settings.last_branches[BranchPlaceOf(scope)] = shared;
  return Open({.kind = Kind::If, .pattern = std::move(text), .branch = shared}, directive, scope);
}

// AllowOverride Options=Indexes,MultiViews permits these and no others.
bool IsPermitted(std::string_view option, const Overrides& permitted) {
  if (!permitted.permitted_options) return true;
  const std::string list = "," + *permitted.permitted_options + ",";
  return list.find("," + base::Lowered(option) + ",") != std::string::npos;
}

bool Names(std::string_view word, bool Overrides::*which, std::string_view name, Overrides& to) {
  if (!SameLetters(word, name)) return false;
  to.*which = true;
  return true;
}

}  // namespace

Result<void> OpenDirectory(const Directive& directive, Scope& scope) {
  const Result<bool> by_regex = OpenByTilde(Kind::DirectoryMatch, directive, scope);
  if (!by_regex) return by_regex.error();
  if (*by_regex) return {};
  const Word& word = directive.arguments.front();
  const Result<std::filesystem::path> path = ReadPath(word, {});
  if (!path) return path.error();
  Condition condition{.kind = Kind::Directory, .pattern = path->string()};
  if (condition.pattern.size() > 1 && condition.pattern.ends_with('/')) {
    condition.pattern.pop_back();
  }
  condition.is_glob = base::IsGlob(condition.pattern);
  return Open(std::move(condition), directive, scope);
}

Result<void> OpenDirectoryMatch(const Directive& directive, Scope& scope) {
  return OpenByRegex(Kind::DirectoryMatch, directive.arguments.front(), directive, scope);
}

Result<void> OpenFiles(const Directive& directive, Scope& scope) {
  const Result<bool> by_regex = OpenByTilde(Kind::FilesMatch, directive, scope);
  if (!by_regex) return by_regex.error();
  if (*by_regex) return {};
  const std::string& pattern = directive.arguments.front().text;
  return Open({.kind = Kind::Files, .pattern = pattern, .is_glob = base::IsGlob(pattern)},
              directive,
              scope);
}

Result<void> OpenFilesMatch(const Directive& directive, Scope& scope) {
  return OpenByRegex(Kind::FilesMatch, directive.arguments.front(), directive, scope);
}

Result<void> OpenLocation(const Directive& directive, Scope& scope) {
  const Result<bool> by_regex = OpenByTilde(Kind::LocationMatch, directive, scope);
  if (!by_regex) return by_regex.error();
  if (*by_regex) return {};
  const std::string& pattern = directive.arguments.front().text;
  return Open({.kind = Kind::Location, .pattern = pattern, .is_glob = base::IsGlob(pattern)},
              directive,
              scope);
}

Result<void> OpenLocationMatch(const Directive& directive, Scope& scope) {
  return OpenByRegex(Kind::LocationMatch, directive.arguments.front(), directive, scope);
}

Result<void> OpenIf(const Directive& directive, Scope& scope) {
  if (const auto again = RefuseSecond(directive); !again) return again.error();
  return OpenBranch(directive, {}, scope);
}

Result<void> OpenElseIf(const Directive& directive, Scope& scope) {
  if (const auto again = RefuseSecond(directive); !again) return again.error();
  return OpenElse(directive, scope);
}

Result<void> OpenElse(const Directive& directive, Scope& scope) {
  const auto before = scope.settings.last_branches.find(BranchPlaceOf(scope));
  const bool is_closed =
      before == scope.settings.last_branches.end() || !before->second->expression.has_value();
  if (is_closed) {
    return Refuse(directive.name,
                  "{} has no <If> or <ElseIf> before it here: write one in the same section",
                  directive.name.text);
  }
  return OpenBranch(directive, before->second, scope);
}

Result<void> SetOptions(const Directive& directive, Scope& scope) {
  for (const Word& word : directive.arguments) {
    std::string_view name = word.text;
    const bool is_taken_away = name.starts_with('-');
    const bool is_relative = is_taken_away || name.starts_with('+');
    if (is_relative) name.remove_prefix(1);
    const bool is_known = std::ranges::any_of(
        kOptions, [&](std::string_view known) { return SameLetters(known, name); });
    if (!is_known) {
      const auto nearest = NearestName(name, {kOptions.begin(), kOptions.end()});
      if (!nearest) {
        return Refuse(word, "{} is not one of Apache's options: remove it", Shown(word.text));
      }
      return Refuse(
          word, "{} is not one of Apache's options: did you mean {}?", Shown(word.text), *nearest);
    }
    if (scope.permitted && !IsPermitted(name, *scope.permitted)) {
      return Refuse(
          word, "the option {} is not allowed here: name it in AllowOverride Options=...", name);
    }
    const bool names_it = SameLetters(name, "ExecCGI") || SameLetters(name, "All");
    Setting<bool>& exec_cgi = scope.path().exec_cgi;
    if (!is_relative && &word == &directive.arguments.front()) {
      exec_cgi = Written<bool>{names_it, OriginOf(word)};  // the whole list anew
    } else if (names_it) {
      exec_cgi = Written<bool>{!is_taken_away, OriginOf(word)};
    }
  }
  return {};
}

Result<void> SetAllowOverride(const Directive& directive, Scope& scope) {
  Overrides overrides;
  for (const Word& word : directive.arguments) {
    const std::string what = word.text.substr(0, word.text.find('='));
    if (SameLetters(what, "none")) continue;
    if (SameLetters(what, "nonfatal")) {
      overrides.is_lenient = true;
      continue;
    }
    if (SameLetters(what, "all")) {
      overrides.file_info = overrides.auth_config = overrides.options = overrides.limit =
          overrides.indexes = true;
      continue;
    }
    if (SameLetters(what, "options") && what.size() < word.text.size()) {
      overrides.permitted_options = base::Lowered(word.text.substr(what.size() + 1));
    }
    const bool is_known = Names(what, &Overrides::file_info, "FileInfo", overrides) ||
                          Names(what, &Overrides::auth_config, "AuthConfig", overrides) ||
                          Names(what, &Overrides::options, "Options", overrides) ||
                          Names(what, &Overrides::limit, "Limit", overrides) ||
                          Names(what, &Overrides::indexes, "Indexes", overrides);
    if (!is_known) {
      return Refuse(word,
                    "AllowOverride {}: write None, All, or of FileInfo, AuthConfig, Options, "
                    "Limit and Indexes",
                    Shown(word.text));
    }
  }
  Setting<Overrides>& allowed = scope.path().allow_override;
  if (allowed) overrides.directives = std::move(allowed->value.directives);
  allowed = Written<Overrides>{std::move(overrides), OriginOf(directive.name)};
  return {};
}

Result<void> SetAllowOverrideList(const Directive& directive, Scope& scope) {
  Setting<Overrides>& allowed = scope.path().allow_override;
  if (!allowed) allowed = Written<Overrides>{{}, OriginOf(directive.name)};
  for (const Word& word : directive.arguments) {
    if (!SameLetters(word.text, "none")) {
      allowed->value.directives.push_back(base::Lowered(word.text));
    }
  }
  return {};
}

Result<void> SetAccessFileName(const Directive& directive, Scope& scope) {
  scope.settings.override_file_names.clear();
  for (const Word& word : directive.arguments)
    scope.settings.override_file_names.push_back(word.text);
  return {};
}

Result<void> SetAcceptPathInfo(const Directive& directive, Scope& scope) {
  const Word& word = directive.arguments.front();
  PathInfo path_info = PathInfo::Default;
  if (!SameLetters(word.text, "default")) {
    const Result<bool> on = ReadOnOff(word);
    if (!on) return Refuse(word, "{} is not On, Off or Default", Shown(word.text));
    path_info = *on ? PathInfo::On : PathInfo::Off;
  }
  scope.path().accept_path_info = Written<PathInfo>{path_info, OriginOf(directive.name)};
  return {};
}

}  // namespace hosts::directives
