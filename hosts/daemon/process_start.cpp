#include "hosts/daemon/process_start.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <clocale>
#include <cstdlib>

#include "hosts/base/log.h"
#include "hosts/daemon/limits.h"
#include "hosts/daemon/supervisor.h"
#include "hosts/deployment/groups.h"

namespace hosts::daemon {

namespace {

// CFG-67.
void SpeakAs(const deployment::ProcessGroup& group) {
  if (!group.lang.empty()) ::setenv("LANG", group.lang.c_str(), 1);
  if (group.locale.empty()) return;
  ::setenv("LC_ALL", group.locale.c_str(), 1);
  if (std::setlocale(LC_ALL, group.locale.c_str()) == nullptr) {
    base::Log(
        base::LogLevel::Warning,
        "H0151",
        "locale={} of group {} is not known to this machine; the process keeps the one it has",
        group.locale,
        group.name);
  }
}

std::filesystem::path EggsOf(const deployment::ProcessGroup& group) {
  return group.python_eggs ? group.python_eggs->value : std::filesystem::path();
}

// The kernel kills who does not end a second after it was to be ended by force (DAEMON-33).
base::Result<void> LimitProcessorTime(const deployment::ProcessTimers& timers) {
  if (timers.cpu_time_limit.count() == 0) return {};
  const auto soft = static_cast<rlim_t>(timers.cpu_time_limit.count());
  const auto hard = static_cast<rlim_t>(deployment::KilledAfterCpuTime(timers).count());
  const rlimit limit{soft, hard};
  if (::setrlimit(RLIMIT_CPU, &limit) == 0) return {};
  return base::SystemError("cannot limit the processor time");
}

}  // namespace

base::Result<void> Become(const DaemonProcessPlan& plan) {
  const deployment::ProcessGroup& group = *plan.group;
  // Only the superuser's processes change their user, and with it the directory (SEC-1, SEC-4).
  const auto& directory = ::geteuid() == 0 ? group.working_directory : group.home;
  TakePriority(group);
  if (auto taken = TakeOn({plan.identity, group.umask, group.chroot, directory}); !taken) {
    return taken.error();
  }
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // forgotten when the user changed
  if (auto limited = LimitProcessorTime(group.timers); !limited) return limited.error();
  LimitMemory(group);
  SpeakAs(group);
  return {};
}

applications::ProcessSettings SettingsOf(const deployment::ProcessGroup& group) {
  applications::ProcessSettings settings;
  settings.process_group = group.name;
  settings.python_home = group.python_home;
  settings.python_path = group.python_path;
  settings.home = group.home;
  settings.root = group.chroot;
  settings.python_eggs = EggsOf(group);
  settings.processes = group.processes;
  settings.threads = group.threads;
  settings.multiprocess = group.processes_written;
  return settings;
}

std::string AsSeenBy(const deployment::ProcessGroup& group, const std::string& script) {
  return std::string(deployment::BelowRoot(script, group.chroot.native()).value_or(script));
}

int CannotStart(const base::Error& error) {
  base::Log(base::LogLevel::Error, "H0110", "{}", error.Text());
  return kCannotStart;
}

}  // namespace hosts::daemon
