#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "hosts/base/letters.h"
#include "hosts/explain/advise.h"
#include "hosts/explain/django_script.h"
#include "hosts/explain/writing.h"

namespace hosts::explain {

namespace {

using deployment::GroupName;
using deployment::Mount;
using deployment::ProcessGroup;
using deployment::RefusalReason;
using deployment::Route;
using deployment::VirtualHost;

std::vector<std::string> NamesOf(const deployment::Deployment& deployment,
                                 const VirtualHost* reachable_from) {
  std::vector<std::string> names;
  for (const ProcessGroup& group : deployment.process_groups) {
    if (reachable_from == nullptr || deployment::MayUse(*reachable_from, group)) {
      names.push_back(group.name);
    }
  }
  return names;
}

// ERR-13: a name that nobody declared.
void AdviseUnknown(const AdviceContext& context, const UrlExplanation& explained) {
  if (explained.routing.reason != RefusalReason::UnknownGroup || explained.status == 0) return;
  const Route& route = explained.routing.route;
  const auto names = NamesOf(context.deployment, route.virtual_host);
  Advice advice{.id = "group-unknown",
                .weight = Advice::Weight::Mistake,
                .rule = "ERR-13",
                .text = fmt::format("every request to {} is answered 500: no WSGIDaemonProcess "
                                    "declares the process group '{}'",
                                    explained.url,
                                    route.process_group),
                .write = fmt::format("WSGIDaemonProcess {}", AsWord(route.process_group)),
                .evidence = {explained.Find("process_group")->origin}};
  if (!names.empty()) {
    advice.text += fmt::format("; declared are {}", fmt::join(names, ", "));
  }
  context.Add(std::move(advice));
}

// ERR-14: declared, in another virtual host.
void AdviseUnreachable(const AdviceContext& context, const UrlExplanation& explained) {
  if (explained.routing.reason != RefusalReason::GroupNotReachable || explained.status == 0) return;
  const Route& route = explained.routing.route;
  const ProcessGroup* group = deployment::FindProcessGroup(context.deployment, route.process_group);
  context.Add(
      {.id = "group-not-reachable",
       .weight = Advice::Weight::Mistake,
       .rule = "ERR-14 DAEMON-7",
       .text = fmt::format(
           "every request to {} is answered 500: the process group '{}' was declared "
           "inside the virtual host '{}' and serves only hosts of that ServerName; move its "
           "WSGIDaemonProcess out of the <VirtualHost>",
           explained.url,
           group->name,
           group->server_name.value_or("")),
       .write = fmt::format("WSGIDaemonProcess {}", AsWord(group->name)),
       .evidence = {explained.Find("process_group")->origin, group->origin}});
}

// The group that a mount is told to run in: one of its name, else one that is free; empty: all are
// taken.
std::string FreeGroup(const std::vector<std::string>& names,
                      const Mount& mount,
                      const std::set<std::string>& taken) {
  std::string free;
  for (const std::string& name : names) {
    if (taken.contains(name)) continue;
    if (mount.url.ends_with("/" + name)) return name;
    if (free.empty()) free = name;
  }
  return free;
}

// A group is there for the site, and the mount runs in the server.
void AdviseEmbedded(const AdviceContext& context,
                    const UrlExplanation& explained,
                    std::set<std::string>& taken) {
  const Route& route = explained.routing.route;
  if (!route.process_group.empty() || route.mount == nullptr) return;
  if (route.process_group_setting != nullptr) return;  // somebody chose it
  if (route.dispatch_script != nullptr) return;        // or will
  const auto names = NamesOf(context.deployment, route.virtual_host);
  if (names.empty()) return;
  const std::string free = FreeGroup(names, *route.mount, taken);
  const std::string& name = free.empty() ? names.front() : free;
  taken.insert(name);
  const bool is_forbidden =
      explained.status != 0 && explained.routing.reason == RefusalReason::EmbeddedForbidden;
  context.Add({.id = "daemon-declared-served-embedded",
               .weight = is_forbidden ? Advice::Weight::Mistake : Advice::Weight::Warning,
               .rule = is_forbidden ? "CFG-13 RESTRICT-1" : "CFG-13",
               .text = fmt::format(
                   "{} {}, though the process group{} {} declared: nothing assigns it",
                   explained.url,
                   is_forbidden ? "would run embedded, which WSGIRestrictEmbedded forbids"
                                : "runs embedded in the server's own processes",
                   names.size() == 1 ? "" : "s",
                   fmt::format("{} {}", fmt::join(names, ", "), names.size() == 1 ? "is" : "are")),
               // The main interpreter only where no other script has it.
               .write = AsAlias(*route.mount,
                                name,
                                free.empty() || route.application_group_setting != nullptr
                                    ? route.application_group
                                    : std::string()),
               .evidence = {route.mount->origin,
                            deployment::FindProcessGroup(context.deployment, name)->origin}});
}

// INTERP-3: nobody chose the interpreter.
void AdviseSubInterpreter(const AdviceContext& context, const UrlExplanation& explained) {
  const Route& route = explained.routing.route;
  if (route.script.empty() || route.application_group_setting != nullptr) return;
  if (route.handler_script != nullptr && route.handler_script->value.application_group) return;
  if (route.mount == nullptr) return;
  Advice advice{.id = "sub-interpreter-by-default",
                .weight = Advice::Weight::Warning,
                .rule = "EXP-4 INTERP-3",
                .text = fmt::format("{} runs in the sub-interpreter '{}' because nothing says "
                                    "otherwise; extension modules that do not support "
                                    "sub-interpreters (numpy and others) fail or hang there; ",
                                    explained.url,
                                    route.application_group),
                .write = {},
                .evidence = {route.mount->origin}};
  const bool is_unassigned = route.process_group.empty() &&
                             route.process_group_setting == nullptr &&
                             !NamesOf(context.deployment, route.virtual_host).empty();
  if (is_unassigned) {
    // What to write is said with "daemon-declared-served-embedded".
    advice.text += "alone in a process group it can have the main interpreter";
  } else if (context.IsAlone(explained)) {
    advice.text +=
        "no other script runs in its processes, so that it can have the main interpreter";
    advice.write = "WSGIApplicationGroup %{GLOBAL}";
  } else {
    advice.text +=
        "other scripts run in the same processes: in a process group of its own it can "
        "have the main interpreter";
    const std::string own = NewGroupFor(context.deployment, *route.virtual_host, *route.mount);
    advice.write =
        fmt::format("WSGIDaemonProcess {}\n{}", AsWord(own), AsAlias(*route.mount, own, {}));
  }
  context.Add(std::move(advice));
}

// EXP-5, EXP-6: the client's Host header makes interpreters.
void AdviseClientsNames(const AdviceContext& context, const UrlExplanation& explained) {
  const Route& route = explained.routing.route;
  const auto* setting = route.application_group_setting;
  if (route.script.empty() || setting == nullptr) return;
  if (setting->value.kind != GroupName::Kind::Host) return;
  context.Add({.id = "interpreters-by-client",
               .weight = Advice::Weight::Warning,
               .rule = "EXP-5 EXP-6",
               .text = fmt::format("each name that a client writes into its Host header makes a "
                                   "new interpreter for {}, which stays until the process ends",
                                   explained.url),
               .write = "WSGIApplicationGroup %{GLOBAL}",
               .evidence = {setting->origin}});
}

// The same with mod_wsgi's own default, which this engine mends (hosts/deviations.md).
void AdviseDefaultNames(const AdviceContext& context) {
  const bool is_canonical =
      std::ranges::any_of(context.deployment.server.options, [](const auto& option) {
        return base::SameLetters(option.name, "UseCanonicalName") &&
               base::SameLetters(option.value, "On");
      });
  if (is_canonical) return;
  std::vector<std::string> urls;
  std::vector<deployment::Origin> evidence;
  for (const UrlExplanation& explained : context.mounts) {
    const Route& route = explained.routing.route;
    if (route.script.empty() || route.mount == nullptr) continue;
    const auto* setting = route.application_group_setting;
    const bool is_default = setting == nullptr;
    const bool has_port = !is_default && (setting->value.kind == GroupName::Kind::Resource ||
                                          setting->value.kind == GroupName::Kind::Server);
    if (!is_default && !has_port) continue;
    urls.push_back(explained.url);
    evidence.push_back(is_default ? route.mount->origin : setting->origin);
  }
  if (urls.empty()) return;
  context.Add({.id = "interpreters-by-port",
               .weight = Advice::Weight::Hint,
               .rule = "EXP-6",
               .text = fmt::format(
                   "under mod_wsgi the interpreter's name contains the port that the client writes "
                   "into its Host header, so that anybody can make it create interpreters for {}; "
                   "this engine takes the configured port",
                   fmt::join(urls, ", ")),
               .write = "UseCanonicalName On",
               .evidence = {evidence.front()}});
}

// Of the scripts two are of different projects, as far as they say.
bool HasTwoProjects(const std::vector<const UrlExplanation*>& scripts) {
  std::set<std::string> projects;
  for (const UrlExplanation* one : scripts) {
    if (IsDjango(one->script)) projects.insert(ProjectOf(one->script));
  }
  return projects.size() > 1;
}

// Django keeps its settings once an interpreter: two projects in one are one project.
void AdviseSharedInterpreter(const AdviceContext& context) {
  std::map<std::pair<std::string, std::string>, std::vector<const UrlExplanation*>> by_interpreter;
  for (const UrlExplanation& explained : context.mounts) {
    const Route& route = explained.routing.route;
    if (route.script.empty() || route.mount == nullptr || explained.status != 0) continue;
    auto& together = by_interpreter[{route.process_group, route.application_group}];
    const bool is_known = std::ranges::any_of(
        together, [&](const UrlExplanation* other) { return other->script == explained.script; });
    if (!is_known) together.push_back(&explained);
  }
  for (const auto& [where, together] : by_interpreter) {
    if (together.size() < 2) continue;
    const bool are_django = HasTwoProjects(together);
    std::vector<std::string> scripts;
    std::vector<deployment::Origin> evidence;
    for (const UrlExplanation* one : together) {
      const std::string settings = SettingsModuleOf(one->script);
      scripts.push_back(settings.empty() ? one->script
                                         : fmt::format("{} ({})", one->script, settings));
      evidence.push_back(one->routing.route.mount->origin);
    }
    const Route& last = together.back()->routing.route;
    const std::string own = NewGroupFor(context.deployment, *last.virtual_host, *last.mount);
    context.Add(
        {.id = are_django ? "django-projects-share-interpreter" : "scripts-share-interpreter",
         .weight = are_django ? Advice::Weight::Mistake : Advice::Weight::Hint,
         .rule = "INTERP-4",
         .text = fmt::format(
             "{} run in one interpreter ({}, {}): modules, sys.path and settings are "
             "shared{}",
             fmt::join(scripts, " and "),
             where.first.empty() ? "embedded" : "process group '" + where.first + "'",
             where.second.empty() ? "the main one" : "'" + where.second + "'",
             are_django ? "; the Django project that is loaded first gives its settings to "
                          "the other"
                        : ""),
         .write =
             fmt::format("WSGIDaemonProcess {}\n{}", AsWord(own), AsAlias(*last.mount, own, {})),
         .evidence = std::move(evidence)});
  }
}

// Declared, and nothing can get there.
void AdviseUnused(const AdviceContext& context) {
  std::set<std::string> used;
  bool depends_on_requests = false;
  const auto note = [&](const GroupName& name) {
    if (name.kind == GroupName::Kind::Literal) used.insert(name.literal);
    if (name.kind != GroupName::Kind::Literal && name.kind != GroupName::Kind::Global) {
      depends_on_requests = true;
    }
  };
  const auto note_settings = [&](const deployment::PathSettings& settings) {
    if (settings.process_group) note(settings.process_group->value);
    if (settings.dispatch_script) depends_on_requests = true;
    for (const auto& [name, handler] : settings.handler_scripts) {
      if (handler.value.process_group) note(*handler.value.process_group);
    }
  };
  for (const VirtualHost& host : context.deployment.virtual_hosts) {
    for (const auto& layer : host.layers)
      note_settings(layer);
    for (const auto& section : host.sections)
      note_settings(section.settings);
    for (const Mount& mount : host.mounts)
      note_settings(mount.options);
    if (host.may_have_override_files) depends_on_requests = true;
  }
  for (const auto& preloaded : context.deployment.preloads)
    used.insert(preloaded.process_group);
  if (depends_on_requests) return;
  for (const ProcessGroup& group : context.deployment.process_groups) {
    if (used.contains(group.name)) continue;
    context.Add({.id = "group-unused",
                 .weight = Advice::Weight::Warning,
                 .rule = "DAEMON-1",
                 .text = fmt::format("the process group '{}' is declared and never used: its {} "
                                     "process{} started for nothing",
                                     group.name,
                                     group.processes,
                                     group.processes == 1 ? " is" : "es are"),
                 .write = fmt::format("WSGIProcessGroup {}", AsWord(group.name)),
                 .evidence = {group.origin}});
  }
}

}  // namespace

void AdviseOnGroups(const AdviceContext& context) {
  std::set<std::string> taken;
  for (const UrlExplanation& explained : context.mounts)
    taken.insert(explained.routing.route.process_group);
  for (const UrlExplanation& explained : context.mounts) {
    AdviseUnknown(context, explained);
    AdviseUnreachable(context, explained);
    AdviseEmbedded(context, explained, taken);
    AdviseSubInterpreter(context, explained);
    AdviseClientsNames(context, explained);
  }
  AdviseDefaultNames(context);
  AdviseSharedInterpreter(context);
  AdviseUnused(context);
}

}  // namespace hosts::explain
