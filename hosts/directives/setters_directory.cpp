#include <algorithm>
#include <array>
#include <utility>

#include "hosts/base/letters.h"
#include "hosts/directives/language.h"
#include "hosts/directives/setters.h"

namespace hosts::directives {
namespace {

using base::Result;
using deployment::Access;
using deployment::Condition;
using deployment::Demand;
using deployment::Overrides;
using deployment::PathInfo;
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
  const Result<base::Regex> regex = ReadRegex(word);
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
    return Refuse(directive.arguments[0], "~ needs a regular expression behind it");
  }
  const Result<void> opened = OpenByRegex(kind, directive.arguments[1], directive, scope);
  if (!opened) return opened.error();
  return true;
}

Result<void> RefuseNested(const Directive& directive, const Scope& scope) {
  if (!scope.is_in_section()) return {};
  return Refuse(directive.name,
                "{} may not stand within another section: close that first",
                directive.name.text);
}

struct DemandName {
  std::string_view name;
  Demand::Kind kind;
};

constexpr std::array<DemandName, 4> kDemands = {{{"local", Demand::Kind::Local},
                                                 {"env", Demand::Kind::Variable},
                                                 {"ip", Demand::Kind::Address},
                                                 {"method", Demand::Kind::Method}}};

// The words behind Require.
Result<Demand> ReadDemand(const Directive& directive) {
  Demand demand;
  size_t next = 0;
  const auto& words = directive.arguments;
  if (SameLetters(words[0].text, "not")) {
    demand.is_negated = true;
    if (words.size() == 1) return Refuse(words[0], "Require not: write what must not be");
    ++next;
  }
  const std::string& what = words[next].text;
  for (size_t i = next + 1; i < words.size(); ++i)
    demand.arguments.push_back(words[i].text);
  if (SameLetters(what, "all")) {
    const std::string how = demand.arguments.empty() ? std::string() : demand.arguments.front();
    if (!SameLetters(how, "granted") && !SameLetters(how, "denied")) {
      return Refuse(words[next], "Require all: write granted or denied behind it");
    }
    demand.kind = SameLetters(how, "granted") ? Demand::Kind::AllGranted : Demand::Kind::AllDenied;
    return demand;
  }
  const auto known = std::ranges::find_if(
      kDemands, [&what](const DemandName& one) { return SameLetters(one.name, what); });
  if (known != kDemands.end()) {
    demand.kind = known->kind;
    return demand;
  }
  demand.kind = Demand::Kind::Foreign;
  demand.arguments.insert(demand.arguments.begin(), what);
  return demand;
}

std::optional<Demand::Kind> ContainerOf(std::string_view name) {
  if (SameLetters(name, "RequireAll")) return Demand::Kind::AllOf;
  if (SameLetters(name, "RequireAny")) return Demand::Kind::AnyOf;
  if (SameLetters(name, "RequireNone")) return Demand::Kind::NoneOf;
  if (SameLetters(name, "Limit")) return Demand::Kind::Limit;
  if (SameLetters(name, "LimitExcept")) return Demand::Kind::LimitExcept;
  return std::nullopt;
}

Result<Demand> ReadContainer(const Directive& directive) {
  Demand container;
  container.kind = ContainerOf(directive.name.text).value();
  for (const Word& word : directive.arguments)
    container.arguments.push_back(word.text);
  for (const Directive& inner : directive.body) {
    Result<Demand> demand = Demand{};
    if (inner.is_section && ContainerOf(inner.name.text)) {
      demand = ReadContainer(inner);
    } else if (!inner.is_section && SameLetters(inner.name.text, "Require") &&
               !inner.arguments.empty()) {
      demand = ReadDemand(inner);
    } else {
      return Refuse(inner.name,
                    "{} may not stand in <{}>: write Require lines there",
                    Shown(inner.name.text),
                    directive.name.text);
    }
    if (!demand) return demand.error();
    container.inner.push_back(*std::move(demand));
  }
  return container;
}

// AllowOverride Options=Indexes,MultiViews permits these and no others.
bool IsPermitted(std::string_view option, const Overrides& permitted) {
  if (!permitted.permitted_options) return true;
  const std::string list = "," + *permitted.permitted_options + ",";
  return list.find("," + base::Lowered(option) + ",") != std::string::npos;
}

