#include "harness/sampling/kernel_counters.h"

#include <dirent.h>
#include <fmt/format.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "harness/sampling/sampler.h"
#include "hosts/base/files.h"

namespace harness::sampling {

namespace {

constexpr const char* kSystemCallEvents[] = {
    "/sys/kernel/tracing/events/raw_syscalls/sys_enter/id",
    "/sys/kernel/debug/tracing/events/raw_syscalls/sys_enter/id"};

// The number of the event that every system call is, or nothing: the kernel's tracing is not mounted, or not ours to see.
std::optional<std::uint64_t> SystemCallEvent() {
  for (const char* path : kSystemCallEvents) {
    if (const auto text = hosts::base::ReadFile(path)) {
      return std::strtoull(text->c_str(), nullptr, 10);
    }
  }
  return std::nullopt;
}

std::vector<pid_t> ThreadsOf(pid_t pid) {
  std::vector<pid_t> threads;
  const std::string tasks = fmt::format("/proc/{}/task", pid);
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(tasks.c_str()), &::closedir);
  if (!folder) return threads;
  while (const dirent* entry = ::readdir(folder.get())) {
    if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9') {
      threads.push_back(std::atoi(entry->d_name));
    }
  }
  return threads;
}

std::string ReasonOf(int problem) {
  switch (problem) {
    case ENOENT:
    case EOPNOTSUPP:
    case ENODEV:
      return "this machine has no such counter, as many virtual machines";
    case EACCES:
    case EPERM: {
      const auto level = hosts::base::ReadFile("/proc/sys/kernel/perf_event_paranoid");
      return fmt::format(
          "the kernel does not permit it (kernel.perf_event_paranoid is {}; 1 or less is needed, "
          "or "
          "CAP_PERFMON)",
          level ? level->substr(0, level->find('\n')) : "unknown");
    }
    default:
      return fmt::format("perf_event_open: {}", std::strerror(problem));
  }
}

}  // namespace

KernelCounters::KernelCounters(pid_t root) {
  const auto system_calls = SystemCallEvent();
  if (!system_calls) {
    system_calls_.reason =
        "the kernel's events cannot be read: mount -t tracefs tracefs /sys/kernel/tracing, as root";
  }
  for (const ProcessSample& process : SampleFamily(root, Memory::Skip).processes) {
    for (const pid_t thread : ThreadsOf(process.stat.pid)) {
      Open(instructions_, PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS, thread);
      if (system_calls) Open(system_calls_, PERF_TYPE_TRACEPOINT, *system_calls, thread);
    }
  }
}

void KernelCounters::Open(Event& event, std::uint32_t type, std::uint64_t config, pid_t thread) {
  if (!event.reason.empty()) return;
  perf_event_attr wanted{};
  wanted.size = sizeof(wanted);
  wanted.type = type;
  wanted.config = config;
  wanted.inherit = 1;
  wanted.exclude_kernel = type == PERF_TYPE_HARDWARE ? 1 : 0;
  wanted.exclude_hv = wanted.exclude_kernel;
  const auto fd = static_cast<int>(
      ::syscall(SYS_perf_event_open, &wanted, thread, -1, -1, PERF_FLAG_FD_CLOEXEC));
  if (fd >= 0) {
    event.fds.emplace_back(fd);
  } else if (errno != ESRCH) {  // a thread that has ended has nothing to count
    event.reason = ReasonOf(errno);
    event.fds.clear();
  }
}

std::optional<std::int64_t> KernelCounters::Event::Sum() const {
  if (!reason.empty() || fds.empty()) return std::nullopt;
  std::int64_t sum = 0;
  for (const hosts::base::UniqueFd& fd : fds) {
    std::uint64_t count = 0;
    if (::read(fd.get(), &count, sizeof(count)) != sizeof(count)) return std::nullopt;
    sum += static_cast<std::int64_t>(count);
  }
  return sum;
}

}  // namespace harness::sampling
