#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "hosts/explain/advise.h"

namespace hosts::explain {

namespace {

using deployment::Mount;
using deployment::ProcessGroup;
using deployment::RefusalReason;
using deployment::Route;
using deployment::VirtualHost;
using deployment::WrittenOption;

const WrittenOption* Find(const ProcessGroup& group, std::string_view name) {
  const auto found = std::find_if(group.options.rbegin(),
                                  group.options.rend(),
                                  [name](const auto& option) { return option.name == name; });
  return found == group.options.rend() ? nullptr : &*found;
}

bool IsSet(const ProcessGroup& group, std::string_view name) {
  const WrittenOption* option = Find(group, name);
  return option != nullptr && option->value != "0";
}

// LOAD-6.
void AdviseAccess(const AdviceContext& context, const UrlExplanation& explained) {
  if (explained.status == 0 || explained.routing.reason != RefusalReason::AccessDenied) return;
  const Route& route = explained.routing.route;
  const std::string directory = std::filesystem::path(route.script_filename).parent_path().string();
  context.Add({.id = "access-denied",
               .weight = Advice::Weight::Mistake,
               .rule = "LOAD-6",
               .text = fmt::format("every request to {} is answered 403: no <Directory> grants "
                                   "access to {}",
                                   explained.url,
                                   route.script_filename),
               .write = fmt::format("<Directory {}> Require all granted </Directory>", directory),
               .evidence = {route.mount->origin}});
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
               .text = fmt::format("{} does not exist on this machine: {} is answered 404",
                                   route.mount->target.string(),
                                   explained.url),
               .write = {},
               .evidence = {route.mount->origin}});
}

// LOAD-1: an earlier mount takes everything.
void AdviseShadowed(const AdviceContext& context, const VirtualHost& host) {
  const auto covers = [](const Mount& earlier, const Mount& later) {
    if (earlier.pattern || later.pattern || !later.url.starts_with(earlier.url)) return false;
    return earlier.url.ends_with('/') || later.url.size() == earlier.url.size() ||
           later.url[earlier.url.size()] == '/';
  };
  for (size_t later = 0; later < host.mounts.size(); ++later) {
    for (size_t earlier = 0; earlier < later; ++earlier) {
      const Mount& first = host.mounts[earlier];
      const Mount& second = host.mounts[later];
      if (!covers(first, second)) continue;
      context.Add(
          {.id = "mount-shadowed",
           .weight = Advice::Weight::Mistake,
           .rule = "LOAD-1",
           .text = fmt::format("{} is never reached: WSGIScriptAlias {} stands before it "
                               "and the first that fits wins; put the longer one first",
                               second.url,
                               first.url),
           .write = fmt::format("WSGIScriptAlias {} {}", second.url, second.target.string()),
           .evidence = {second.origin, first.origin}});
      break;
    }
  }
}

// DAEMON-30.
void AdviseTimers(const AdviceContext& context, const ProcessGroup& group) {
  const WrittenOption* deadlock = Find(group, "deadlock-timeout");
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
                 .evidence = {Find(group, timer)->origin, deadlock->origin}});
  }
}

// SEC-1.
void AdviseUser(const AdviceContext& context, const ProcessGroup& group) {
  const WrittenOption* user = Find(group, "user");
  if (user == nullptr || context.surroundings.is_superuser()) return;
  context.Add({.id = "user-not-switched",
               .weight = Advice::Weight::Warning,
               .rule = "SEC-1",
               .text = fmt::format("user={} takes effect only when the superuser starts the "
                                   "server; here the processes stay who starts it",
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
               .write = fmt::format("WSGIDaemonProcess {} processes={} threads={}",
                                    group.name,
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

void AdviseOnServer(const AdviceContext& context) {
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
