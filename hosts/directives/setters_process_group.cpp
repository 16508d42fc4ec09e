#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "hosts/directives/setters.h"

namespace hosts::directives {
namespace {

using base::Result;
using deployment::ProcessGroup;

constexpr NumberRange kProcesses{1, 65533};
constexpr NumberRange kThreads{1, 65533};

ProcessGroup& Declared(Scope& scope) {
  return scope.settings.process_groups.back().group;
}

Result<void> SetProcesses(const Option& option, Scope& scope) {
  const Result<int> processes = ReadNumber(option.value, kProcesses);
  if (!processes) return processes.error().While("processes");
  Declared(scope).processes = *processes;
  Declared(scope).processes_written = true;
  return {};
}

Result<void> SetThreads(const Option& option, Scope& scope) {
  if (option.value.text == "0") {
    return Refuse(option.value,
                  "threads=0 (a service process that answers no requests) is not offered yet: "
                  "write 1 or more");
  }
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

Result<void> SetDisplayName(const Option& option, Scope& scope) {
  const bool is_group = option.value.text == "%{GROUP}";
  Declared(scope).display_name =
      is_group ? fmt::format("(wsgi:{})", Declared(scope).name) : option.value.text;
  return {};
}

constexpr std::array<OptionRow, 44> kRows = {{
    {.name = "processes",
     .value = "1 or more",
     .default_value = "1",
     .meaning = "how many processes; writing it makes wsgi.multiprocess true",
     .rules = "CFG-60 ENV-22",
     .set = SetProcesses},
    {.name = "threads",
     .value = "1 or more",
     .default_value = "15",
     .meaning = "threads of each process that run the application",
     .rules = "CFG-61",
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
    {"supplementary-groups", "a,b,c", "those of the user", "further groups", "CFG-63 SEC-3"},
    {"chroot", "absolute path", "", "root directory", "CFG-65 SEC-6"},
    {"lang", "text", "inherited", "LANG", "CFG-67"},
    {"locale", "text", "inherited", "LC_ALL", "CFG-67"},
    {"python-eggs", "directory", "", "PYTHON_EGG_CACHE", "CFG-70"},
    {"switch-interval", "seconds", "", "time between two switches of the GIL", "CFG-71"},
    {"maximum-requests", "number", "0", "requests until a process is replaced", "CFG-73"},
    {"restart-interval", "seconds", "0", "time until a process is replaced", "CFG-74"},
    {"cpu-time-limit", "seconds", "0", "processor time until a process is replaced", "CFG-75"},
    {"inactivity-timeout", "seconds", "0", "idle time until a process is replaced", "CFG-76"},
    {"request-timeout", "seconds", "0", "time for a request", "CFG-77"},
    {"interrupt-timeout", "seconds", "0", "time for a request to give up", "CFG-78"},
    {"deadlock-timeout", "seconds", "300", "time without the GIL", "CFG-79"},
    {"startup-timeout", "seconds", "0", "time for the first load", "CFG-80"},
    {"graceful-timeout", "seconds", "15", "time for requests when a process is replaced", "CFG-81"},
    {"eviction-timeout", "seconds", "0", "the same on SIGUSR1", "CFG-82"},
    {"shutdown-timeout", "seconds", "5", "time for Python to end", "CFG-83"},
    {"connect-timeout", "seconds", "15", "time to reach a process", "CFG-84"},
    {"socket-timeout", "seconds", "0", "time for an answer", "CFG-85"},
    {"queue-timeout", "seconds", "0", "time to wait for a thread", "CFG-86"},
    {"response-socket-timeout", "seconds", "0", "time for the client to read", "CFG-87"},
    {"response-flush-delay", "milliseconds", "5", "time an answer is held back", "CFG-88"},
    {"response-buffer-size", "bytes", "0", "answer that is held for a slow client", "CFG-89"},
    {"header-buffer-size", "bytes", "32768", "longest header of an answer", "CFG-90"},
    {"send-buffer-size", "bytes", "0", "SO_SNDBUF", "CFG-91"},
    {"receive-buffer-size", "bytes", "0", "SO_RCVBUF", "CFG-91"},
    {"listen-backlog", "number", "100", "requests that may wait", "CFG-92"},
    {"socket-user", "name or #id", "User", "owner of the socket", "CFG-93"},
    {"script-user", "name or #id", "", "owner that scripts must have", "CFG-94"},
    {"script-group", "name or #id", "", "group that scripts must have", "CFG-94"},
    {"cpu-priority", "number", "0", "nice value", "CFG-95"},
    {"memory-limit", "bytes", "0", "RLIMIT_DATA", "CFG-96"},
    {"virtual-memory-limit", "bytes", "0", "RLIMIT_AS", "CFG-96"},
    {"stack-size", "bytes", "", "stack of the threads", "CFG-97"},
    {"server-metrics", "On or Off", "Off", "mod_wsgi.server_metrics() may be asked", "CFG-98"},
}};

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
  return ApplyOptions(directive, 1, kRows, scope);
}

}  // namespace hosts::directives
