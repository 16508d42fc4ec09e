#include "hosts/applications/application_process.h"

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <system_error>
#include <utility>

#include "hosts/applications/mounted_applications.h"
#include "hosts/applications/process_state.h"
#include "hosts/base/check.h"
#include "hosts/base/log.h"
#include "hosts/python/call.h"
#include "hosts/python/error.h"
#include "hosts/python/log_stream.h"
#include "hosts/python/versions.h"

namespace hosts::applications {

using base::Log;
using base::LogLevel;
using interpreters::InterpreterPool;
using interpreters::ModWsgiModule;
using interpreters::WorkerStates;
using python::Attached;

ApplicationProcess::State::State(const deployment::Deployment& of_this,
                                 ProcessSettings its_settings)
    : deployment(of_this),
      settings(std::move(its_settings)),
      metrics(std::make_shared<interpreters::RequestMetrics>(settings.threads)) {}

namespace {

constexpr const char* kExitAtSigterm = R"(
import signal, sys
def leave(number, frame):
    sys.exit()
signal.signal(signal.SIGTERM, leave)
)";

python::StartOptions StartOptionsOf(const deployment::PythonStart& said,
                                    const std::filesystem::path& home) {
  python::StartOptions options;
  options.home = home;
  if (said.optimize) options.optimize = said.optimize->value;
  for (const auto& warning : said.warnings)
    options.warnings.push_back(warning.value);
  if (said.hash_seed) {
    const deployment::HashSeed& seed = said.hash_seed->value;
    options.hash_seed = {.is_random = !seed, .seed = seed.value_or(0)};
  }
  if (said.dont_write_bytecode) options.write_bytecode = !said.dont_write_bytecode->value;
  return options;
}

interpreters::PoolSettings PoolSettingsOf(const deployment::Deployment& deployment,
                                          const ProcessSettings& settings,
                                          std::shared_ptr<interpreters::RequestMetrics> metrics) {
  interpreters::PoolSettings pool;
  pool.metrics = std::move(metrics);
  pool.process_group = settings.process_group;
  pool.home = settings.home;
  pool.python_path = settings.python_path;
  pool.maximum_processes = settings.processes;
  pool.threads_per_process = settings.threads;
  pool.is_case_sensitive = deployment.is_case_sensitive;
  pool.egg_cache = settings.python_eggs;
  const auto* interval = deployment::SwitchIntervalOf(deployment, settings.process_group);
  if (interval != nullptr) pool.switch_interval = interval->value;
  pool.choices_for = [&deployment, group = settings.process_group](std::string_view application) {
    return deployment::ChoicesFor(deployment, {group, application});
  };
  return pool;
}

}  // namespace

base::Result<void> ApplicationProcess::State::Start() {
  const bool is_without_gil = deployment::RunsWithoutGil(deployment, settings.process_group);
  Log(LogLevel::Info,
      "H0308",
      "Initializing Python {}{}",
      PY_VERSION,
      is_without_gil ? " with free-threading enabled" : "");
  auto options = StartOptionsOf(deployment.server.python, settings.python_home);
  options.without_gil = is_without_gil;
  auto started = python::Runtime::Start(options);
  if (!started) return started.error();
  runtime = std::move(*started);
  interpreters::PoolSettings of_pool = PoolSettingsOf(deployment, settings, metrics);
  of_pool.on_several = [this](const Attached& attached) { StartDropRequester(attached); };
  auto made = InterpreterPool::Make(
      *runtime,
      std::move(of_pool),
      [this](const Attached& attached, const interpreters::HostedInterpreter& interpreter) {
        NoteInterpreter(interpreter.application_group());
        using Kept = MountedApplications::Kept;
        return std::make_unique<MountedApplications>(
            attached,
            deployment,
            settings,
            interpreter.application_group(),
            runtime->is_without_gil() ? Kept::ForEachThread : Kept::ForAllThreads);
      });
  if (!made) return made.error();
  pool = std::move(*made);
  starting_thread = std::make_unique<WorkerStates>(*pool, WorkerStates::Thread::Starting);
  return {};
}

void ApplicationProcess::State::StartDropRequester(const Attached& attached) {
  if (!python::kDropRequestsGoAstray || drop_requester) return;
  try {
    drop_requester = std::make_unique<DropRequester>(runtime->main(), attached, stays);
    told_ = drop_requester.get();
  } catch (const std::system_error& error) {
    Log(LogLevel::Warning,
        "H0343",
        "One interpreter may keep the GIL from others for as long as it likes: there is no thread "
        "to ask for it: {}",
        error.code().message());
  }
}

