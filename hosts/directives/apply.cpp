#include "hosts/directives/apply.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "hosts/base/letters.h"
#include "hosts/directives/arguments.h"
#include "hosts/directives/foreign_directives.h"
#include "hosts/directives/language.h"
#include "hosts/directives/setters.h"
#include "hosts/directives/table.h"

namespace hosts::directives {
namespace {

using base::Result;
using Form = DirectiveRow::Form;

// The place a directive stands in, as messages call it.
struct Place {
  std::string_view name;
  bool Contexts::*context;
};

constexpr std::array<Place, 3> kPlaces = {{{"the server's part of the file", &Contexts::server},
                                           {"<VirtualHost>", &Contexts::virtual_host},
                                           {"<Directory>", &Contexts::directory}}};

const Place& PlaceOf(const Scope& scope) {
  if (scope.is_in_section()) return kPlaces[2];
  return scope.host_index == Scope::kMainServer ? kPlaces[0] : kPlaces[1];
}

base::Error RefuseName(const Word& name) {
  std::vector<std::string_view> names = language::NamesOfTheLanguage();
  for (const DirectiveRow& row : DirectiveTable())
    names.push_back(row.name);
  for (const ForeignDirective& foreign : ForeignDirectives())
    names.push_back(foreign.name);
  const auto nearest = NearestName(name.text, names);
  if (!nearest) {
    return Refuse(name,
                  "unknown directive {}: neither Apache's modules nor mod_wsgi have it; remove it",
                  Shown(name.text));
  }
  return Refuse(name, "unknown directive {}: did you mean {}?", Shown(name.text), *nearest);
}

bool IsPermitted(const DirectiveRow& row, const deployment::Overrides& permitted) {
  if (row.allowed_in.override_file == Contexts::Override::None) return false;
  const auto& listed = permitted.directives;
  if (std::ranges::find(listed, base::Lowered(row.name)) != listed.end()) return true;
  switch (row.allowed_in.override_file) {
    case Contexts::Override::None:
      return false;
    case Contexts::Override::FileInfo:
      return permitted.file_info;
    case Contexts::Override::AuthConfig:
      return permitted.auth_config;
    case Contexts::Override::Options:
      return permitted.options;
    case Contexts::Override::Any:
      return true;
  }
  return false;
}

base::Error RefuseOverride(const DirectiveRow& row, const Word& name) {
  std::string_view needed;
  switch (row.allowed_in.override_file) {
    case Contexts::Override::FileInfo:
      needed = "FileInfo";
      break;
    case Contexts::Override::AuthConfig:
      needed = "AuthConfig";
      break;
    case Contexts::Override::Options:
      needed = "Options";
      break;
    case Contexts::Override::None:
    case Contexts::Override::Any:
      break;
  }
  if (needed.empty()) {
    return Refuse(
        name, "{} is not allowed here: it belongs in the server's configuration", row.name);
  }
  return Refuse(name,
                "{} is not allowed here: write AllowOverride {} in the server's configuration",
                row.name,
                needed);
}

Result<void> CheckPlace(const DirectiveRow& row, const Directive& directive, const Scope& scope) {
  if (scope.permitted) {
    if (IsPermitted(row, *scope.permitted)) return {};
    return RefuseOverride(row, directive.name);
  }
  const Place& here = PlaceOf(scope);
  if (row.allowed_in.*here.context) return {};
  std::string allowed;
  for (const Place& place : kPlaces) {
    if (!(row.allowed_in.*place.context)) continue;
    allowed += allowed.empty() ? "" : " or ";
    allowed += place.name;
  }
  return Refuse(
      directive.name, "{} is not allowed in {}: it belongs in {}", row.name, here.name, allowed);
}

std::string Usage(const DirectiveRow& row) {
  return row.form == Form::Section ? fmt::format("<{} {}>", row.name, row.arguments)
                                   : fmt::format("{} {}", row.name, row.arguments);
}

Result<void> CheckForm(const DirectiveRow& row, const Directive& directive) {
  const bool should_be_section = row.form == Form::Section;
  if (directive.is_section != should_be_section) {
    return Refuse(directive.name,
                  "{} is {}: write {}",
                  row.name,
                  should_be_section ? "a section" : "not a section",
                  Usage(row));
  }
  const size_t count = directive.arguments.size();
  if (count < row.fewest_arguments) {
    return Refuse(directive.name, "{} needs more: write {}", row.name, Usage(row));
  }
  if (count <= row.most_arguments) return {};
  const Word& excess = directive.arguments[row.most_arguments];
  if (excess.text.starts_with('#')) {
    return Refuse(excess, "a comment needs a line of its own");
  }
  return Refuse(
      excess, "{} is more than {} takes: write {}", Shown(excess.text), row.name, Usage(row));
}

// A directive of another module is kept and counted, with all that stands in it.
void CountForeign(const ForeignDirective& foreign, const Directive& directive, Scope& scope) {
  auto& uses = scope.settings.foreign;
  const auto found = std::ranges::find(uses, foreign.name, &deployment::ForeignUse::name);
  if (found != uses.end()) {
    ++found->count;
    return;
  }
  uses.push_back({.name = std::string(foreign.name),
                  .module = std::string(foreign.module),
                  .effect = std::string(foreign.effect),
                  .count = 1,
                  .first = OriginOf(directive.name)});
}

// Walks the tree.
class Walk {
 public:
  explicit Walk(const language::Document& document) : document_(document) {}