void AddDemand(Demand demand, const Directive& directive, Scope& scope) {
  Setting<Access>& access = scope.path().access;
  if (!access) access = Written<Access>{{}, OriginOf(directive.name)};
  access->value.demand.inner.push_back(std::move(demand));
}

bool Names(std::string_view word, bool Overrides::*which, std::string_view name, Overrides& to) {
  if (!SameLetters(word, name)) return false;
  to.*which = true;
  return true;
}

}  // namespace

Result<void> OpenDirectory(const Directive& directive, Scope& scope) {
  if (const auto nested = RefuseNested(directive, scope); !nested) return nested.error();
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
  if (const auto nested = RefuseNested(directive, scope); !nested) return nested.error();
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
  if (const auto nested = RefuseNested(directive, scope); !nested) return nested.error();
  const Result<bool> by_regex = OpenByTilde(Kind::LocationMatch, directive, scope);
  if (!by_regex) return by_regex.error();
  if (*by_regex) return {};
  const std::string& pattern = directive.arguments.front().text;
  return Open({.kind = Kind::Location, .pattern = pattern, .is_glob = base::IsGlob(pattern)},
              directive,
              scope);
}

Result<void> OpenLocationMatch(const Directive& directive, Scope& scope) {
  if (const auto nested = RefuseNested(directive, scope); !nested) return nested.error();
  return OpenByRegex(Kind::LocationMatch, directive.arguments.front(), directive, scope);
}

Result<void> OpenIf(const Directive& directive, Scope& scope) {
  std::string expression;
  for (const Word& word : directive.arguments) {
    if (!expression.empty()) expression += ' ';
    expression += word.text;
  }
  if (!SameLetters(directive.name.text, "If")) expression = directive.name.text + " " + expression;
  return Open({.kind = Kind::If, .pattern = std::move(expression)}, directive, scope);
}

Result<void> SetRequire(const Directive& directive, Scope& scope) {
  Result<Demand> demand = ReadDemand(directive);
  if (!demand) return demand.error();
  AddDemand(*std::move(demand), directive, scope);
  return {};
}

Result<void> ReadRequireSection(const Directive& directive, Scope& scope) {
  Result<Demand> demand = ReadContainer(directive);
  if (!demand) return demand.error();
  AddDemand(*std::move(demand), directive, scope);
  return {};
}

// Order, Allow, Deny of Apache 2.2. Names of hosts are not looked up: not judged.
Result<void> SetOldAccess(const Directive& directive, Scope& scope) {
  const auto& words = directive.arguments;
  const std::string_view name = directive.name.text;
  if (SameLetters(name, "Satisfy")) return {};
  Setting<Access>& access = scope.path().access;
  if (!access) access = Written<Access>{{}, OriginOf(directive.name)};
  auto& old = access->value.old;
  if (!old) old.emplace();
  if (SameLetters(name, "Order")) {
    const bool denies_last = SameLetters(words[0].text, "allow,deny");
    if (!denies_last && !SameLetters(words[0].text, "deny,allow")) {
      return Refuse(words[0], "{}: write deny,allow or allow,deny", Shown(words[0].text));
    }
    old->allows_by_default = !denies_last;
    return {};
  }
  if (words.size() < 2 || !SameLetters(words[0].text, "from")) {
    return Refuse(directive.name, "write {} from all, or addresses", name);
  }
  auto& demands = SameLetters(name, "Allow") ? old->allowed : old->denied;
  for (size_t i = 1; i < words.size(); ++i) {
    if (SameLetters(words[i].text, "all")) {
      demands.push_back({.kind = Demand::Kind::AllGranted});
    } else if (words[i].text.starts_with("env=")) {
      demands.push_back({.kind = Demand::Kind::Variable, .arguments = {words[i].text.substr(4)}});
    } else {
      demands.push_back({.kind = Demand::Kind::Address, .arguments = {words[i].text}});
    }
  }
  return {};
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
      return Refuse(
          word, "{} is not one of Apache's options: correct or remove it", Shown(word.text));
    }
    if (scope.permitted && !IsPermitted(name, *scope.permitted)) {
      return Refuse(word, "the option {} is not allowed here", name);
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
