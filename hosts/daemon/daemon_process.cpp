#include "hosts/daemon/daemon_process.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <clocale>
#include <cstdlib>

#include "hosts/applications/application_process.h"
#include "hosts/applications/gil_watch.h"
#include "hosts/base/handled_signals.h"
#include "hosts/base/log.h"
#include "hosts/daemon/announcements.h"
#include "hosts/daemon/limits.h"
#include "hosts/daemon/seats.h"
#include "hosts/daemon/supervisor.h"
#include "hosts/deployment/groups.h"
#include "hosts/lifecycle/keeper.h"
#include "hosts/serving/listener.h"
#include "hosts/serving/loop.h"

namespace hosts::daemon {

namespace {

// The keeper, after shutdown-timeout; the loop waits as long as it lets it.
constexpr auto kKeeperEndsIt = std::chrono::hours(1000);

int CannotStart(const base::Error& error) {
  base::Log(base::LogLevel::Error, "H0110", "{}", error.Text());
  return kCannotStart;
}

// SEC-6. One outside the root cannot be found, which is logged.
std::string AsSeenBy(const deployment::ProcessGroup& group, const std::string& script) {
  return std::string(deployment::BelowRoot(script, group.chroot.native()).value_or(script));
}

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

void PreloadOf(const deployment::Deployment& deployment,
               const deployment::ProcessGroup& group,
               applications::ApplicationProcess& process) {
  for (const auto& preloaded : deployment.preloads) {
    if (preloaded.process_group == group.name) {
      process.Preload(preloaded.application_group, AsSeenBy(group, preloaded.script));
    }
  }
}

std::filesystem::path EggsOf(const deployment::ProcessGroup& group) {
  return group.python_eggs ? group.python_eggs->value : std::filesystem::path();
}

// The kernel kills who does not end a second after it was to be ended by force (DAEMON-33).
base::Result<void> LimitProcessorTime(const deployment::ProcessTimers& timers) {
  if (timers.cpu_time_limit.count() == 0) return {};
  const auto soft = static_cast<rlim_t>(timers.cpu_time_limit.count());
  const auto grace = static_cast<rlim_t>(timers.shutdown_timeout.count()) + 1;
  const rlimit limit{soft, soft + grace};
  if (::setrlimit(RLIMIT_CPU, &limit) == 0) return {};
  return base::SystemError("cannot limit the processor time");
}

lifecycle::LifeJudge::Wish WishOf(int signal) {
  using Wish = lifecycle::LifeJudge::Wish;
  if (signal == SIGUSR1) return Wish::Graceful;
  if (signal == SIGXCPU) return Wish::CpuLimit;
  return Wish::Terminate;
}

}  // namespace

int RunDaemonProcess(const DaemonProcessPlan& plan, const std::function<void()>& ready) {
  const deployment::ProcessGroup& group = *plan.group;
  // Only the superuser's processes change their user, and with it the directory (SEC-1, SEC-4).
  const auto& directory = ::geteuid() == 0 ? group.working_directory : group.home;
  TakePriority(group);
  if (auto taken = TakeOn({plan.identity, group.umask, group.chroot, directory}); !taken) {
    return CannotStart(taken.error());
  }
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // forgotten when the user changed
  if (auto limited = LimitProcessorTime(group.timers); !limited)
    return CannotStart(limited.error());
  LimitMemory(group);
  SpeakAs(group);
  serving::Loop loop(
      {.threads = group.threads, .stop_grace = kKeeperEndsIt, .stack_size = group.limits.stack});
  Seats seats;
  Announcements announcements;
  lifecycle::Keeper keeper(
      {.timers = group.timers,
       .threads = group.threads,
       .on_end =
           [&](lifecycle::EndReason reason) {
             loop.RequestStop();
             announcements.TellEnd(NameOf(reason));
           },
       .on_interrupt = [&seats](const lifecycle::Inside& one) { seats.Interrupt(one); }});
  base::HandledSignals signals({SIGTERM, SIGINT, SIGUSR1, SIGXCPU, SIGHUP, SIGUSR2},
                               [&keeper, &announcements](int number) {
                                 if (number == SIGHUP || number == SIGUSR2) {
                                   announcements.TellSignal(number);
                                 } else {
                                   keeper.Ask(WishOf(number));
                                 }
                               });
  auto process =
      applications::ApplicationProcess::Start(*plan.deployment,
                                              {.process_group = group.name,
                                               .python_home = group.python_home,
                                               .python_path = group.python_path,
                                               .home = group.home,
                                               .root = group.chroot,
                                               .python_eggs = EggsOf(group),
                                               .processes = group.processes,
                                               .threads = group.threads,
                                               .multiprocess = group.processes_written,
                                               .on_load = [&keeper] { keeper.NoteLoad(); }});
  if (!process) return CannotStart(process.error());
  PreloadOf(*plan.deployment, group, **process);
  signals.TakeBack();
  std::optional<applications::GilWatch> gil_watch;
  if (group.timers.deadlock_timeout.count() > 0) {
    gil_watch.emplace(**process, [&keeper] { keeper.NoteGil(); });
  }
  applications::Dispatcher dispatcher(**process);
  announcements.SetDispatcher(&dispatcher);
  std::optional<applications::Interrupter> interrupter;
  if (keeper.interrupts()) seats.SetInterrupter(&interrupter.emplace(**process));
  ChannelSettings channel = plan.channel;
  channel.on_reload = [&keeper, &loop] {
    keeper.Ask(lifecycle::LifeJudge::Wish::Reload);
    loop.RequestStop();  // what comes after this request is not begun with
  };
  const serving::Listener listener(loop, plan.listening_fd, [&](base::UniqueFd socket) {
    SetBufferSizes(socket.get(), group.socket);  // they are not inherited from the listener
    return std::make_unique<ChannelConnection>(loop, channel, std::move(socket));
  });
  ready();
  const auto ended = loop.Run([&] {
    auto worker = std::make_shared<SeatedWorker>(**process, group, keeper, seats);
    return [worker](const exchange::RequestHead& head,
                    exchange::RequestBody& body,
                    exchange::AnswerSink& sink) { worker->Answer(head, body, sink); };
  });
  seats.SetInterrupter(nullptr);
  announcements.SetDispatcher(nullptr);
  if (ended == serving::Loop::Ended::WithoutThreads) ::_exit(kCannotStart);
  if (ended == serving::Loop::Ended::WithThreadsInside) {
    base::Log(base::LogLevel::Warning, "H0107", "Aborting process: an application did not return");
    ::_exit(255);
  }
  return 0;
}

}  // namespace hosts::daemon