  [[nodiscard]] Result<void> Apply(const std::vector<Directive>& body, const Scope& outer) const {
    for (const Directive& directive : body) {
      Scope inside = outer;
      const Result<Then> understood = Understand(directive, inside);
      if (!understood) {
        return language::InChain(understood.error(), document_.inclusions, directive.inclusion);
      }
      if (*understood == Then::GoOn) continue;
      const Result<void> applied = Apply(directive.body, inside);
      if (!applied) return applied.error();
    }
    return {};
  }

 private:
  enum class Then { ReadBody, GoOn };

  static Result<Then> Understand(const Directive& directive, Scope& scope) {
    const DirectiveRow* row = FindDirective(directive.name.text);
    if (row == nullptr) {
      const ForeignDirective* foreign = FindForeignDirective(directive.name.text);
      if (foreign == nullptr) return RefuseName(directive.name);
      CountForeign(*foreign, directive, scope);
      return Then::GoOn;
    }
    if (const auto place = CheckPlace(*row, directive, scope); !place) {
      if (scope.permitted && scope.permitted->is_lenient) return Then::GoOn;
      return place.error();
    }
    if (const auto form = CheckForm(*row, directive); !form) return form.error();
    if (const auto set = row->set(directive, scope); !set) return set.error();
    if (row->support == Support::NotYet) {
      scope.settings.not_obeyed.push_back({std::string(row->name), {}, OriginOf(directive.name)});
    }
    return row->reads_body ? Then::GoOn : Then::ReadBody;
  }

  const language::Document& document_;
};

// Every virtual host has the server's mounts and sections besides its own: what that comes to is
// bounded, so that no file makes more of itself than fits.
Result<void> CheckSize(const Settings& settings) {
  constexpr size_t kMost = 1'000'000;
  const auto size_of = [](const HostSettings& host) {
    return host.mounts.size() + host.file_aliases.size() + host.sections.size() + 1;
  };
  const size_t of_server = size_of(settings.hosts.front());
  size_t total = 0;
  for (const HostSettings& host : settings.hosts) {
    total += std::max<size_t>(host.addresses.size(), 1) * (size_of(host) + of_server);
    if (total <= kMost) continue;
    return base::Error{
        base::ErrorKind::InvalidInput,
        fmt::format("the virtual hosts come to more than {} mounts and sections, with "
                    "the server's in each of them: is this the right file?",
                    kMost),
        base::SourcePosition{host.origin.file, host.origin.line}};
  }
  return {};
}

}  // namespace

Result<Settings> ApplyTable(const language::Document& document, const std::string& server_root) {
  Settings settings;
  settings.server_root = server_root;
  const Result<void> applied = Walk(document).Apply(document.tree, Scope{settings});
  if (!applied) return applied.error();
  if (const auto size = CheckSize(settings); !size) return size.error();
  if (const auto found = FindLogFormats(settings); !found) return found.error();
  return settings;
}

Result<deployment::OverrideFile> ApplyOverrideFile(const language::Document& document,
                                                   const deployment::Overrides& permitted) {
  Settings settings;
  deployment::OverrideFile file;
  Scope scope{settings};
  scope.permitted = permitted;
  scope.outermost = &file.settings;
  scope.sections = &file.sections;
  const Result<void> applied = Walk(document).Apply(document.tree, scope);
  if (!applied) return applied.error();
  return file;
}

}  // namespace hosts::directives
