#include "hosts/daemon/limits.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "hosts/base/log.h"
#include "hosts/base/result.h"

namespace hosts::daemon {

namespace {

void TellFailure(std::string_view option, const deployment::ProcessGroup& group) {
  const auto error = base::SystemError(
      fmt::format("{} of group {} has no effect, its process goes on without", option, group.name));
  base::Log(base::LogLevel::Warning, "H0150", "{}", error.message);
}

void Limit(decltype(RLIMIT_AS) resource,
           std::uint64_t bytes,
           std::string_view option,
           const deployment::ProcessGroup& group) {
  if (bytes == 0) return;
  const rlimit limit{bytes, bytes};
  if (::setrlimit(resource, &limit) != 0) TellFailure(option, group);
}

}  // namespace

void TakePriority(const deployment::ProcessGroup& group) {
  const int priority = group.limits.priority;
  if (priority == 0) return;
  if (::setpriority(PRIO_PROCESS, 0, priority) != 0) {
    TellFailure(fmt::format("cpu-priority={}", priority), group);
  }
}

void LimitMemory(const deployment::ProcessGroup& group) {
  const deployment::ProcessLimits& limits = group.limits;
  Limit(RLIMIT_DATA, limits.memory, "memory-limit", group);
  Limit(RLIMIT_AS, limits.virtual_memory, "virtual-memory-limit", group);
}

void SetBufferSizes(int fd, const deployment::GroupSocket& settings) {
  const auto set = [fd](int which, int bytes) {
    if (bytes > 0) ::setsockopt(fd, SOL_SOCKET, which, &bytes, sizeof bytes);
  };
  set(SO_SNDBUF, settings.send_buffer);
  set(SO_RCVBUF, settings.receive_buffer);
}

}  // namespace hosts::daemon
