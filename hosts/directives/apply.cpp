#include "hosts/directives/apply.h"

#include <algorithm>
#include <array>
#include <string>

#include "hosts/directives/language.h"
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
  if (scope.is_in_directory) return kPlaces[2];
  return scope.host_index == Scope::kMainServer ? kPlaces[0] : kPlaces[1];
}

base::Error RefuseName(const Word& name) {
  const auto known = DirectivesNotOffered();
  const auto not_offered = std::ranges::find_if(
      known, [&name](std::string_view candidate) { return SameName(candidate, name.text); });
  if (not_offered != known.end()) {
    return Refuse(name, "known directive, not offered yet: {}: remove it", *not_offered);
  }
  std::vector<std::string_view> names;
  for (const DirectiveRow& row : DirectiveTable()) {
    names.push_back(row.name);
  }
  const auto nearest = NearestName(name.text, names);
  if (!nearest) return Refuse(name, "unknown directive {}: remove it", Shown(name.text));
  return Refuse(name, "unknown directive {}: did you mean {}?", Shown(name.text), *nearest);
}

Result<void> CheckPlace(const DirectiveRow& row, const Directive& directive, const Scope& scope) {
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

// Walks the tree.
class Walk {
 public:
  explicit Walk(const language::Document& document) : document_(document) {}

  [[nodiscard]] Result<void> Apply(const std::vector<Directive>& body, const Scope& outer) const {
    for (const Directive& directive : body) {
      Scope inside = outer;
      const Result<void> understood = Understand(directive, inside);
      if (!understood) {
        return language::InChain(understood.error(), document_.inclusions, directive.inclusion);
      }
      const Result<void> applied = Apply(directive.body, inside);
      if (!applied) return applied.error();
    }
    return {};
  }

 private:
  static Result<void> Understand(const Directive& directive, Scope& scope) {
    const DirectiveRow* row = FindDirective(directive.name.text);
    if (row == nullptr) return RefuseName(directive.name);
    if (const auto place = CheckPlace(*row, directive, scope); !place) return place.error();
    if (const auto form = CheckForm(*row, directive); !form) return form.error();
    return row->set(directive, scope);
  }

  const language::Document& document_;
};

}  // namespace

Result<Settings> ApplyTable(const language::Document& document) {
  Settings settings;
  const Result<void> applied = Walk(document).Apply(document.tree, Scope{settings});
  if (!applied) return applied.error();
  return settings;
}

}  // namespace hosts::directives
