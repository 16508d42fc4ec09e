#include "hosts/daemon/service_process.h"

#include <utility>

#include "hosts/daemon/process_start.h"

namespace hosts::daemon {

int RunServiceProcess(const DaemonProcessPlan& plan, const std::function<void()>& ready) {
  const deployment::ProcessGroup& group = *plan.group;
  if (auto became = Become(plan); !became) return CannotStart(became.error());
  applications::ProcessSettings settings = SettingsOf(group);
  settings.page = plan.page;
  auto process = applications::ApplicationProcess::Start(*plan.deployment, std::move(settings));
  if (!process) return CannotStart(process.error());
  (*process)->ExitAtSigterm();
  ready();
  for (const auto& script : plan.deployment->preloads) {
    if (script.process_group != group.name) continue;
    const auto ended =
        (*process)->RunService(script.application_group, AsSeenBy(group, script.script));
    if (ended == applications::ApplicationProcess::Ended::ByExit) break;
  }
  return 0;
}

}  // namespace hosts::daemon
