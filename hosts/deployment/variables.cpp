#include "hosts/deployment/variables.h"

#include <algorithm>
#include <unordered_map>

#include "hosts/base/letters.h"
#include "hosts/deployment/request_values.h"

namespace hosts::deployment {

namespace {

using base::SameLetters;

// The variables in the order in which they were first set, found by name at once: a request may have
// as many as a configuration has lines.
class Made {
 public:
  void Set(const std::string& name, std::string value) {
    const auto [place, is_new] = places_.try_emplace(name, list_.size());
    if (is_new) {
      list_.emplace_back(std::in_place, name, std::move(value));
    } else {
      list_[place->second]->second = std::move(value);
    }
  }

  void Unset(const std::string& name) {
    const auto place = places_.find(name);
    if (place == places_.end()) return;
    list_[place->second].reset();
    places_.erase(place);
  }

  [[nodiscard]] std::string_view ValueOf(const std::string& name) const {
    const auto place = places_.find(name);
    return place == places_.end() ? std::string_view() : list_[place->second]->second;
  }

  [[nodiscard]] Variables list() const {
    Variables variables;
    for (const auto& variable : list_) {
      if (variable) variables.push_back(*variable);
    }
    return variables;
  }

 private:
  std::vector<std::optional<Variables::value_type>> list_;  // nullopt: unset again
  std::unordered_map<std::string, size_t> places_;
};

// The attribute may be a pattern of header names; then the first header that fits counts.
std::optional<std::string_view> HeaderOf(const VariableChange& change,
                                         const RequestAddress& request) {
  if (!request.header) return std::nullopt;
  return request.header([&change](std::string_view name) {
    return change.attribute_pattern ? change.attribute_pattern->Fits(name)
                                    : SameLetters(change.attribute, name);
  });
}

// What SetEnvIf looks at: a property of the request, a header, or a variable set before.
std::string_view AttributeOf(const VariableChange& change,
                             const RequestAddress& request,
                             const Made& variables) {
  const std::string& name = change.attribute;
  if (SameLetters(name, "Request_URI")) return request.path;
  if (SameLetters(name, "Request_Method")) return request.method;
  if (SameLetters(name, "Request_Protocol")) return request.protocol;
  if (SameLetters(name, "Remote_Addr")) return request.remote_address;
  if (SameLetters(name, "Server_Addr")) return request.local_address;
  if (const auto header = HeaderOf(change, request)) return *header;
  return variables.ValueOf(name);
}

// Its condition's captures; nullopt: it does not hold. Expressions see the variables set before.
std::optional<std::vector<std::string>> Captures(const VariableChange& change,
                                                 const RequestAddress& request,
                                                 RequestValues& values,
                                                 const Made& variables) {
  if (change.expression) {
    values.SetVariables([&variables] { return variables.list(); });
    expressions::Judged judged = change.expression->Judge(values);
    return judged.holds ? std::optional(std::move(judged.captures)) : std::nullopt;
  }
  const auto captures = change.pattern->Match(AttributeOf(change, request, variables));
  if (!captures) return std::nullopt;
  return std::vector<std::string>(captures->begin(), captures->end());
}

void ApplyIf(const VariableChange& change,
             const RequestAddress& request,
             RequestValues& values,
             Made& variables) {
  const auto captured = Captures(change, request, values, variables);
  if (!captured) return;
  const base::Regex::Captures captures(captured->begin(), captured->end());
  if (change.kind == VariableChange::Kind::UnsetIf) {
    variables.Unset(change.name);
  } else {
    variables.Set(change.name, base::Substitute(change.value, captures));
  }
}

void Apply(const VariableChange& change, Surroundings& surroundings, Made& variables) {
  switch (change.kind) {
    case VariableChange::Kind::Set:
      variables.Set(change.name, change.value);
      return;
    case VariableChange::Kind::Unset:
      variables.Unset(change.name);
      return;
    case VariableChange::Kind::Pass:
      if (auto value = surroundings.Variable(change.name)) {
        variables.Set(change.name, *std::move(value));
      }
      return;
    case VariableChange::Kind::SetIf:
    case VariableChange::Kind::UnsetIf:
      return;
  }
}

}  // namespace

Variables VariablesOf(const std::vector<const VariableChange*>& changes,
                      const RequestAddress& request,
                      Surroundings& surroundings,
                      RequestValues& values) {
  Made variables;
  for (const VariableChange* change : changes)
    Apply(*change, surroundings, variables);
  bool was_judged = false;
  for (const VariableChange* change : changes) {
    if (change->is_conditional()) ApplyIf(*change, request, values, variables);
    was_judged = was_judged || change->expression;
  }
  Variables all = variables.list();
  if (was_judged) values.SetVariables(all);  // no longer those that are being made
  return all;
}

Variables EarlyVariablesOf(std::vector<const VariableChange*> changes,
                           const RequestAddress& request,
                           Surroundings& surroundings,
                           RequestValues& values) {
  std::erase_if(changes, [](const auto* change) { return !change->is_conditional(); });
  return VariablesOf(changes, request, surroundings, values);
}

}  // namespace hosts::deployment
