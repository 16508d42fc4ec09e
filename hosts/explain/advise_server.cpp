#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "hosts/explain/advise.h"
#include "hosts/explain/writing.h"

namespace hosts::explain {

namespace {

using deployment::Demand;
using deployment::FindOption;
using deployment::Mount;
using deployment::ProcessGroup;
using deployment::RefusalReason;
using deployment::Route;
using deployment::VirtualHost;
using deployment::WrittenOption;

bool IsSet(const ProcessGroup& group, std::string_view name) {
  const WrittenOption* option = FindOption(group.options, name);
  return option != nullptr && option->value != "0";
}

bool DependsOnClient(const Demand& demand) {
  switch (demand.kind) {
    case Demand::Kind::AllGranted:
    case Demand::Kind::AllDenied:
      return false;
    case Demand::Kind::AllOf:
    case Demand::Kind::AnyOf:
    case Demand::Kind::NoneOf:
      return std::ranges::any_of(demand.inner, DependsOnClient);
    default:
      return true;
  }
}

bool DependsOnClient(const deployment::Access& access) {
  const auto depends = [](const Demand& demand) { return DependsOnClient(demand); };
  if (depends(access.demand)) return true;
  return access.old && (std::ranges::any_of(access.old->allowed, depends) ||
                        std::ranges::any_of(access.old->denied, depends));
}

// LOAD-6: nobody at all is let in.
void AdviseAccess(const AdviceContext& context, const UrlExplanation& explained) {
  if (explained.status == 0 || explained.routing.reason != RefusalReason::AccessDenied) return;
  const Route& route = explained.routing.route;
  const auto* access = route.merged.effective.access;
  if (access != nullptr && DependsOnClient(access->value)) return;  // others may be let in
  const std::string directory = std::filesystem::path(route.script_filename).parent_path().string();
  Advice advice{.id = "access-denied",
                .weight = Advice::Weight::Mistake,
                .rule = "LOAD-6",
                .text = fmt::format("every request to {} is answered 403: no <Directory> grants "
                                    "access to {}",
                                    explained.url,
                                    route.script_filename),
                .write = fmt::format("<Directory {}>\n    Require all granted\n</Directory>",
                                     AsWord(directory)),
                .evidence = {route.mount->origin}};
  if (access != nullptr) {
    advice.text += fmt::format(", and {} denies it", AsWritten(access->origin));
    advice.evidence.push_back(access->origin);
  }
  context.Add(std::move(advice));
}

void AdviseMissing(const AdviceContext& context, const UrlExplanation& explained) {
  const Route& route = explained.routing.route;
  if (route.mount->pattern) return;
  if (context.surroundings.KindOf(route.mount->target.string()) != deployment::FileKind::Missing) {
    return;
  }
  context.Add({.id = "script-missing",
               .weight = Advice::Weight::Warning,
               .rule = "LOAD-7 ERR-1",
               .text = fmt::format("{} does not exist on this machine{}",
                                   route.mount->target.string(),
                                   explained.status == 0
                                       ? fmt::format(": {} is answered 404", explained.url)
                                       : std::string()),
               .write = {},
               .evidence = {route.mount->origin}});
}

bool Covers(const Mount& earlier, const Mount& later) {
  if (earlier.pattern || later.pattern || !later.url.starts_with(earlier.url)) return false;
  return earlier.url.ends_with('/') || later.url.size() == earlier.url.size() ||
         later.url[earlier.url.size()] == '/';
}

// The mount that takes everything before this one can; null: there is none.
const Mount* CoverOf(const VirtualHost& host, const Mount& mount) {
  for (const Mount& earlier : host.mounts) {
    if (&earlier == &mount) return nullptr;
    if (Covers(earlier, mount)) return &earlier;
  }
  return nullptr;
}

bool IsSameLine(const Mount& a, const Mount& b) {
  return a.origin.file == b.origin.file && a.origin.line == b.origin.line && a.url == b.url;
}

// A mount of the main server stands in every virtual host: it is enough that one of them gets to it.
bool IsReachedSomewhere(const AdviceContext& context, const Mount& mount) {
  return std::ranges::any_of(context.deployment.virtual_hosts, [&mount](const VirtualHost& host) {
    return std::ranges::any_of(host.mounts, [&](const Mount& other) {
      return IsSameLine(mount, other) && CoverOf(host, other) == nullptr;
    });
  });
}

// LOAD-1: an earlier mount takes everything.
void AdviseShadowed(const AdviceContext& context, const VirtualHost& host) {
  if (host.mounts.size() > kMostMounts) return;
  for (const Mount& mount : host.mounts) {
    const Mount* cover = CoverOf(host, mount);
    if (cover == nullptr || IsReachedSomewhere(context, mount)) continue;
    const bool is_same = cover->url == mount.url;
    context.Add(
        {.id = "mount-shadowed",
         .weight = Advice::Weight::Mistake,
         .rule = "LOAD-1",
         .text = fmt::format("{} of {} is never reached: WSGIScriptAlias {} of {} comes "
                             "before it and the first that fits wins; {}",
                             mount.url,
                             AsWritten(mount.origin),
                             cover->url,
                             AsWritten(cover->origin),
                             is_same ? "remove one of the two" : "put the longer one first"),
         .write = is_same ? std::string() : fmt::format("{}\n{}", AsAlias(mount), AsAlias(*cover)),
         .evidence = {mount.origin, cover->origin}});
  }
}

// DAEMON-30.
void AdviseTimers(const AdviceContext& context, const ProcessGroup& group) {
  const WrittenOption* deadlock = FindOption(group.options, "deadlock-timeout");
  const bool is_monitor_off = deadlock != nullptr && deadlock->value == "0";
  if (!is_monitor_off || IsSet(group, "inactivity-timeout")) return;
  for (const char* timer : {"restart-interval", "request-timeout", "startup-timeout"}) {
    if (!IsSet(group, timer)) continue;
    context.Add({.id = "timer-never-fires",
                 .weight = Advice::Weight::Mistake,
                 .rule = "DAEMON-30",
                 .text = fmt::format("{} of the process group '{}' never fires under mod_wsgi: "
                                     "with deadlock-timeout=0 and no inactivity-timeout nobody "
                                     "looks at the clock",
                                     timer,
                                     group.name),
                 .write = "deadlock-timeout=300",
                 .evidence = {FindOption(group.options, timer)->origin, deadlock->origin}});
  }
}

// SEC-1.
void AdviseUser(const AdviceContext& context, const ProcessGroup& group) {
  const WrittenOption* user = FindOption(group.options, "user");
  if (user == nullptr || context.surroundings.is_superuser()) return;
  context.Add(
      {.id = "user-not-switched",
       .weight = Advice::Weight::Warning,
       .rule = "SEC-1",
       .text = fmt::format("user={} takes effect only when the superuser starts the "
                           "server; otherwise mod_wsgi ignores it, and this engine does not "
                           "start",
                           user->value),
       .write = {},
       .evidence = {user->origin}});
}

// Each thread keeps a connection to the database.
void AdviseDatabase(const AdviceContext& context, const ProcessGroup& group) {
  constexpr int kUsualConnections = 100;  // PostgreSQL's default
  const int connections = group.processes * group.threads;
  if (connections <= kUsualConnections) return;
  context.Add({.id = "many-database-connections",
               .weight = Advice::Weight::Hint,
               .rule = "DAEMON-2",
               .text = fmt::format("the process group '{}' runs up to {} requests at once ({} × "
                                   "{}); with a database connection for each thread that is more "
                                   "than the {} that PostgreSQL allows by default",
                                   group.name,
                                   connections,
                                   group.processes,
                                   group.threads,
                                   kUsualConnections),
               .write = fmt::format("processes={} threads={}",
                                    std::max(1, kUsualConnections / std::max(group.threads, 1)),
                                    std::min(group.threads, kUsualConnections)),
               .evidence = {group.origin}});
}

void AdviseForeign(const AdviceContext& context) {
  for (const auto& use : context.deployment.foreign) {
    if (use.effect.empty()) continue;
    context.Add({.id = "foreign-directive",
                 .weight = Advice::Weight::Hint,
                 .rule = {},
                 .text = fmt::format("{} {}; it is not looked at here", use.name, use.effect),
                 .write = {},
                 .evidence = {use.first}});
  }
}

void AdviseNotJudged(const AdviceContext& context, const UrlExplanation& explained) {
  for (const auto* section : explained.routing.route.merged.not_judged) {
    context.Add({.id = "condition-not-judged",
                 .weight = Advice::Weight::Warning,
                 .rule = "CFG-51",
                 .text = fmt::format("{} may change how {} is served: its condition is not judged "
                                     "here",
                                     deployment::AsWritten(*section),
                                     explained.url),
                 .write = {},
                 .evidence = {section->origin}});
  }
}

}  // namespace

// Said instead of letting the rest pass in silence.
void AdviseTooMany(const AdviceContext& context) {
  if (context.mounts.size() < kMostMounts) return;
  context.Add(
      {.id = "too-many-mounts",
       .weight = Advice::Weight::Hint,
       .rule = "LOAD-1",
       .text = fmt::format("only the first {} mounts are looked at: ask for the URLs of the "
                           "others",
                           kMostMounts),
       .write = {},
       .evidence = {context.mounts.back().routing.route.mount->origin}});
}

void AdviseOnServer(const AdviceContext& context) {
  AdviseTooMany(context);
  for (const UrlExplanation& explained : context.mounts) {
    AdviseAccess(context, explained);
    AdviseMissing(context, explained);
    AdviseNotJudged(context, explained);
  }
  for (const VirtualHost& host : context.deployment.virtual_hosts)
    AdviseShadowed(context, host);
  for (const ProcessGroup& group : context.deployment.process_groups) {
    AdviseTimers(context, group);
    AdviseUser(context, group);
    AdviseDatabase(context, group);
  }
  AdviseForeign(context);
}

}  // namespace hosts::explain
