#include "hosts/applications/application_process.h"

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <utility>

#include "hosts/applications/mounted_applications.h"
#include "hosts/applications/process_state.h"
#include "hosts/base/log.h"
#include "hosts/python/error.h"
#include "hosts/python/log_stream.h"

namespace hosts::applications {

using base::Log;
using base::LogLevel;
using interpreters::InterpreterPool;
using interpreters::WorkerStates;
using python::Attached;

ApplicationProcess::State::State(const deployment::Deployment& of_this,
                                 ProcessSettings its_settings)
    : deployment(of_this), settings(std::move(its_settings)) {}

base::Result<void> ApplicationProcess::State::Start() {
  Log(LogLevel::Info, "H0308", "Initializing Python {}", PY_VERSION);
  auto started = python::Runtime::Start(settings.python_home);
  if (!started) return started.error();
  runtime = std::move(*started);
  auto made = InterpreterPool::Make(
      *runtime,
      interpreters::InterpreterSettings{settings.process_group,
                                        settings.home,
                                        settings.python_path,
                                        settings.processes,
                                        settings.threads,
                                        deployment.is_case_sensitive},
      [this](const Attached& attached, const interpreters::HostedInterpreter& interpreter) {
        return std::make_unique<MountedApplications>(
            attached, deployment, settings, interpreter.application_group());
      });
  if (!made) return made.error();
  pool = std::move(*made);
  starting_thread = std::make_unique<WorkerStates>(*pool, WorkerStates::Thread::Starting);
  return {};
}

ApplicationProcess::ApplicationProcess(std::unique_ptr<State> state) : state_(std::move(state)) {}

ApplicationProcess::~ApplicationProcess() {
  python::FlushPartialLines();
}

base::Result<std::unique_ptr<ApplicationProcess>> ApplicationProcess::Start(
    const deployment::Deployment& deployment, ProcessSettings settings) {
  auto state = std::make_unique<State>(deployment, std::move(settings));
  auto started = state->Start();
  if (!started) return started.error();
  return std::unique_ptr<ApplicationProcess>(new ApplicationProcess(std::move(state)));
}

void ApplicationProcess::Preload(const std::string& application_group,
                                 const std::string& script_filename) {
  auto place = state_->starting_thread->Enter(application_group);
  if (!place) return;  // logged
  const Attached attached(*place->state);
  if (place->interpreter->scripts().FindOrLoad(attached, script_filename) == nullptr) {
    Log(LogLevel::Warning,
        "H0312",
        "Preloading '{}' failed; its first request will try again",
        script_filename);
  }
  python::FlushPartialLines();
}

}  // namespace hosts::applications
