#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "hosts/directives/setters.h"
#include "hosts/directives/setters_process_limits.h"

namespace hosts::directives {
namespace {

using base::Result;
using deployment::ProcessGroup;
using deployment::ProcessTimers;

constexpr size_t kMostGroups = 10'000;
constexpr NumberRange kProcesses{1, 65533};
constexpr NumberRange kThreads{0, 65533};  // 0: a service process (DAEMON-9)

Result<void> SetProcesses(const Option& option, Scope& scope) {
  const Result<int> processes = ReadNumber(option.value, kProcesses);
  if (!processes) return processes.error().While("processes");
  Declared(scope).processes = *processes;
  Declared(scope).processes_written = true;
  return {};
}

Result<void> SetThreads(const Option& option, Scope& scope) {
  const Result<int> threads = ReadNumber(option.value, kThreads);
  if (!threads) return threads.error().While("threads");
  Declared(scope).threads = *threads;
  return {};
}

Result<void> SetGroupUser(const Option& option, Scope& scope) {
  const Result<std::string> user = ReadUser(option.value);
  if (!user) return user.error();
  Declared(scope).user = *user;
  return {};
}

Result<void> SetGroupGroup(const Option& option, Scope& scope) {
  const Result<std::string> group = ReadUnixGroup(option.value);
  if (!group) return group.error();
  Declared(scope).group = *group;
  return {};
}

Result<void> SetGroupUmask(const Option& option, Scope& scope) {
  const Result<mode_t> umask = ReadUmask(option.value);
  if (!umask) return umask.error();
  Declared(scope).umask = *umask;
  return {};
}

Result<void> SetHome(const Option& option, Scope& scope) {
  if (!option.value.text.starts_with('/')) {
    return Refuse(option.value,
                  "home={} is not absolute: write a path that begins with /",
                  Shown(option.value.text));
  }
  const Result<std::filesystem::path> home = ReadPath(option.value, {});
  if (!home) return home.error();
  Declared(scope).home = *home;
  return {};
}

Result<void> SetGroupPythonHome(const Option& option, Scope& scope) {
  const auto home = ReadPath(option.value, scope.settings.server_root);
  if (!home) return home.error();
  Declared(scope).python_home = *home;
  return {};
}

Result<void> SetGroupPythonPath(const Option& option, Scope& scope) {
  const auto paths = ReadPathList(option.value, scope.settings.server_root);
  if (!paths) return paths.error();
  Declared(scope).python_path = *paths;
  return {};
}

Result<void> SetGroupPythonEggs(const Option& option, Scope& scope) {
  const auto eggs = ReadPath(option.value, scope.settings.server_root);
  if (!eggs) return eggs.error();
  Declared(scope).python_eggs = Written<std::filesystem::path>{*eggs, OriginOf(option.word)};
  return {};
}

Result<void> SetSwitchInterval(const Option& option, Scope& scope) {
  const Result<double> seconds = ReadSeconds(option.value);
  if (!seconds) return seconds.error().While(option.name);
  Declared(scope).switch_interval = Written<double>{*seconds, OriginOf(option.word)};
  return {};
}

template <std::chrono::seconds ProcessGroup::*member>
Result<void> SetWholeSeconds(const Option& option, Scope& scope) {
  const Result<int> seconds = ReadNumber(option.value, {0, std::numeric_limits<int>::max()});
  if (!seconds) return seconds.error().While(option.name);
  Declared(scope).*member = std::chrono::seconds(*seconds);
  return {};
}

template <std::chrono::seconds ProcessTimers::*member>
Result<void> SetTimer(const Option& option, Scope& scope) {
  const Result<int> seconds = ReadNumber(option.value, {0, std::numeric_limits<int>::max()});
  if (!seconds) return seconds.error().While(option.name);
  Declared(scope).timers.*member = std::chrono::seconds(*seconds);
  return {};
}

Result<void> SetMaximumRequests(const Option& option, Scope& scope) {
  const Result<int> count = ReadNumber(option.value, {0, std::numeric_limits<int>::max()});
  if (!count) return count.error().While(option.name);
  Declared(scope).timers.maximum_requests = *count;
  return {};
}

Result<void> SetHeaderBufferSize(const Option& option, Scope& scope) {
  const Result<std::uint64_t> bytes = ReadBytes(option.value, 8192);
  if (!bytes) return bytes.error().While(option.name);
  if (*bytes > 0) Declared(scope).header_buffer_size = *bytes;  // 0 is the default (CFG-90)
  return {};
}

template <std::string ProcessGroup::*member>
Result<void> SetText(const Option& option, Scope& scope) {
  Declared(scope).*member = option.value.text;
  return {};
}

Result<void> SetDisplayName(const Option& option, Scope& scope) {
  const bool is_group = option.value.text == "%{GROUP}";
  Declared(scope).display_name =
      is_group ? fmt::format("(wsgi:{})", Declared(scope).name) : option.value.text;
  return {};
}

// Kept as it is written, with the others.
template <Result<void> (*Check)(const Word&)>
Result<void> CheckOption(const Option& option, Scope& /*scope*/) {
  const Result<void> checked = Check(option.value);
  return checked ? checked : checked.error().While(option.name);
}

Result<void> SetFlushDelay(const Option& option, Scope& scope) {
  const Result<int> delay = ReadNumber(option.value, {0, std::numeric_limits<int>::max()});
  if (!delay) return delay.error().While(option.name);
  Declared(scope).flush_delay = std::chrono::milliseconds(*delay);
  return {};
}

// 0, or at least so many bytes.
template <std::uint64_t least>
Result<void> CheckSize(const Word& word) {
  return CheckBytes(word, least);
}

constexpr std::array<OptionRow, 44> kRows = {{
    {.name = "processes",
     .value = "1 or more",
     .default_value = "1",
     .meaning = "how many processes; writing it makes wsgi.multiprocess true",
     .rules = "CFG-60 ENV-22",
     .set = SetProcesses},
    {.name = "threads",
     .value = "0 or more",
     .default_value = "15",
     .meaning = "threads of each process that run applications; 0 is a service process",
     .rules = "CFG-61 DAEMON-9",
     .set = SetThreads},
    {.name = "user",
     .value = "name or #id",
     .default_value = "User",
     .meaning = "who the processes are",
     .rules = "CFG-62 SEC-1",
     .set = SetGroupUser},
    {.name = "group",
     .value = "name or #id",
     .default_value = "Group",
     .meaning = "their group of users, whoever the user is",
     .rules = "CFG-62 SEC-2",
     .set = SetGroupGroup},
    {.name = "umask",
     .value = "octal digits",
     .default_value = "inherited",
     .meaning = "permissions that files made by them do not get",
     .rules = "CFG-64 SEC-5",
     .set = SetGroupUmask},
    {.name = "home",
     .value = "absolute path",
     .meaning = "working directory and first entry of sys.path",
     .rules = "CFG-66 SEC-4",
     .set = SetHome},
    {.name = "python-home",
     .value = "directory",
     .default_value = "WSGIPythonHome",
     .meaning = "the Python or virtual environment they run",
     .rules = "CFG-68 LOAD-30",
     .set = SetGroupPythonHome},
    {.name = "python-path",
     .value = "a:b:c",
     .meaning = "directories that come first in sys.path, .pth files obeyed",
     .rules = "CFG-69 LOAD-31",
     .set = SetGroupPythonPath},
    {.name = "display-name",
     .value = "text or %{GROUP}",
     .meaning = "their name in lists of processes",
     .rules = "CFG-72 DAEMON-6",
     .set = SetDisplayName},
    {.name = "supplementary-groups",
     .value = "a,b,c",
     .default_value = "those of the user",
     .meaning = "further groups of users",
     .rules = "CFG-63 SEC-3",
     .set = SetSupplementaryGroups},
    {.name = "chroot",
     .value = "absolute path",
     .meaning = "root directory of the processes",
     .rules = "CFG-65 SEC-6",
     .set = SetChroot},
    {.name = "lang",
     .value = "text",
     .default_value = "inherited",
     .meaning = "LANG of the processes",
     .rules = "CFG-67",
     .set = SetText<&ProcessGroup::lang>},
    {.name = "locale",
     .value = "text",
     .default_value = "inherited",
     .meaning = "LC_ALL of the processes",
     .rules = "CFG-67",
     .set = SetText<&ProcessGroup::locale>},
    {.name = "python-eggs",
     .value = "directory",
     .meaning = "PYTHON_EGG_CACHE",
     .rules = "CFG-70",
     .set = SetGroupPythonEggs},
    {.name = "switch-interval",
     .value = "seconds",
     .meaning = "time between two switches of the GIL",
     .rules = "CFG-71 GIL-20",
     .set = SetSwitchInterval},
    {.name = "maximum-requests",
     .value = "number",
     .default_value = "0",
     .meaning = "requests until a process is replaced",
     .rules = "CFG-73 DAEMON-31",
     .set = SetMaximumRequests},
    {.name = "restart-interval",
     .value = "seconds",
     .default_value = "0",
     .meaning = "time until a process is replaced",
     .rules = "CFG-74 DAEMON-32",
     .set = SetTimer<&ProcessTimers::restart_interval>},
    {.name = "cpu-time-limit",
     .value = "seconds",
     .default_value = "0",
     .meaning = "processor time until a process is replaced",
     .rules = "CFG-75 DAEMON-33",
     .set = SetTimer<&ProcessTimers::cpu_time_limit>},
    {.name = "inactivity-timeout",
     .value = "seconds",
     .default_value = "0",
     .meaning = "idle time until a process is replaced",
     .rules = "CFG-76 DAEMON-34",
     .set = SetTimer<&ProcessTimers::inactivity_timeout>},
    {.name = "request-timeout",
     .value = "seconds",
     .default_value = "0",
     .meaning = "time for requests until the process is replaced",
     .rules = "CFG-77 DAEMON-35",
     .set = SetTimer<&ProcessTimers::request_timeout>},
    {.name = "interrupt-timeout",
     .value = "seconds",
     .default_value = "0",
     .meaning = "time for a request until it is interrupted",
     .rules = "CFG-78 DAEMON-36",
     .set = SetTimer<&ProcessTimers::interrupt_timeout>},
    {.name = "deadlock-timeout",
     .value = "seconds",
     .default_value = "300",
     .meaning = "time without the GIL until the process is replaced",
     .rules = "CFG-79 DAEMON-37",
     .set = SetTimer<&ProcessTimers::deadlock_timeout>},
    {.name = "startup-timeout",
     .value = "seconds",
     .default_value = "0",
     .meaning = "time for the first load",
     .rules = "CFG-80 DAEMON-38",
     .set = SetTimer<&ProcessTimers::startup_timeout>},
    {.name = "graceful-timeout",
     .value = "seconds",
     .default_value = "15",
     .meaning = "time for requests when a process is replaced",
     .rules = "CFG-81 DAEMON-39",
     .set = SetTimer<&ProcessTimers::graceful_timeout>},
    {.name = "eviction-timeout",
     .value = "seconds",
     .default_value = "0",
     .meaning = "the same when SIGUSR1 replaces it",
     .rules = "CFG-82 DAEMON-40",
     .set = SetTimer<&ProcessTimers::eviction_timeout>},
    {.name = "shutdown-timeout",
     .value = "seconds",
     .default_value = "5",
     .meaning = "time for a process to end",
     .rules = "CFG-83 DAEMON-41",
     .set = SetTimer<&ProcessTimers::shutdown_timeout>},
    {.name = "connect-timeout",
     .value = "seconds",
     .default_value = "15",
     .meaning = "time to reach a process",
     .rules = "CFG-84 DAEMON-42 ERR-20",
     .set = SetWholeSeconds<&ProcessGroup::connect_timeout>},
    {.name = "socket-timeout",
     .value = "seconds",
     .default_value = "0",
     .meaning = "time for an answer to begin, and for each further part of it; 0 is Timeout",
     .rules = "CFG-85 DAEMON-43 ERR-23",
     .set = SetWholeSeconds<&ProcessGroup::socket_timeout>},
    {.name = "queue-timeout",
     .value = "seconds",
     .default_value = "0",
     .meaning = "time that a request may wait for a thread",
     .rules = "CFG-86 DAEMON-44",
     .set = SetTimer<&ProcessTimers::queue_timeout>},
    {.name = "response-socket-timeout",
     .value = "seconds",
     .default_value = "0",
     .meaning = "time for the client to read on, when it has stopped; 0 is socket-timeout",
     .rules = "CFG-87 DAEMON-45",
     .set = SetWholeSeconds<&ProcessGroup::client_timeout>},
    {.name = "response-flush-delay",
     .value = "milliseconds",
     .default_value = "5",
     .meaning = "silence before a piece of an answer is sent on to the client; 0 sends it at once",
     .rules = "CFG-88 RESP-5",
     .set = SetFlushDelay},
    {.name = "response-buffer-size",
     .value = "bytes",
     .default_value = "0",
     .meaning = "answer that is held for a slow client: here 256 KiB, whatever is written",
     .rules = "CFG-89 RESP-6",
     .set = CheckOption<CheckSize<65536>>,
     .support = Support::Accepted},
    {.name = "header-buffer-size",
     .value = "bytes",
     .default_value = "32768",
     .meaning = "longest line of an answer's head; 0 is the default",
     .rules = "CFG-90 RESP-16 ERR-26",
     .set = SetHeaderBufferSize},
    {.name = "send-buffer-size",
     .value = "bytes",
     .default_value = "0",
     .meaning = "SO_SNDBUF of the group's socket",
     .rules = "CFG-91",
     .set = SetSendBuffer},
    {.name = "receive-buffer-size",
     .value = "bytes",
     .default_value = "0",
     .meaning = "SO_RCVBUF of the group's socket",
     .rules = "CFG-91",
     .set = SetReceiveBuffer},
    {.name = "listen-backlog",
     .value = "number",
     .default_value = "100",
     .meaning = "requests that may wait at the socket",
     .rules = "CFG-92 DAEMON-12",
     .set = SetBacklog},
    {.name = "socket-user",
     .value = "name or #id",
     .default_value = "User",
     .meaning = "owner of the socket",
     .rules = "CFG-93 SEC-8",
     .set = SetSocketUser},
    {.name = "script-user",
     .value = "name or #id",
     .meaning = "owner that scripts must have",
     .rules = "CFG-94 SEC-9",
     .set = SetScriptUser},
    {.name = "script-group",
     .value = "name or #id",
     .meaning = "group that scripts must have",
     .rules = "CFG-94 SEC-9",
     .set = SetScriptGroup},
    {.name = "cpu-priority",
     .value = "number",
     .default_value = "0",
     .meaning = "nice value",
     .rules = "CFG-95",
     .set = SetPriority},
    {.name = "memory-limit",
     .value = "bytes",
     .default_value = "0",
     .meaning = "RLIMIT_DATA of the processes",
     .rules = "CFG-96",
     .set = SetMemoryLimit},
    {.name = "virtual-memory-limit",
     .value = "bytes",
     .default_value = "0",
     .meaning = "RLIMIT_AS of the processes",
     .rules = "CFG-96",
     .set = SetVirtualMemoryLimit},
    {.name = "stack-size",
     .value = "bytes",
     .meaning = "stack of the threads",
     .rules = "CFG-97",
     .set = SetStackSize},
    {.name = "server-metrics",
     .value = "On or Off",
     .default_value = "Off",
     .meaning =
         "mod_wsgi.server_metrics() may be asked: here it is always None, see the status page",
     .rules = "CFG-98 OUT-5",
     .set = CheckOption<CheckOnOff>,
     .support = Support::Accepted},
}};

// CFG-94.
Result<void> CheckTogether(const Directive& directive, const ProcessGroup& group) {
  const auto is_written = [&group](std::string_view name) {
    return std::ranges::find(group.options, name, &deployment::WrittenOption::name) !=
           group.options.end();
  };
  if (!is_written("script-user") || !is_written("script-group")) return {};
  return Refuse(directive.name, "script-user and script-group exclude each other: keep one");
}

}  // namespace

std::span<const OptionRow> ProcessGroupOptions() {
  return kRows;
}

Result<void> DeclareProcessGroup(const Directive& directive, Scope& scope) {
  const Word& name = directive.arguments.front();
  if (name.text.empty()) return Refuse(name, "an empty name: name the process group");
  const std::string_view before_value = std::string_view(name.text).substr(0, name.text.find('='));
  const bool is_option = name.quoting != Word::Quoting::Whole && before_value != name.text &&
                         std::ranges::find(kRows, before_value, &OptionRow::name) != kRows.end();
  if (is_option) {
    return Refuse(name,
                  "{} stands where the name of the process group is expected: put it first",
                  Shown(name.text));
  }
  if (scope.settings.process_groups.size() == kMostGroups) {
    return Refuse(name, "more than {} process groups: is this the right file?", kMostGroups);
  }
  for (const DeclaredGroup& other : scope.settings.process_groups) {
    if (other.group.name != name.text) continue;
    return Refuse(name,
                  "the process group {} is declared already, in line {}: use another name",
                  Shown(name.text),
                  other.group.origin.line);
  }
  DeclaredGroup declared;
  declared.group.name = name.text;
  declared.group.origin = OriginOf(directive.name);
  declared.host = scope.host_index;
  scope.settings.process_groups.push_back(std::move(declared));
  const Result<void> applied = ApplyOptions(directive, 1, kRows, scope);
  if (!applied) return applied.error();
  for (size_t i = 1; i < directive.arguments.size(); ++i) {
    const Word& word = directive.arguments[i];
    const size_t equals = word.text.find('=');
    Declared(scope).options.push_back(
        {word.text.substr(0, equals), word.text.substr(equals + 1), OriginOf(word)});
  }
  return CheckTogether(directive, Declared(scope));
}

}  // namespace hosts::directives
