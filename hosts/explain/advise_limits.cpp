#include <fmt/format.h>
#include <pwd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "hosts/deployment/groups.h"
#include "hosts/explain/advise.h"
#include "hosts/explain/group_book.h"

namespace hosts::explain {

namespace {

using deployment::FindOption;
using deployment::ProcessGroup;
using deployment::WrittenOption;
using Seconds = std::chrono::duration<double>;

const deployment::Origin& OriginOf(const ProcessGroup& group, std::string_view option) {
  const WrittenOption* written = FindOption(group.options, option);
  return written == nullptr ? group.origin : written->origin;
}

// DAEMON-36.
void AdviseInterrupt(const AdviceContext& context, const ProcessGroup& group) {
  const auto& timers = group.timers;
  if (timers.interrupt_timeout.count() == 0 || timers.request_timeout.count() > 0) return;
  if (group.threads == 0) return;
  context.Add(
      {.id = "interrupt-without-request-timeout",
       .weight = Advice::Weight::Warning,
       .rule = "DAEMON-36",
       .text = fmt::format("interrupt-timeout={} of the process group '{}' has no effect: it "
                           "begins when request-timeout= is over, and there is none",
                           timers.interrupt_timeout.count(),
                           group.name),
       .write = "request-timeout=60",
       .evidence = {OriginOf(group, "interrupt-timeout")}});
}

// How long a client waits for the beginning of an answer of the group: at the most patient host.
Seconds LongestWait(const AdviceContext& context, const ProcessGroup& group) {
  if (group.socket_timeout.count() > 0) return group.socket_timeout;
  Seconds longest{0};
  for (const auto& host : context.deployment.virtual_hosts) {
    if (deployment::MayUse(host, group)) longest = std::max(longest, Seconds(host.http.timeout));
  }
  return longest;
}

// DAEMON-35, DAEMON-43, DAEMON-44: the client has been told 504 before.
void AdviseWaits(const AdviceContext& context, const ProcessGroup& group) {
  const Seconds wait = LongestWait(context, group);
  if (wait.count() == 0 || group.threads == 0) return;
  const std::string whose = group.socket_timeout.count() > 0 ? "socket-timeout" : "Timeout";
  const auto advise = [&](bool is_queue, Seconds late, std::string text) {
    context.Add({.id = is_queue ? "queue-timeout-after-client" : "request-timeout-after-client",
                 .weight = Advice::Weight::Hint,
                 .rule = is_queue ? "DAEMON-43 DAEMON-44" : "DAEMON-35 DAEMON-43",
                 .text = std::move(text),
                 .write = fmt::format("socket-timeout={}", std::ceil(late.count()) + 1),
                 .evidence = {OriginOf(group, is_queue ? "queue-timeout" : "request-timeout")}});
  };
  const Seconds overdue = deployment::OverdueAfter(group.timers, group.threads);
  if (overdue > wait) {
    advise(false,
           overdue,
           fmt::format(
               "request-timeout={} of the process group '{}' comes at {}; a client whose answer "
               "has not begun is told 504 after {} ({}), and the application goes on for nobody",
               group.timers.request_timeout.count(),
               group.name,
               InSeconds(overdue),
               InSeconds(wait),
               whose));
  }
  const Seconds queue = group.timers.queue_timeout;
  if (queue >= wait) {
    advise(true,
           queue,
           fmt::format(
               "queue-timeout={} of the process group '{}' never comes: who waits for a thread is "
               "told 504 after {} ({})",
               group.timers.queue_timeout.count(),
               group.name,
               InSeconds(wait),
               whose));
  }
}

// CFG-96: stacks are data, and as large as they may become.
void AdviseMemory(const AdviceContext& context, const ProcessGroup& group) {
  constexpr std::uint64_t kMiB = 1ULL << 20U;
  constexpr std::uint64_t kPython = 32 * kMiB;  // measured: with less it does not start, or nearly
  constexpr std::uint64_t kUsualStack = 8 * kMiB;
  const std::uint64_t stack = group.limits.stack > 0 ? group.limits.stack : kUsualStack;
  // A stack as large as this is a mistake of another kind.
  const std::uint64_t stacks =
      std::min(stack, 1024 * kMiB) * static_cast<std::uint64_t>(group.threads);
  const std::uint64_t least = kPython + stacks;
  const auto advise = [&](std::string_view option, std::uint64_t limit) {
    if (limit == 0 || limit >= least) return;
    context.Add(
        {.id = "memory-limit-too-small",
         .weight = Advice::Weight::Mistake,
         .rule = "CFG-96",
         .text = fmt::format("{}={} of the process group '{}' is {}: Python needs about {} to "
                             "start, and the stacks of {} count with {} each; its processes do "
                             "not start, or fail at their first requests",
                             option,
                             limit,
                             group.name,
                             InBytes(limit),
                             InBytes(kPython),
                             Counted(group.threads, "thread", "threads"),
                             InBytes(stack)),
         .write = fmt::format("{}={}", option, 2 * least),
         .evidence = {OriginOf(group, option)}});
  };
  advise("memory-limit", group.limits.memory);
  advise("virtual-memory-limit", group.limits.virtual_memory);
}

// CFG-75: it is often taken for a limit of a request.
void AdviseCpuTime(const AdviceContext& context, const ProcessGroup& group) {
  constexpr std::chrono::seconds kShort{60};
  const auto limit = group.timers.cpu_time_limit;
  if (limit.count() == 0 || limit >= kShort || group.threads == 0) return;
  context.Add(
      {.id = "cpu-time-of-the-process",
       .weight = Advice::Weight::Hint,
       .rule = "CFG-75 DAEMON-33",
       .text = fmt::format("cpu-time-limit={} of the process group '{}' is for the whole life of "
                           "a process, not for a request: under load each is replaced every {} "
                           "or so; request-timeout= is for requests",
                           limit.count(),
                           group.name,
                           InSeconds(limit)),
       .write = "request-timeout=60",
       .evidence = {OriginOf(group, "cpu-time-limit")}});
}

// SEC-4.
void AdviseHome(const AdviceContext& context, const ProcessGroup& group) {
  const WrittenOption* user = FindOption(group.options, "user");
  if (user == nullptr || !group.home.empty() || !group.chroot.empty()) return;
  const std::string home = group.working_directory.string();
  if (context.surroundings.KindOf(home) == deployment::FileKind::Directory) return;
  context.Add(
      {.id = "user-without-home",
       .weight = Advice::Weight::Mistake,
       .rule = "SEC-4 DAEMON-47",
       .text = fmt::format("the processes of the group '{}' are to stand in {}, where user={} is "
                           "at home, and there is no such directory: they do not start",
                           group.name,
                           home,
                           user->value),
       .write = "home=/",
       .evidence = {user->origin}});
}

// DAEMON-9.
void AdviseService(const AdviceContext& context, const ProcessGroup& group) {
  if (group.threads != 0) return;
  constexpr std::string_view kOfRequests[] = {"maximum-requests",
                                              "restart-interval",
                                              "inactivity-timeout",
                                              "request-timeout",
                                              "interrupt-timeout",
                                              "startup-timeout",
                                              "queue-timeout"};
  for (const std::string_view option : kOfRequests) {
    const WrittenOption* written = FindOption(group.options, option);
    if (written == nullptr || written->value == "0") continue;
    context.Add(
        {.id = "service-has-no-timers",
         .weight = Advice::Weight::Warning,
         .rule = "DAEMON-9",
         .text = fmt::format("{}={} has no effect in the process group '{}': with threads=0 its "
                             "processes serve no request, and no timer of theirs counts",
                             option,
                             written->value,
                             group.name),
         .write = {},
         .evidence = {written->origin, OriginOf(group, "threads")}});
  }
}

// DAEMON-34: what it is there for is memory, which the next process takes again.
void AdviseInactivity(const AdviceContext& context, const ProcessGroup& group) {
  if (group.timers.inactivity_timeout.count() == 0 || group.threads == 0) return;
  const auto& preloads = context.deployment.preloads;
  const auto preloaded =
      std::ranges::find(preloads, group.name, &deployment::PreloadedScript::process_group);
  if (preloaded == preloads.end()) return;
  context.Add(
      {.id = "inactivity-with-preload",
       .weight = Advice::Weight::Hint,
       .rule = "DAEMON-34 PRELOAD-1",
       .text = fmt::format("inactivity-timeout={} of the process group '{}' gives no memory back: "
                           "the next process loads {} at once",
                           group.timers.inactivity_timeout.count(),
                           group.name,
                           preloaded->script),
       .write = {},
       .evidence = {OriginOf(group, "inactivity-timeout")}});
}

// DAEMON-41.
void AdviseEndByForce(const AdviceContext& context, const ProcessGroup& group) {
  if (group.timers.shutdown_timeout.count() > 0 || group.threads == 0) return;
  context.Add(
      {.id = "no-end-by-force",
       .weight = Advice::Weight::Warning,
       .rule = "DAEMON-41",
       .text = fmt::format("with shutdown-timeout=0 a process of the group '{}' whose request "
                           "hangs never ends: not by request-timeout=, deadlock-timeout= or a "
                           "changed script, and no other takes its place",
                           group.name),
       .write = "shutdown-timeout=5",
       .evidence = {OriginOf(group, "shutdown-timeout")}});
}

std::optional<uid_t> UidOf(const std::string& user) {
  if (user.starts_with('#')) {
    return static_cast<uid_t>(std::strtoul(user.c_str() + 1, nullptr, 10));
  }
  const passwd* entry = ::getpwnam(user.c_str());
  return entry == nullptr ? std::nullopt : std::optional(entry->pw_uid);
}

// SEC-8: the server's processes are the ones that connect.
void AdviseSocketUser(const AdviceContext& context, const ProcessGroup& group) {
  const std::string& server = context.deployment.server.user;
  const std::string& owner = group.socket.user;
  if (owner.empty() || server.empty() || group.threads == 0) return;
  constexpr uid_t kRoot = 0;
  const auto connecting = UidOf(server);
  if (!connecting || *connecting == kRoot || connecting == UidOf(owner)) return;
  context.Add(
      {.id = "socket-user-not-the-server",
       .weight = Advice::Weight::Mistake,
       .rule = "CFG-93 SEC-8",
       .text = fmt::format("every request to the process group '{}' is answered 503: only {} may "
                           "connect to its socket, and the server's processes run as {}",
                           group.name,
                           owner,
                           server),
       .write = fmt::format("socket-user={}", server),
       .evidence = {OriginOf(group, "socket-user")}});
}

}  // namespace

void AdviseOnLimits(const AdviceContext& context) {
  for (const ProcessGroup& group : context.deployment.process_groups) {
    AdviseInterrupt(context, group);
    AdviseWaits(context, group);
    AdviseMemory(context, group);
    AdviseCpuTime(context, group);
    AdviseHome(context, group);
    AdviseService(context, group);
    AdviseInactivity(context, group);
    AdviseEndByForce(context, group);
    AdviseSocketUser(context, group);
  }
}

}  // namespace hosts::explain
