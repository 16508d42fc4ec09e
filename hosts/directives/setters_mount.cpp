#include <algorithm>
#include <array>

#include "hosts/directives/setters.h"

namespace hosts::directives {
namespace {

using base::Result;
using deployment::GroupName;
using Kind = GroupName::Kind;

AliasSettings& Declared(Scope& scope) {
  return scope.host().mounts.back();
}

template <typename T, Result<T> (*Read)(const Word&), Setting<T> RequestSettings::*member>
Result<void> SetForMount(const Option& option, Scope& scope) {
  const Result<T> value = Read(option.value);
  if (!value) return value.error();
  Declared(scope).request.*member = Written<T>{*value, OriginOf(option.word)};
  return {};
}

// EXP-9: on an alias the name is never expanded.
Result<std::string> ReadAsWritten(const Word& word) {
  return word.text;
}

constexpr std::array<OptionRow, 4> kRows = {{
    {.name = "process-group",
     .value = "name or %{GLOBAL}",
     .default_value = "WSGIProcessGroup",
     .meaning = "the process group that runs the script, whatever WSGIProcessGroup says",
     .rules = "CFG-52 CFG-53",
     .set = SetForMount<GroupName, ReadGroupName, &RequestSettings::process_group>},
    {.name = "application-group",
     .value = "name or %{GLOBAL}",
     .default_value = "WSGIApplicationGroup",
     .meaning = "the interpreter it runs in; with process-group, the script is loaded when "
                "processes start",
     .rules = "CFG-52 PRELOAD-1",
     .set = SetForMount<GroupName, ReadGroupName, &RequestSettings::application_group>},
    {.name = "callable-object",
     .value = "global name",
     .default_value = "WSGICallableObject",
     .meaning = "the callable in the script",
     .rules = "CFG-52 EXP-9",
     .set = SetForMount<std::string, ReadAsWritten, &RequestSettings::callable_object>},
    {.name = "pass-authorization",
     .value = "On or Off",
     .default_value = "WSGIPassAuthorization",
     .meaning = "whether the application sees the Authorization header",
     .rules = "CFG-52 ENV-5",
     .set = SetForMount<bool, ReadOnOff, &RequestSettings::pass_authorization>},
}};

Result<std::string> ReadUrl(const Word& word) {
  if (!word.text.starts_with('/')) {
    return Refuse(word, "the URL path {} must begin with /", Shown(word.text));
  }
  std::string url;
  for (const char c : word.text) {
    if (c != '/' || !url.ends_with('/')) url += c;  // LOAD-2: a run of slashes is one
  }
  return url;
}

// PRELOAD-1: both are written on the alias itself, and neither depends on the request.
bool IsPreloaded(const RequestSettings& options) {
  const auto is_fixed = [](const Setting<GroupName>& group) {
    if (!group) return false;
    const GroupName& name = group->value;
    return name.kind == Kind::Global ||
           (name.kind == Kind::Literal && name.literal.find("%{") == std::string::npos);
  };
  return is_fixed(options.process_group) && is_fixed(options.application_group);
}

// PRELOAD-4: a group that is preloaded into must stand above, within reach. Names of virtual hosts
// count as they are known at this line.
Result<void> CheckPreload(const Word& option, const std::string& name, const Scope& scope) {
  const auto& groups = scope.settings.process_groups;
  const auto named = [](const DeclaredGroup& declared) { return declared.group.name; };
  const auto found = std::ranges::find(groups, name, named);
  if (found == groups.end()) {
    return Refuse(option,
                  "the process group {} is not declared above this line, which preloads into it: "
                  "put its WSGIDaemonProcess before",
                  Shown(name));
  }
  if (found->host == Scope::kMainServer || found->host == scope.host_index) return {};
  const Setting<ServerName>& theirs = scope.settings.hosts[found->host].server_name;
  const Setting<ServerName>& ours = scope.host().server_name;
  if (theirs.has_value() != ours.has_value()) {
    return Refuse(option,
                  "the process group {} belongs to the virtual host of line {}, which cannot be "
                  "matched with this one: write ServerName in both, above this line",
                  Shown(name),
                  scope.settings.hosts[found->host].origin.line);
  }
  if (theirs && theirs->value.name != ours->value.name) {
    return Refuse(option,
                  "the process group {} belongs to the virtual host {}: declare it outside of "
                  "virtual hosts to use it here",
                  Shown(name),
                  Shown(theirs->value.name));
  }
  return {};
}

}  // namespace

std::span<const OptionRow> MountOptions() {
  return kRows;
}

Result<void> AddMount(const Directive& directive, Scope& scope) {
  const Result<std::string> url = ReadUrl(directive.arguments[0]);
  if (!url) return url.error();
  const auto target = ReadPath(directive.arguments[1], scope.settings.server_root);
  if (!target) return target.error();
  AliasSettings mount;
  mount.url = *url;
  mount.target = *target;
  mount.origin = OriginOf(directive.name);
  scope.host().mounts.push_back(std::move(mount));

  const Result<void> options = ApplyOptions(directive, 2, kRows, scope);
  if (!options) return options.error();
  AliasSettings& added = Declared(scope);
  added.preload = IsPreloaded(added.request);
  if (!added.preload) return {};
  const GroupName& group = added.request.process_group->value;
  if (group.kind == Kind::Global) return {};
  return CheckPreload(directive.name, group.literal, scope);
}

Result<std::string> ReadCallableObject(const Word& word) {
  if (word.text.starts_with("%{ENV:")) {
    return Refuse(word, "{} is not offered yet: write the name itself", Shown(word.text));
  }
  if (word.text.starts_with('%')) return std::string("application");
  return word.text;
}

}  // namespace hosts::directives
