#include "harness/launch/descendants.h"

#include <dirent.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <sstream>

#include "hosts/base/files.h"
#include "hosts/base/unique_fd.h"

namespace harness::launch {

using hosts::base::Deadline;
using hosts::base::ReadFile;
using hosts::base::UniqueFd;

namespace {

struct Standing {
  ProcessId id;
  pid_t parent = 0;
  char state = '?';
};

// /proc/PID/stat: the name in parentheses may hold anything, so fields count from the last ')'.
std::optional<Standing> StandingOf(pid_t pid) {
  const auto text = ReadFile(fmt::format("/proc/{}/stat", pid));
  if (!text) return std::nullopt;
  const size_t after_name = text->rfind(')');
  if (after_name == std::string::npos) return std::nullopt;
  std::istringstream fields(text->substr(after_name + 1));
  Standing standing;
  standing.id.pid = pid;
  fields >> standing.state >> standing.parent;
  std::string skipped;
  for (int field = 5; field < 22; ++field)
    fields >> skipped;
  fields >> standing.id.start_ticks;
  if (!fields) return std::nullopt;
  return standing;
}

std::vector<Standing> AllProcesses() {
  std::vector<Standing> all;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc"), &::closedir);
  if (!folder) return all;
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string_view name(entry->d_name);
    pid_t pid = 0;
    const auto [end, problem] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (problem != std::errc() || end != name.data() + name.size()) continue;
    if (const auto standing = StandingOf(pid)) all.push_back(*standing);
  }
  return all;
}

// Still there and not merely unreaped. Our own zombies are reaped on the way.
bool IsAlive(const ProcessId& process) {
  const auto standing = StandingOf(process.pid);
  if (!standing || !(standing->id == process)) return false;
  if (standing->state != 'Z' && standing->state != 'X') return true;
  if (standing->parent == ::getpid()) ::waitpid(process.pid, nullptr, WNOHANG);
  return false;
}

}  // namespace

void BecomeSubreaper() {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
}

std::vector<ProcessId> FamilyOf(pid_t pid) {
  const std::vector<Standing> all = AllProcesses();
  std::vector<ProcessId> family;
  for (const Standing& process : all) {
    if (process.id.pid == pid) family.push_back(process.id);
  }
  for (size_t known = 0; known < family.size(); ++known) {
    for (const Standing& process : all) {
      if (process.parent == family[known].pid) family.push_back(process.id);
    }
  }
  return family;
}

std::vector<pid_t> ChildrenOf(pid_t pid) {
  std::vector<pid_t> children;
  for (const Standing& process : AllProcesses()) {
    if (process.parent == pid) children.push_back(process.id.pid);
  }
  return children;
}

std::vector<ProcessId> ProcessesWithEnvironment(const std::string& entry) {
  std::vector<ProcessId> found;
  for (const Standing& process : AllProcesses()) {
    const auto text = ReadFile(fmt::format("/proc/{}/environ", process.id.pid));
    if (!text) continue;
    const std::string_view environment(*text);
    const size_t place = environment.find(entry);
    if (place == std::string_view::npos) continue;
    const size_t end = place + entry.size();
    if (end == environment.size() || environment[end] == '\0') found.push_back(process.id);
  }
  return found;
}

std::vector<ProcessId> WaitUntilGone(std::vector<ProcessId> processes, Deadline deadline) {
  while (true) {
    std::erase_if(processes, [](const ProcessId& process) { return !IsAlive(process); });
    if (processes.empty() || deadline.has_passed()) return processes;
    const UniqueFd first(static_cast<int>(::syscall(SYS_pidfd_open, processes.front().pid, 0)));
    pollfd entry{first.get(), POLLIN, 0};
    if (first.is_open()) ::poll(&entry, 1, deadline.poll_timeout_ms());
  }
}

std::string NameOf(const ProcessId& process) {
  auto command = ReadFile(fmt::format("/proc/{}/cmdline", process.pid));
  std::string text = command ? std::move(*command) : std::string();
  std::replace(text.begin(), text.end(), '\0', ' ');
  while (!text.empty() && text.back() == ' ')
    text.pop_back();
  return fmt::format("{} ({})", process.pid, text.empty() ? "?" : text);
}

}  // namespace harness::launch