void ApplicationProcess::State::NoteHeldUp() const {
  if (DropRequester* requester = told_.load()) requester->NoteHeldUp();
}

void ApplicationProcess::State::NoteInterpreter(const std::string& application_group) const {
  if (settings.page != nullptr) settings.page->NoteInterpreter(application_group);
}

void ApplicationProcess::State::NoteScript(std::string_view application_group,
                                           std::string_view script) const {
  if (settings.page == nullptr) return;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  settings.page->NoteScript(application_group,
                            script,
                            std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

bool ApplicationProcess::State::ends_interpreters() const {
  const auto& said = deployment.server.python.destroy_interpreters;
  return !said || said->value;
}

void ApplicationProcess::State::Publish(WorkerStates& states,
                                        ModWsgiModule::Subscribers which,
                                        const char* event,
                                        const std::function<python::Ref()>& make_payload) const {
  for (const std::string& group : pool->application_groups()) {
    const auto place = states.Enter(group);
    if (!place) continue;  // logged
    const Attached attached(*place->state);
    const ModWsgiModule& module = place->interpreter->module();
    try {
      for (const auto subscribers : {which, ModWsgiModule::Subscribers::Events}) {
        if (module.has(attached, subscribers)) {
          module.Publish(attached, subscribers, event, make_payload());
        }
      }
    } catch (const python::PythonError& error) {
      python::LogFailure(
          "H0313", fmt::format("{} could not be published", event), error.Describe(attached));
    }
    python::FlushPartialLines();
  }
}

void ApplicationProcess::State::PublishSignal(WorkerStates& states,
                                              int number,
                                              const std::string& name) const {
  Publish(states, ModWsgiModule::Subscribers::Signals, "process_signal", [&] {
    return python::Take(Py_BuildValue("{s:s,s:i}", "signame", name.c_str(), "signum", number));
  });
}

void ApplicationProcess::State::PublishEnd(WorkerStates& states,
                                           const std::string& shutdown_reason) const {
  Publish(states, ModWsgiModule::Subscribers::Shutdown, "process_stopping", [&] {
    return python::Take(Py_BuildValue("{s:s}", "shutdown_reason", shutdown_reason.c_str()));
  });
}

void ApplicationProcess::ExitAtSigterm() {
  auto place = state_->starting_thread->Enter("");
  CHECK(place.has_value(), "the main interpreter is there");
  const Attached attached(*place->state);
  try {
    const python::Ref names = python::Take(PyDict_New());
    python::Check(PyDict_SetItemString(names.get(), "__builtins__", PyEval_GetBuiltins()));
    python::Take(PyRun_String(kExitAtSigterm, Py_file_input, names.get(), names.get())).reset();
  } catch (const python::PythonError& error) {
    python::LogFailure("H0314", "SIGTERM could not be bound", error.Describe(attached));
  }
}

ApplicationProcess::Ended ApplicationProcess::RunService(const std::string& application_group,
                                                         const std::string& script_filename) {
  auto place = state_->starting_thread->Enter(application_group);
  if (!place) return Ended::ByFailing;  // logged
  const Attached attached(*place->state);
  state_->NoteScript(application_group, script_filename);
  const auto loaded = place->interpreter->scripts().Load(attached, script_filename);
  python::FlushPartialLines();
  if (loaded.script != nullptr) return Ended::ByReturning;
  return loaded.has_exited ? Ended::ByExit : Ended::ByFailing;
}

void ApplicationProcess::NoteHeldUp() {
  state_->NoteHeldUp();
}

void ApplicationProcess::TellEnd() {
  state_->PublishEnd(*state_->starting_thread, "");
}

ApplicationProcess::ApplicationProcess(std::unique_ptr<State> state) : state_(std::move(state)) {}

ApplicationProcess::~ApplicationProcess() {
  python::FlushPartialLines();
  if (state_->ends_interpreters()) return;
  state_->pool->HoldStill();
  state_->runtime->HoldStill();
  // What is reachable is no leak.
  [[maybe_unused]] static const auto* kept = new std::unique_ptr<State>(std::move(state_));
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
  } else {
    state_->NoteScript(application_group, script_filename);
    state_->settings.on_load();
  }
  python::FlushPartialLines();
}

}  // namespace hosts::applications
