#include "hosts/daemon/daemon_process.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <system_error>

#include "hosts/applications/application_process.h"
#include "hosts/applications/gil_watch.h"
#include "hosts/base/handled_signals.h"
#include "hosts/base/log.h"
#include "hosts/daemon/announcements.h"
#include "hosts/daemon/limits.h"
#include "hosts/daemon/process_start.h"
#include "hosts/daemon/seats.h"
#include "hosts/daemon/supervisor.h"
#include "hosts/lifecycle/keeper.h"
#include "hosts/serving/listener.h"
#include "hosts/serving/loop.h"

namespace hosts::daemon {

namespace {

// The keeper, after shutdown-timeout; the loop waits as long as it lets it.
constexpr auto kKeeperEndsIt = std::chrono::hours(1000);

void PreloadOf(const deployment::Deployment& deployment,
               const deployment::ProcessGroup& group,
               applications::ApplicationProcess& process) {
  for (const auto& preloaded : deployment.preloads) {
    if (preloaded.process_group == group.name) {
      process.Preload(preloaded.application_group, AsSeenBy(group, preloaded.script));
    }
  }
}

lifecycle::LifeJudge::Wish WishOf(int signal) {
  using Wish = lifecycle::LifeJudge::Wish;
  if (signal == SIGUSR1) return Wish::Graceful;
  if (signal == SIGXCPU) return Wish::CpuLimit;
  return Wish::Terminate;
}

// Says so when everything else of the process is gone.
class TellsItsExit {
 public:
  explicit TellsItsExit(const std::string& name) : name_(name) {}
  TellsItsExit(const TellsItsExit&) = delete;
  TellsItsExit& operator=(const TellsItsExit&) = delete;
  ~TellsItsExit() { base::Log(base::LogLevel::Info, "H0135", "Exiting process '{}'", name_); }

 private:
  const std::string& name_;
};

int Serve(const DaemonProcessPlan& plan, const std::function<void()>& ready) {
  const deployment::ProcessGroup& group = *plan.group;
  if (auto became = Become(plan); !became) return CannotStart(became.error());
  const TellsItsExit tells_its_exit(group.name);
  serving::Loop loop(
      {.threads = group.threads, .stop_grace = kKeeperEndsIt, .stack_size = group.limits.stack});
  Seats seats;
  Announcements announcements;
  const auto note_ending = [&plan](lifecycle::EndReason reason) {
    if (plan.page != nullptr) plan.page->NoteEnding(NameOf(reason));
  };
  lifecycle::Keeper keeper(
      {.timers = group.timers,
       .threads = group.threads,
       .on_end =
           [&](lifecycle::EndReason reason) {
             note_ending(reason);
             announcements.TellEnd(NameOf(reason));
             loop.RequestStop();
           },
       .on_drain = note_ending,
       .on_interrupt = [&seats](const lifecycle::Inside& one) { seats.Interrupt(one); }});
  base::HandledSignals signals({SIGTERM, SIGINT, SIGUSR1, SIGXCPU, SIGHUP, SIGUSR2},
                               [&keeper, &announcements](int number) {
                                 if (number == SIGHUP || number == SIGUSR2) {
                                   announcements.TellSignal(number);
                                 } else {
                                   keeper.Ask(WishOf(number));
                                 }
                               });
  applications::ProcessSettings settings = SettingsOf(group);
  settings.page = plan.page;
  settings.on_load = [&keeper] { keeper.NoteLoad(); };
  auto process = applications::ApplicationProcess::Start(*plan.deployment, std::move(settings));
  if (!process) return CannotStart(process.error());
  PreloadOf(*plan.deployment, group, **process);
  signals.TakeBack();
  loop.OnHeldUp([&process] { (*process)->NoteHeldUp(); });
  std::optional<applications::GilWatch> gil_watch;
  if (group.timers.deadlock_timeout.count() > 0) {
    gil_watch.emplace(**process, group.timers.deadlock_timeout, [&keeper] { keeper.NoteGil(); });
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
  const auto make_answer = [&] {
    auto worker = std::make_shared<SeatedWorker>(**process, *plan.deployment, group, keeper, seats);
    return [worker](const exchange::RequestHead& head,
                    exchange::RequestBody& body,
                    exchange::AnswerSink& sink) { worker->Answer(head, body, sink); };
  };
  const auto ended = loop.Run(make_answer, ready);
  if (ended == serving::Loop::Ended::WithoutThreads) ::_exit(kCannotStart);
  announcements.AwaitEnd();
  announcements.SetDispatcher(nullptr);
  seats.SetInterrupter(nullptr);
  if (ended == serving::Loop::Ended::WithThreadsInside) {
    base::Log(base::LogLevel::Warning, "H0107", "Aborting process: an application did not return");
    ::_exit(255);
  }
  base::Log(base::LogLevel::Info, "H0134", "Stopping process '{}'", group.name);
  return 0;
}

}  // namespace

int RunDaemonProcess(const DaemonProcessPlan& plan, const std::function<void()>& ready) {
  bool serves = false;
  try {
    return Serve(plan, [&] {
      serves = true;
      ready();
    });
  } catch (const std::system_error& error) {
    // A thread that looks after the process could not be started: memory-limit= is for all of them.
    if (serves) throw;
    return CannotStart({base::ErrorKind::System,
                        fmt::format("cannot start a thread: {} (memory-limit=, "
                                    "virtual-memory-limit= and stack-size= are for all threads)",
                                    error.code().message())});
  }
}

}  // namespace hosts::daemon
