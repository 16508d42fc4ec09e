#include "hosts/daemon/daemon_process.h"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdlib>

#include "hosts/applications/application_process.h"
#include "hosts/base/log.h"
#include "hosts/base/stop_signal.h"
#include "hosts/daemon/supervisor.h"
#include "hosts/serving/listener.h"
#include "hosts/serving/loop.h"

namespace hosts::daemon {

namespace {

int CannotStart(const base::Error& error) {
  base::Log(base::LogLevel::Error, "H0110", "{}", error.Text());
  return kCannotStart;
}

void PreloadOf(const deployment::Deployment& deployment,
               const std::string& process_group,
               applications::ApplicationProcess& process) {
  for (const auto& preloaded : deployment.preloads) {
    if (preloaded.process_group == process_group) {
      process.Preload(preloaded.application_group, preloaded.script);
    }
  }
}

std::filesystem::path EggsOf(const deployment::ProcessGroup& group) {
  return group.python_eggs ? group.python_eggs->value : std::filesystem::path();
}

}  // namespace

int RunDaemonProcess(const DaemonProcessPlan& plan, const std::function<void()>& ready) {
  const deployment::ProcessGroup& group = *plan.group;
  // Only the superuser's processes change their user, and with it the directory (SEC-1, SEC-4).
  const auto& directory = ::geteuid() == 0 ? group.working_directory : group.home;
  if (!group.lang.empty()) ::setenv("LANG", group.lang.c_str(), 1);
  if (!group.locale.empty()) ::setenv("LC_ALL", group.locale.c_str(), 1);
  if (auto taken = TakeOn({plan.identity, group.umask, directory}); !taken) {
    return CannotStart(taken.error());
  }
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // forgotten when the user changed
  serving::Loop loop({.threads = group.threads});
  base::StopOnSignals stop([&loop] { loop.RequestStop(); });
  auto process = applications::ApplicationProcess::Start(*plan.deployment,
                                                         {.process_group = group.name,
                                                          .python_home = group.python_home,
                                                          .python_path = group.python_path,
                                                          .home = group.home,
                                                          .python_eggs = EggsOf(group),
                                                          .processes = group.processes,
                                                          .threads = group.threads,
                                                          .multiprocess = group.processes_written});
  if (!process) return CannotStart(process.error());
  PreloadOf(*plan.deployment, group.name, **process);
  stop.TakeBack();
  const serving::Listener listener(loop, plan.listening_fd, [&](base::UniqueFd socket) {
    return std::make_unique<ChannelConnection>(loop, plan.channel, std::move(socket));
  });
  ready();
  const auto ended = loop.Run([&process] {
    auto worker = std::make_shared<applications::Worker>(**process);
    return [worker](const exchange::RequestHead& head,
                    exchange::RequestBody& body,
                    exchange::AnswerSink& sink) { worker->Answer(head, body, sink); };
  });
  if (ended == serving::Loop::Ended::WithThreadsInside) {
    base::Log(base::LogLevel::Warning, "H0107", "Aborting process: an application did not return");
    ::_exit(255);
  }
  return 0;
}

}  // namespace hosts::daemon
