#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "hosts/deployment/groups.h"
#include "hosts/explain/group_book.h"

namespace hosts::explain {

namespace {

using About = GroupBook::About;
using deployment::ProcessGroup;

std::int64_t AsFigure(std::uint64_t bytes) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::min(bytes, kMost));
}

// CFG-96.
void AddMemory(GroupBook& book) {
  const auto& limits = book.group().limits;
  if (limits.memory > 0) {
    book.Add({About::Resources, "memory-limit", "CFG-96"},
             fmt::format("{}", limits.memory),
             fmt::format("{} of data in each process (RLIMIT_DATA), the stacks of its threads "
                         "included: beyond it Python raises MemoryError",
                         InBytes(limits.memory)),
             {{"limit_bytes", AsFigure(limits.memory)}});
  } else {
    book.Off("memory-limit");
  }
  if (limits.virtual_memory > 0) {
    book.Add(
        {About::Resources, "virtual-memory-limit", "CFG-96"},
        fmt::format("{}", limits.virtual_memory),
        fmt::format("{} of addresses in each process (RLIMIT_AS), libraries and the stacks of all "
                    "threads included: beyond it Python raises MemoryError",
                    InBytes(limits.virtual_memory)),
        {{"limit_bytes", AsFigure(limits.virtual_memory)}});
  } else {
    book.Off("virtual-memory-limit");
  }
}

// CFG-95, CFG-97.
void AddPriorityAndStack(GroupBook& book) {
  const ProcessGroup& group = book.group();
  const int priority = group.limits.priority;
  const std::string others = priority > 0
                                 ? "others of the machine come first"
                                 : "before others of the machine, if root starts the server";
  book.AddUsual({About::Resources, "cpu-priority", "CFG-95"},
                fmt::format("{}", priority),
                priority == 0 ? "the priority of who starts the server"
                              : fmt::format("nice value {}: {}", priority, others),
                {{"nice", priority}});
  const std::uint64_t stack = group.limits.stack;
  if (group.threads == 0) return;
  book.AddUsual({About::Resources, "stack-size", "CFG-97"},
                fmt::format("{}", stack),
                stack == 0
                    ? "stacks as large as the system makes them"
                    : fmt::format("a stack of {} for each thread that runs requests: code in C "
                                  "that needs more ends the process",
                                  InBytes(stack)),
                {{"stack_bytes", AsFigure(stack)}});
}

// Timeout of the hosts that may use the group: "60 s (Timeout)".
std::string TimeoutOfHosts(const GroupBook& book) {
  auto least = std::chrono::milliseconds::max();
  auto most = std::chrono::milliseconds::zero();
  for (const auto& host : book.deployment().virtual_hosts) {
    if (!deployment::MayUse(host, book.group())) continue;
    least = std::min(least, host.http.timeout);
    most = std::max(most, host.http.timeout);
  }
  if (least > most) return "Timeout";
  if (least == most) return fmt::format("{} (Timeout)", InSeconds(most));
  return fmt::format("{} to {} (Timeout of the virtual host)", InSeconds(least), InSeconds(most));
}

std::string Or(std::chrono::seconds own, const std::string& otherwise) {
  return own.count() > 0 ? InSeconds(own) : otherwise;
}

// DAEMON-42 to DAEMON-45.
void AddWaits(GroupBook& book) {
  const ProcessGroup& group = book.group();
  const std::string timeout = TimeoutOfHosts(book);
  book.Add({About::Clients, "connect-timeout", "CFG-84 DAEMON-42"},
           fmt::format("{}", group.connect_timeout.count()),
           fmt::format("503 after {} without a process", InSeconds(group.connect_timeout)),
           {{"waits_seconds", group.connect_timeout.count()}, {"status", 503}});
  const auto queue = group.timers.queue_timeout;
  if (queue.count() > 0) {
    book.Add({About::Clients, "queue-timeout", "CFG-86 DAEMON-44"},
             fmt::format("{}", queue.count()),
             fmt::format(
                 "504 without a call of the application when no thread was free for {}; told when "
                 "a thread is free, no earlier",
                 InSeconds(queue)),
             {{"waits_seconds", queue.count()}, {"status", 504}});
  } else {
    book.Off("queue-timeout");
  }
  std::vector<Figure> figures = {{"status", 504}};
  const auto own = group.socket_timeout.count();
  if (own > 0) figures.push_back({"waits_seconds", own});
  book.Add({About::Clients, "socket-timeout", "CFG-85 DAEMON-43"},
           fmt::format("{}", own),
           fmt::format("504 after {} without an answer", Or(group.socket_timeout, timeout)),
           std::move(figures));
  const auto reads = deployment::ClientTimeout(group);
  figures.clear();
  if (reads.count() > 0) figures.push_back({"waits_seconds", reads.count()});
  book.AddUsual(
      {About::Clients, "response-socket-timeout", "CFG-87 DAEMON-45"},
      fmt::format("{}", group.client_timeout.count()),
      fmt::format("cut off when they read nothing of an answer for {}", Or(reads, timeout)),
      std::move(figures));
}

// CFG-90 to CFG-92.
void AddChannels(GroupBook& book) {
  const ProcessGroup& group = book.group();
  const auto bytes = [](std::uint64_t size) { return fmt::format("{}", size); };
  book.AddUsual({About::Clients, "header-buffer-size", "CFG-90 ERR-26"},
                bytes(group.header_buffer_size),
                fmt::format("500 for an answer with a header line of more than {}",
                            InBytes(group.header_buffer_size)),
                {{"longest_bytes", AsFigure(group.header_buffer_size)}});
  book.AddUsual({About::Clients, "response-flush-delay", "CFG-88 RESP-5"},
                fmt::format("{}", group.flush_delay.count()),
                group.flush_delay.count() == 0
                    ? "each piece of an answer is sent at once"
                    : fmt::format("a piece of an answer waits up to {} ms for the next one",
                                  group.flush_delay.count()),
                {{"waits_milliseconds", group.flush_delay.count()}});
  book.AddUsual(
      {About::Clients, "response-buffer-size", "CFG-89 RESP-6"},
      "262144",
      "an answer of up to 256 KiB is taken from the application before a slow client has read "
      "it, whatever response-buffer-size= says",
      {{"buffer_bytes", 262144}});
  book.AddUsual({About::Clients, "listen-backlog", "CFG-92 DAEMON-12"},
                fmt::format("{}", group.socket.backlog),
                "requests that no thread is free for wait in the server, however many; "
                "listen-backlog= is about its own connections to the processes",
                {{"waiting_connections", group.socket.backlog}});
  const auto buffer = [&](std::string_view option, std::string_view what, int size) {
    if (size == 0) return;
    book.Add({About::Clients, option, "CFG-91"},
             fmt::format("{}", size),
             fmt::format("{} of {} on each connection between server and process",
                         what,
                         InBytes(static_cast<std::uint64_t>(size))),
             {{"buffer_bytes", size}});
  };
  buffer("send-buffer-size", "SO_SNDBUF", group.socket.send_buffer);
  buffer("receive-buffer-size", "SO_RCVBUF", group.socket.receive_buffer);
}

}  // namespace

void AddGroupResources(GroupBook& book) {
  AddMemory(book);
  AddPriorityAndStack(book);
}

void AddGroupClients(GroupBook& book) {
  if (book.group().threads == 0) return;  // none comes
  AddWaits(book);
  AddChannels(book);
}

}  // namespace hosts::explain
