#include "hosts/deployment/variables.h"

#include <algorithm>

#include "hosts/base/letters.h"
#include "hosts/deployment/request_values.h"

namespace hosts::deployment {

namespace {

using base::SameLetters;

void Set(Variables& variables, const std::string& name, std::string value) {
  const auto found =
      std::ranges::find(variables, name, &std::pair<std::string, std::string>::first);
  if (found == variables.end()) {
    variables.emplace_back(name, std::move(value));
  } else {
    found->second = std::move(value);
  }
}

void Unset(Variables& variables, const std::string& name) {
  std::erase_if(variables, [&name](const auto& variable) { return variable.first == name; });
}

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
                             const Variables& variables) {
  const std::string& name = change.attribute;
  if (SameLetters(name, "Request_URI")) return request.path;
  if (SameLetters(name, "Request_Method")) return request.method;
  if (SameLetters(name, "Request_Protocol")) return request.protocol;
  if (SameLetters(name, "Remote_Addr")) return request.remote_address;
  if (SameLetters(name, "Server_Addr")) return request.local_address;
  if (const auto header = HeaderOf(change, request)) return *header;
  const auto found =
      std::ranges::find(variables, name, &std::pair<std::string, std::string>::first);
  return found == variables.end() ? std::string_view() : std::string_view(found->second);
}

// Its condition's captures; nullopt: it does not hold. Expressions see the variables set before.
std::optional<std::vector<std::string>> Captures(const VariableChange& change,
                                                 const RequestAddress& request,
                                                 RequestValues& values,
                                                 const Variables& variables) {
  if (change.expression) {
    values.SetVariables(variables);
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
             Variables& variables) {
  const auto captured = Captures(change, request, values, variables);
  if (!captured) return;
  const base::Regex::Captures captures(captured->begin(), captured->end());
  if (change.kind == VariableChange::Kind::UnsetIf) {
    Unset(variables, change.name);
  } else {
    Set(variables, change.name, base::Substitute(change.value, captures));
  }
}

void Apply(const VariableChange& change, Surroundings& surroundings, Variables& variables) {
  switch (change.kind) {
    case VariableChange::Kind::Set:
      Set(variables, change.name, change.value);
      return;
    case VariableChange::Kind::Unset:
      Unset(variables, change.name);
      return;
    case VariableChange::Kind::Pass:
      if (auto value = surroundings.Variable(change.name)) {
        Set(variables, change.name, *std::move(value));
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
  Variables variables;
  for (const VariableChange* change : changes)
    Apply(*change, surroundings, variables);
  for (const VariableChange* change : changes) {
    if (change->is_conditional()) ApplyIf(*change, request, values, variables);
  }
  return variables;
}

Variables EarlyVariablesOf(std::vector<const VariableChange*> changes,
                           const RequestAddress& request,
                           Surroundings& surroundings,
                           RequestValues& values) {
  std::erase_if(changes, [](const auto* change) { return !change->is_conditional(); });
  return VariablesOf(changes, request, surroundings, values);
}

}  // namespace hosts::deployment
