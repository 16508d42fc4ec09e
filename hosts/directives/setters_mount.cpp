#include <algorithm>
#include <array>

#include "hosts/base/letters.h"
#include "hosts/directives/language.h"
#include "hosts/directives/setters.h"

namespace hosts::directives {
namespace {

using base::Result;
using deployment::CallableName;
using deployment::DispatchScript;
using deployment::FileAlias;
using deployment::GroupName;
using deployment::HandlerScript;
using deployment::Mount;
using deployment::PreloadedScript;
using Kind = GroupName::Kind;

// ---- WSGIScriptAlias ----

template <typename T, Result<T> (*Read)(const Word&), Setting<T> PathSettings::*member>
Result<void> SetForMount(const Option& option, Scope& scope) {
  const Result<T> value = Read(option.value);
  if (!value) return value.error();
  scope.host().mounts.back().options.*member = Written<T>{*value, OriginOf(option.word)};
  return {};
}

// EXP-9: on an alias the name is never expanded.
Result<CallableName> ReadAsWritten(const Word& word) {
  return CallableName{CallableName::Kind::Literal, word.text};
}

constexpr std::array<OptionRow, 4> kMountRows = {{
    {.name = "process-group",
     .value = "name or %{GLOBAL}",
     .default_value = "WSGIProcessGroup",
     .meaning = "the process group that runs the script, whatever WSGIProcessGroup says",
     .rules = "CFG-52 CFG-53",
     .set = SetForMount<GroupName, ReadGroupName, &PathSettings::process_group>},
    {.name = "application-group",
     .value = "name or %{GLOBAL}",
     .default_value = "WSGIApplicationGroup",
     .meaning = "the interpreter it runs in; with process-group, the script is loaded when "
                "processes start",
     .rules = "CFG-52 PRELOAD-1",
     .set = SetForMount<GroupName, ReadGroupName, &PathSettings::application_group>},
    {.name = "callable-object",
     .value = "global name",
     .default_value = "WSGICallableObject",
     .meaning = "the callable in the script",
     .rules = "CFG-52 EXP-9",
     .set = SetForMount<CallableName, ReadAsWritten, &PathSettings::callable_object>},
    {.name = "pass-authorization",
     .value = "On or Off",
     .default_value = "WSGIPassAuthorization",
     .meaning = "whether the application sees the Authorization header",
     .rules = "CFG-52 ENV-5",
     .set = SetForMount<bool, ReadOnOff, &PathSettings::pass_authorization>},
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

// Neither depends on the request (PRELOAD-1).
bool IsFixed(const GroupName& name) {
  return name.kind == Kind::Global ||
         (name.kind == Kind::Literal && name.literal.find("%{") == std::string::npos);
}

// PRELOAD-1: both are written on the alias itself, and a pattern's target has no $.
bool IsPreloaded(const Mount& mount) {
  const auto& process_group = mount.options.process_group;
  const auto& application_group = mount.options.application_group;
  return process_group && IsFixed(process_group->value) && application_group &&
         IsFixed(application_group->value) &&
         !(mount.pattern && mount.target.native().find('$') != std::string::npos);
}

// PRELOAD-4: a group that is preloaded into must stand above, within reach. Names of virtual hosts
// count as they are known at this line.
Result<void> CheckPreload(const Word& option, const std::string& name, const Scope& scope) {
  if (name.empty()) return {};
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

Result<void> AddAs(Mount mount, const Directive& directive, Scope& scope) {
  // Unlike other paths, a relative one does not begin at ServerRoot.
  const auto target = ReadPath(directive.arguments[1], "/");
  if (!target) return target.error();
  if (const auto room = CheckRoom(scope.host().mounts, directive); !room) return room.error();
  mount.target = *target;
  mount.origin = OriginOf(directive.name);
  scope.host().mounts.push_back(std::move(mount));
  const Result<void> options = ApplyOptions(directive, 2, kMountRows, scope);
  if (!options) return options.error();
  Mount& added = scope.host().mounts.back();
  added.preload = IsPreloaded(added);
  if (!added.preload) return {};
  scope.settings.preloads.push_back(
      {.process_group = added.options.process_group->value.literal,
       .application_group = added.options.application_group->value.literal,
       .script = added.target.string(),
       .origin = added.origin});
  return CheckPreload(directive.name, scope.settings.preloads.back().process_group, scope);
}

Result<void> AddAs(FileAlias alias, const Directive& directive, Scope& scope) {
  const auto target = ReadPath(directive.arguments.back(), scope.settings.server_root);
  if (!target) return target.error();
  if (const auto room = CheckRoom(scope.host().file_aliases, directive); !room) return room.error();
  alias.target = target->string();
  alias.origin = OriginOf(directive.name);
  scope.host().file_aliases.push_back(std::move(alias));
  return {};
}

// ---- WSGIImportScript ----

template <std::string PreloadedScript::*member>
Result<void> SetForImport(const Option& option, Scope& scope) {
  const bool is_global = option.value.text == "%{GLOBAL}";  // EXP-9: no other token is expanded
  scope.settings.preloads.back().*member = is_global ? std::string() : option.value.text;
  return {};
}

constexpr std::array<OptionRow, 2> kImportRows = {{
    {.name = "process-group",
     .value = "name or %{GLOBAL}",
     .meaning = "the processes that load the script when they start; must be given",
     .rules = "PRELOAD-3 PRELOAD-4",
     .set = SetForImport<&PreloadedScript::process_group>},
    {.name = "application-group",
     .value = "name or %{GLOBAL}",
     .meaning = "the interpreter it is loaded into; must be given",
     .rules = "PRELOAD-3",
     .set = SetForImport<&PreloadedScript::application_group>},
}};

// ---- WSGIHandlerScript ----

HandlerScript& LastHandler(Scope& scope) {
  return scope.path().handler_scripts.at(*scope.handler).value;
}

Result<void> SetHandlerProcessGroup(const Option& option, Scope& scope) {
  const Result<GroupName> name = ReadGroupName(option.value);
  if (!name) return name.error();
  LastHandler(scope).process_group = *name;
  return {};
}

Result<void> SetHandlerApplicationGroup(const Option& option, Scope& scope) {
  const Result<GroupName> name = ReadGroupName(option.value);
  if (!name) return name.error();
  LastHandler(scope).application_group = *name;
  return {};
}

Result<void> SetHandlerAuthorization(const Option& option, Scope& scope) {
  const Result<bool> on = ReadOnOff(option.value);
  if (!on) return on.error();
  LastHandler(scope).pass_authorization = *on;
  return {};
}

constexpr std::array<OptionRow, 3> kHandlerRows = {{
    {.name = "process-group",
     .value = "name or %{GLOBAL}",
     .default_value = "WSGIProcessGroup",
     .meaning = "the process group that runs the script",
     .rules = "CFG-56",
     .set = SetHandlerProcessGroup},
    {.name = "application-group",
     .value = "name or %{GLOBAL}",
     .default_value = "WSGIApplicationGroup",
     .meaning = "the interpreter it runs in",
     .rules = "CFG-56",
     .set = SetHandlerApplicationGroup},
    {.name = "pass-authorization",
     .value = "On or Off",
     .default_value = "WSGIPassAuthorization",
     .meaning = "whether it sees the Authorization header",
     .rules = "CFG-56 ENV-5",
     .set = SetHandlerAuthorization},
}};

// ---- WSGIDispatchScript ----

Result<void> SetDispatchGroup(const Option& option, Scope& scope) {
  const Result<GroupName> name = ReadGroupName(option.value);
  if (!name) return name.error();
  scope.path().dispatch_script->value.application_group = *name;
  return {};
}

constexpr std::array<OptionRow, 1> kDispatchRows = {{
    {.name = "application-group",
     .value = "name or %{GLOBAL}",
     .default_value = "%{GLOBAL}",
     .meaning = "the interpreter of the server's process that the script runs in",
     .rules = "LOAD-20 EXP-9",
     .set = SetDispatchGroup},
}};

}  // namespace

std::span<const OptionRow> MountOptions() {
  return kMountRows;
}
std::span<const OptionRow> ImportOptions() {
  return kImportRows;
}
std::span<const OptionRow> HandlerScriptOptions() {
  return kHandlerRows;
}
std::span<const OptionRow> DispatchOptions() {
  return kDispatchRows;
}

Result<void> AddMount(const Directive& directive, Scope& scope) {
  const Result<std::string> url = ReadUrl(directive.arguments[0]);
  if (!url) return url.error();
  Mount mount;
  mount.url = *url;
  return AddAs(std::move(mount), directive, scope);
}

Result<void> AddMountByPattern(const Directive& directive, Scope& scope) {
  const Result<base::Regex> regex = ReadRegex(directive.arguments[0], scope);
  if (!regex) return regex.error();
  Mount mount;
  mount.url = directive.arguments[0].text;
  mount.pattern = *regex;
  return AddAs(std::move(mount), directive, scope);
}

// <Location /url> Alias FILE </Location> is Alias /url FILE.
Result<void> AddAliasOfLocation(const Directive& directive, Scope& scope) {
  const auto& conditions = (*scope.sections)[*scope.section].conditions;
  const deployment::Condition& location = conditions.front();
  const bool is_location =
      conditions.size() == 1 && (location.kind == deployment::Condition::Kind::Location ||
                                 location.kind == deployment::Condition::Kind::LocationMatch);
  if (!is_location || directive.arguments.size() != 1) {
    return Refuse(directive.name,
                  "Alias is not allowed here: it belongs in the server's part of the file, in "
                  "<VirtualHost>, or with the file alone in <Location>");
  }
  return AddAs(
      FileAlias{.url = location.pattern, .pattern = location.regex, .target = {}, .origin = {}},
      directive,
      scope);
}

Result<void> AddFileAlias(const Directive& directive, Scope& scope) {
  if (scope.is_in_section()) return AddAliasOfLocation(directive, scope);
  if (directive.arguments.size() != 2) {
    return Refuse(directive.name, "Alias needs more: write Alias URL-PATH FILE-OR-DIRECTORY");
  }
  const Result<std::string> url = ReadUrl(directive.arguments[0]);
  if (!url) return url.error();
  return AddAs(FileAlias{.url = *url, .pattern = {}, .target = {}, .origin = {}}, directive, scope);
}

Result<void> AddFileAliasByPattern(const Directive& directive, Scope& scope) {
  const Result<base::Regex> regex = ReadRegex(directive.arguments[0], scope);
  if (!regex) return regex.error();
  return AddAs(
      FileAlias{.url = directive.arguments[0].text, .pattern = *regex, .target = {}, .origin = {}},
      directive,
      scope);
}

Result<void> AddImportScript(const Directive& directive, Scope& scope) {
  const auto script = ReadPath(directive.arguments[0], scope.settings.server_root);
  if (!script) return script.error();
  if (const auto room = CheckRoom(scope.settings.preloads, directive); !room) return room.error();
  scope.settings.preloads.push_back(
      {.script = script->string(), .is_import = true, .origin = OriginOf(directive.name)});
  for (const OptionRow& row : kImportRows) {
    const bool is_given = std::ranges::any_of(directive.arguments, [&row](const Word& word) {
      return word.text.starts_with(std::string(row.name) + "=");
    });
    if (!is_given) {
      return Refuse(
          directive.name, "WSGIImportScript needs {0}=: add {0}=%{{GLOBAL}}, or a name", row.name);
    }
  }
  const Result<void> options = ApplyOptions(directive, 1, kImportRows, scope);
  if (!options) return options.error();
  return CheckPreload(directive.name, scope.settings.preloads.back().process_group, scope);
}

Result<void> AddHandlerScript(const Directive& directive, Scope& scope) {
  const auto script = ReadPath(directive.arguments[1], scope.settings.server_root);
  if (!script) return script.error();
  const std::string name = base::Lowered(directive.arguments[0].text);
  const auto room = CheckRoom(scope.path().handler_scripts, directive);
  if (!room) return room.error();
  scope.path().handler_scripts[name] = {HandlerScript{.script = script->string()},
                                        OriginOf(directive.name)};
  scope.handler = name;
  return ApplyOptions(directive, 2, kHandlerRows, scope);
}

Result<void> SetDispatchScript(const Directive& directive, Scope& scope) {
  const auto script = ReadPath(directive.arguments[0], scope.settings.server_root);
  if (!script) return script.error();
  scope.path().dispatch_script =
      Written<DispatchScript>{{script->string(), {}}, OriginOf(directive.name)};
  return ApplyOptions(directive, 1, kDispatchRows, scope);
}

Result<CallableName> ReadCallableObject(const Word& word) {
  return deployment::ParseCallableName(word.text);
}

Result<deployment::HeadMapping> ReadHeadMapping(const Word& word) {
  using deployment::HeadMapping;
  if (SameLetters(word.text, "auto")) return HeadMapping::Auto;
  const Result<bool> on = ReadOnOff(word);
  if (!on) return Refuse(word, "{} is not On, Off or Auto", Shown(word.text));
  return *on ? HeadMapping::On : HeadMapping::Off;
}

Result<void> SetRestrictProcess(const Directive& directive, Scope& scope) {
  std::vector<std::string> permitted;
  for (const Word& word : directive.arguments)
    permitted.push_back(word.text == "%{GLOBAL}" ? std::string() : word.text);
  scope.path().restrict_process =
      Written<std::vector<std::string>>{std::move(permitted), OriginOf(directive.name)};
  return {};
}

namespace {}  // namespace

// CFG-55: repeated in one scope, they add up.
Result<void> AddTrustedProxies(const Directive& directive, Scope& scope) {
  auto& proxies = scope.path().trusted_proxies;
  for (const Word& word : directive.arguments) {
    const auto network = base::Network::Parse(word.text);
    if (!network) {
      return Refuse(word,
                    "{} is no address and no network: write 10.1.2.3, 10.0.0.0/8 or 2001:db8::/32",
                    Shown(word.text));
    }
    if (!proxies) proxies = Written<deployment::TrustedProxies>{{}, OriginOf(directive.name)};
    proxies->value.written.push_back(word.text);
    proxies->value.networks.push_back(*network);
  }
  return {};
}

Result<void> AddTrustedProxyHeaders(const Directive& directive, Scope& scope) {
  auto& headers = scope.path().trusted_proxy_headers;
  if (!headers) headers = Written<std::vector<std::string>>{{}, OriginOf(directive.name)};
  for (const Word& word : directive.arguments)
    headers->value.push_back(word.text);
  return {};
}

}  // namespace hosts::directives
