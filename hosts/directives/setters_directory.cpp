#include <algorithm>
#include <array>

#include "hosts/directives/language.h"
#include "hosts/directives/setters.h"

namespace hosts::directives {
namespace {

using base::Result;

// What Options may say. All of it is about files that Apache serves itself, or about its own ways
// to scripts; none of it bears on a script reached by WSGIScriptAlias (LOAD-5).
constexpr std::array<std::string_view, 9> kOptions = {"None",
                                                      "All",
                                                      "ExecCGI",
                                                      "FollowSymLinks",
                                                      "SymLinksIfOwnerMatch",
                                                      "Includes",
                                                      "Indexes",
                                                      "IncludesNOEXEC",
                                                      "MultiViews"};

}  // namespace

Result<void> OpenDirectory(const Directive& directive, Scope& scope) {
  const Word& word = directive.arguments.front();
  if (word.text.find_first_of("*?[~") != std::string::npos) {
    return Refuse(word,
                  "{}: patterns of directories are not offered yet: write the path itself",
                  Shown(word.text));
  }
  const Result<std::filesystem::path> path = ReadPath(word, {});
  if (!path) return path.error();
  DirectorySettings section;
  section.path = path->string();
  if (section.path.size() > 1 && section.path.ends_with('/')) section.path.pop_back();
  section.where = directive.name.where;
  scope.host().directories.push_back(std::move(section));
  scope.is_in_directory = true;
  return {};
}

Result<void> SetRequire(const Directive& directive, Scope& scope) {
  const Word& what = directive.arguments[0];
  const Word& how = directive.arguments[1];
  const bool granted = SameName(how.text, "granted");
  if (!SameName(what.text, "all") || (!granted && !SameName(how.text, "denied"))) {
    return Refuse(what,
                  "Require {} {} is not offered: write Require all granted, or denied",
                  Shown(what.text),
                  Shown(how.text));
  }
  // Several Require lines of one section: one that grants is enough.
  std::optional<bool>& access = scope.host().directories.back().access_granted;
  access = access.value_or(false) || granted;
  return {};
}

Result<void> SetOptions(const Directive& directive, Scope& /*scope*/) {
  for (const Word& word : directive.arguments) {
    std::string_view name = word.text;
    if (name.starts_with('+') || name.starts_with('-')) name.remove_prefix(1);
    const bool is_known = std::ranges::any_of(
        kOptions, [&](std::string_view known) { return SameName(known, name); });
    if (!is_known) {
      return Refuse(
          word, "{} is not one of Apache's options: correct or remove it", Shown(word.text));
    }
  }
  return {};
}

Result<void> SetAllowOverride(const Directive& directive, Scope& /*scope*/) {
  const Word& what = directive.arguments.front();
  if (SameName(what.text, "none")) return {};
  return Refuse(what,
                "AllowOverride {} is not offered: .htaccess files are not read; write None",
                Shown(what.text));
}

}  // namespace hosts::directives
