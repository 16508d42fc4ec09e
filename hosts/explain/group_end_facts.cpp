#include <fmt/format.h>

#include "hosts/explain/group_book.h"

namespace hosts::explain {

namespace {

using About = GroupBook::About;
using deployment::ProcessGroup;
using deployment::ProcessTimers;
using Seconds = ProcessTimers::Seconds;

bool IsSet(Seconds timer) {
  return timer.count() > 0;
}

// What DAEMON-39 makes of a process whose time has come.
std::string_view Drained(const ProcessTimers& timers) {
  return IsSet(timers.graceful_timeout) ? "drained" : "ended at once";
}

// A timer that is off is one among others; nobody has to read a line about it.
bool IsOff(GroupBook& book, std::string_view option, Seconds timer) {
  if (IsSet(timer)) return false;
  book.Off(option);
  return true;
}

// DAEMON-31 to DAEMON-33.
void AddRecycling(GroupBook& book) {
  const ProcessTimers& timers = book.group().timers;
  if (timers.maximum_requests > 0) {
    book.Add({About::Ends, "maximum-requests", "CFG-73 DAEMON-31"},
             fmt::format("{}", timers.maximum_requests),
             fmt::format("after {}: {}",
                         Counted(timers.maximum_requests, "request", "requests"),
                         Drained(timers)),
             {{"after_requests", timers.maximum_requests}});
  } else {
    book.Off("maximum-requests");
  }
  if (!IsOff(book, "restart-interval", timers.restart_interval)) {
    book.Add({About::Ends, "restart-interval", "CFG-74 DAEMON-32"},
             fmt::format("{}", timers.restart_interval.count()),
             fmt::format("{} after its start: drained", InSeconds(timers.restart_interval)),
             {{"fires_after_seconds", timers.restart_interval.count()},
              {"drain_seconds", deployment::DrainAtRestart(timers).count()}});
  }
  if (!IsOff(book, "cpu-time-limit", timers.cpu_time_limit)) {
    const Seconds killed = deployment::KilledAfterCpuTime(timers);
    book.Add({About::Ends, "cpu-time-limit", "CFG-75 DAEMON-33"},
             fmt::format("{}", timers.cpu_time_limit.count()),
             fmt::format(
                 "after {} of processor time since its start, of all its threads: {}; the kernel "
                 "kills it at {}",
                 InSeconds(timers.cpu_time_limit),
                 Drained(timers),
                 InSeconds(killed)),
             {{"fires_after_seconds", timers.cpu_time_limit.count()},
              {"killed_after_seconds", killed.count()}});
  }
}

// DAEMON-34, DAEMON-38.
void AddIdleAndStartup(GroupBook& book) {
  const ProcessTimers& timers = book.group().timers;
  if (!IsOff(book, "inactivity-timeout", timers.inactivity_timeout)) {
    book.Add({About::Ends, "inactivity-timeout", "CFG-76 DAEMON-34"},
             fmt::format("{}", timers.inactivity_timeout.count()),
             fmt::format("when nothing was asked of it for {}; one that has never been asked stays",
                         InSeconds(timers.inactivity_timeout)),
             {{"fires_after_seconds", timers.inactivity_timeout.count()}});
  }
  if (!IsOff(book, "startup-timeout", timers.startup_timeout)) {
    book.Add({About::Ends, "startup-timeout", "CFG-80 DAEMON-38"},
             fmt::format("{}", timers.startup_timeout.count()),
             fmt::format("when no script has been loaded {} after its first request: ended at once",
                         InSeconds(timers.startup_timeout)),
             {{"fires_after_seconds", timers.startup_timeout.count()}});
  }
}

// What happens to a process with a request that is overdue (DAEMON-35).
std::string EndOfOverdue(const ProcessTimers& timers) {
  const std::string at_once = "its process is ended at once";
  if (!IsSet(timers.graceful_timeout)) return at_once + ", its client gets 502";
  return fmt::format(
      "its process is drained, or ended at once if it has no other request younger than {}; its "
      "client gets 502",
      InSeconds(deployment::StaleAfter(timers)));
}

// "78.3 s (30 s × (1 + ln 5))"; with one thread "30 s".
std::string Threshold(const ProcessGroup& group) {
  const std::string fires = InSeconds(deployment::OverdueAfter(group.timers, group.threads));
  if (group.threads < 2) return fires;
  return fmt::format(
      "{} ({} × (1 + ln {}))", fires, InSeconds(group.timers.request_timeout), group.threads);
}

// DAEMON-35, DAEMON-36.
void AddOverdue(GroupBook& book) {
  const ProcessGroup& group = book.group();
  const ProcessTimers& timers = group.timers;
  const bool interrupts = IsSet(timers.interrupt_timeout);
  if (!IsOff(book, "request-timeout", timers.request_timeout)) {
    book.Add(
        {About::Ends, "request-timeout", "CFG-77 DAEMON-35"},
        fmt::format("{}", timers.request_timeout.count()),
        fmt::format("when a request is older than {}: {}",
                    Threshold(group),
                    interrupts ? "RequestTimeout is raised in it first, and its client gets 504"
                               : EndOfOverdue(timers)),
        {{"fires_after_seconds", deployment::OverdueAfter(timers, group.threads).count()},
         {"stale_after_seconds", deployment::StaleAfter(timers).count()}});
  }
  if (!interrupts) return;
  const GroupBook::Subject subject{About::Ends, "interrupt-timeout", "CFG-78 DAEMON-36"};
  const std::string value = fmt::format("{}", timers.interrupt_timeout.count());
  if (!IsSet(timers.request_timeout)) {
    book.Add(subject, value, "interrupt-timeout has no effect: there is no request-timeout");
    return;
  }
  book.Add(subject,
           value,
           fmt::format("when such a request goes on for {} after that: {}",
                       InSeconds(timers.interrupt_timeout),
                       EndOfOverdue(timers)),
           {{"ends_after_seconds", timers.interrupt_timeout.count()}});
}

// DAEMON-37.
void AddDeadlock(GroupBook& book) {
  const Seconds timer = book.group().timers.deadlock_timeout;
  book.Add(
      {About::Ends, "deadlock-timeout", "CFG-79 DAEMON-37"},
      fmt::format("{}", timer.count()),
      IsSet(timer)
          ? fmt::format("when the GIL is not to be had for {}: ended at once", InSeconds(timer))
          : "not when the GIL is not to be had: a process that is stuck with it stays",
      {{"fires_after_seconds", timer.count()}});
}

// DAEMON-39 to DAEMON-41.
void AddWhatThen(GroupBook& book) {
  const ProcessTimers& timers = book.group().timers;
  const bool is_limited = IsSet(timers.graceful_timeout);
  book.Add({About::Afterwards, "graceful-timeout", "CFG-81 DAEMON-39"},
           fmt::format("{}", timers.graceful_timeout.count()),
           is_limited
               ? fmt::format("drained, as by SIGUSR1: serves on until no request is inside, "
                             "for {} at most",
                             InSeconds(timers.graceful_timeout))
               : "drained, as by SIGUSR1: serves on until no request is inside, however long",
           {{"drain_seconds", timers.graceful_timeout.count()}});
  if (IsSet(timers.eviction_timeout)) {
    book.Add({About::Afterwards, "eviction-timeout", "CFG-82 DAEMON-40"},
             fmt::format("{}", timers.eviction_timeout.count()),
             fmt::format("drained by SIGUSR1{}: for {} at most",
                         is_limited ? "" : " or restart-interval",
                         InSeconds(timers.eviction_timeout)),
             {{"drain_seconds", deployment::DrainAtSignal(timers).count()}});
  }
  book.Add({About::Afterwards, "shutdown-timeout", "CFG-83 DAEMON-41"},
           fmt::format("{}", timers.shutdown_timeout.count()),
           IsSet(timers.shutdown_timeout) ? fmt::format("ended: requests inside have {}, then 502",
                                                        InSeconds(timers.shutdown_timeout))
                                          : "ended: requests inside have as long as they take",
           {{"fires_after_seconds", timers.shutdown_timeout.count()}});
}

// DAEMON-9: no timer counts but the kernel's.
void AddServiceEnds(GroupBook& book) {
  const ProcessTimers& timers = book.group().timers;
  book.Add({About::Ends, "threads", "CFG-61 DAEMON-9"},
           "0",
           "when its imported scripts have returned, and then it is started again; SIGTERM raises "
           "SystemExit in the script; no timer of the group counts",
           {});
  if (!IsSet(timers.cpu_time_limit)) return;
  book.Add({About::Ends, "cpu-time-limit", "CFG-75 DAEMON-9"},
           fmt::format("{}", timers.cpu_time_limit.count()),
           fmt::format("after {} of processor time since its start: the kernel kills it",
                       InSeconds(timers.cpu_time_limit)),
           {{"killed_after_seconds", timers.cpu_time_limit.count()}});
}

}  // namespace

void AddGroupEnds(GroupBook& book) {
  if (book.group().threads == 0) return AddServiceEnds(book);
  AddRecycling(book);
  AddIdleAndStartup(book);
  AddOverdue(book);
  AddDeadlock(book);
  AddWhatThen(book);
}

}  // namespace hosts::explain
