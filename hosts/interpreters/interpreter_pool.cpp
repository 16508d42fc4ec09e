#include "hosts/interpreters/interpreter_pool.h"

#include <fmt/format.h>

#include "hosts/base/log.h"
#include "hosts/python/error.h"
#include "hosts/python/versions.h"

namespace hosts::interpreters {

using base::Log;
using base::LogLevel;
using python::Attached;
using python::ThreadState;

namespace {

// GIL-9, and GIL-22 without a GIL.
void TellSkippedWithoutGil(const std::string& group,
                           const deployment::InterpreterChoices& choices) {
  if (choices.goes_without_its_own_gil) {
    Log(LogLevel::Warning,
        "H0324",
        "Ignoring WSGIPerInterpreterGIL On for sub-interpreter '{}' ({}:{}): free-threading is "
        "enabled for its process, which has no GIL at all",
        group,
        choices.own_gil->origin.file,
        choices.own_gil->origin.line);
  }
  if (choices.own_switch_interval) {
    const auto& [seconds, origin] = *choices.own_switch_interval;
    Log(LogLevel::Warning,
        "H0323",
        "Skipping per-interpreter switch interval {} s for sub-interpreter '{}' ({}:{}): "
        "free-threading is enabled for its process",
        seconds,
        group,
        origin.file,
        origin.line);
  }
}

// GIL-22, in the words of mod_wsgi's WSGI0199.
void TellSkippedInterval(const std::string& group, const deployment::InterpreterChoices& choices) {
  if (choices.gil == deployment::GilKind::None) return TellSkippedWithoutGil(group, choices);
  if (choices.gil == deployment::GilKind::Own || !choices.own_switch_interval) return;
  const auto& [seconds, origin] = *choices.own_switch_interval;
  Log(LogLevel::Warning,
      "H0321",
      "Skipping per-interpreter switch interval {} s for sub-interpreter '{}' ({}:{}): it does not "
      "have its own GIL, and the interval of its process is one for all",
      seconds,
      group,
      origin.file,
      origin.line);
}

std::string AdviceOn(const std::string& group, const deployment::InterpreterChoices& choices) {
  const deployment::Origin origin =
      choices.own_gil ? choices.own_gil->origin : deployment::Origin();
  return fmt::format(
      "interpreter '{}' has a GIL of its own ({}:{}), where only those are imported that declare "
      "their support; do without it, or write WSGIPerInterpreterGIL Off for '{}'",
      group,
      origin.file,
      origin.line,
      group);
}

// Also one that shares main's GIL is made so there (interpreters.md).
std::string AdviceOnFreeThreaded(const std::string& group) {
  return fmt::format(
      "in a sub-interpreter ('{}') of a free-threaded Python only those are imported that declare "
      "their support; do without it, or write WSGIApplicationGroup %{{GLOBAL}}",
      group);
}

}  // namespace

InterpreterPool::InterpreterPool(python::Runtime& runtime,
                                 PoolSettings settings,
                                 MakeCompanion make_companion)
    : runtime_(runtime),
      settings_(std::move(settings)),
      make_companion_(std::move(make_companion)) {}

base::Result<std::unique_ptr<InterpreterPool>> InterpreterPool::Make(python::Runtime& runtime,
                                                                     PoolSettings settings,
                                                                     MakeCompanion make_companion) {
  auto pool = std::unique_ptr<InterpreterPool>(
      new InterpreterPool(runtime, std::move(settings), std::move(make_companion)));
  auto main = std::make_unique<HostedInterpreter>();
  main->interpreter_ = &runtime.main();
  auto set_up =
      pool->SetUpAttached(runtime.starting_thread(), *main, pool->settings_.choices_for(""));
  if (!set_up) return set_up.error().While("setting up the main interpreter");
  pool->interpreters_.emplace("", std::move(main));
  return pool;
}

base::Result<void> InterpreterPool::SetUpAttached(ThreadState& state,
                                                  HostedInterpreter& hosted,
                                                  const deployment::InterpreterChoices& choices) {
  const Attached attached(state);
  try {
    hosted.module_ =
        std::make_unique<ModWsgiModule>(attached, hosted.application_group_, settings_);
    SetUp(attached, settings_, choices);
    if (!hosted.interpreter_->is_main()) RefuseFork(attached);
    SetInterval(attached, hosted, choices);
    hosted.scripts_ = std::make_unique<Scripts>(
        settings_.is_case_sensitive,
        settings_.threads_per_process > 0 ? Scripts::Exit::IsAFailure : Scripts::Exit::IsAnEnd);
    if (hosted.interpreter_->has_own_gil()) {
      hosted.scripts_->AdviseOnRefusedExtensions(AdviceOn(hosted.application_group_, choices));
    } else if (python::kIsFreeThreaded && !hosted.interpreter_->is_main()) {
      hosted.scripts_->AdviseOnRefusedExtensions(AdviceOnFreeThreaded(hosted.application_group_));
    }
    if (choices.gil == deployment::GilKind::None) hosted.scripts_->NameExtensionsThatWantAGil();
    hosted.companion_ = make_companion_(attached, hosted);
    return {};
  } catch (const python::PythonError& error) {
    const auto failure = error.Describe(attached);
    python::LogFailure("H0306", "An interpreter could not be set up", failure);
    return base::Error{base::ErrorKind::System, failure.lines.back()};
  }
}

// Once for each GIL (GIL-20).
void InterpreterPool::SetInterval(const Attached& attached,
                                  const HostedInterpreter& hosted,
                                  const deployment::InterpreterChoices& choices) const {
  if (choices.gil == deployment::GilKind::None) {
    if (hosted.interpreter_->is_main() && settings_.switch_interval) {
      Log(LogLevel::Warning,
          "H0323",
          "Skipping switch interval {} s: free-threading is enabled for this process",
          *settings_.switch_interval);
    }
    return;
  }
  if (hosted.interpreter_->is_main() && settings_.switch_interval) {
    SetSwitchInterval(attached, *settings_.switch_interval);
    Log(LogLevel::Info, "H0320", "Python's switch interval: {} s", *settings_.switch_interval);
  }
  if (hosted.interpreter_->has_own_gil() && choices.own_switch_interval) {
    SetSwitchInterval(attached, choices.own_switch_interval->value);
    Log(LogLevel::Info,
        "H0320",
        "Python's switch interval in interpreter '{}': {} s",
        hosted.application_group_,
        choices.own_switch_interval->value);
  }
}

base::Result<InterpreterPool::Made> InterpreterPool::FindOrMake(const std::string& group,
                                                                ThreadState& main) {
  const std::lock_guard lock(mutex_);
  const auto found = interpreters_.find(group);
  if (found != interpreters_.end()) return Made{found->second.get(), nullptr};
  auto made = MakeSub(group, main);
  if (!made) {
    Log(LogLevel::Error,
        "H0306",
        "Interpreter '{}' could not be created: {}",
        group,
        made.error().Text());
  }
  return made;
}

base::Result<InterpreterPool::Made> InterpreterPool::MakeSub(const std::string& group,
                                                             ThreadState& main) {
  const deployment::InterpreterChoices choices = settings_.choices_for(group);
  const bool has_own_gil = choices.gil == deployment::GilKind::Own;
  Log(LogLevel::Info,
      "H0300",
      "Creating interpreter '{}'{}",
      group,
      has_own_gil ? " with own GIL" : "");
  TellSkippedInterval(group, choices);
  if (interpreters_.size() == 1) {
    const Attached attached(main);
    settings_.on_several(attached);
    RefuseForkInMain(attached);
  }
  auto interpreter =
      python::Interpreter::MakeSub(main, has_own_gil ? python::Gil::Own : python::Gil::OfMain);
  if (!interpreter) return interpreter.error();
  auto hosted = std::make_unique<HostedInterpreter>();
  hosted->application_group_ = group;
  hosted->owned_ = std::move(*interpreter);
  hosted->interpreter_ = hosted->owned_.get();
  auto state = std::make_unique<ThreadState>(*hosted->interpreter_);
  auto set_up = SetUpAttached(*state, *hosted, choices);
  if (!set_up) {
    DropContents(*hosted, *state);
    state.reset();
    if (hosted->owned_->End(main) != python::Interpreter::Ended::Destroyed) {
      runtime_.KeepUntilExit();
    }
    return set_up.error();
  }
  HostedInterpreter* const pointer = hosted.get();
  interpreters_.emplace(group, std::move(hosted));
  return Made{pointer, std::move(state)};
}

void InterpreterPool::RefuseForkInMain(const Attached& attached) {
  try {
    RefuseFork(attached);
  } catch (const python::PythonError& error) {
    python::LogFailure("H0306", "os.fork could not be replaced", error.Describe(attached));
  }
}

void InterpreterPool::DropContents(HostedInterpreter& hosted, ThreadState& state) {
  const Attached attached(state);
  hosted.companion_.reset();
  hosted.scripts_.reset();
  hosted.module_.reset();
}

void InterpreterPool::EndSub(HostedInterpreter& hosted) {
  {
    ThreadState state(*hosted.interpreter_);
    DropContents(hosted, state);
  }
  if (hosted.owned_->End(runtime_.starting_thread()) == python::Interpreter::Ended::Destroyed)
    return;
  runtime_.KeepUntilExit();
  Log(LogLevel::Warning,
      "H0310",
      "Interpreter '{}' still runs threads of its own; they are cut off when the process ends",
      hosted.application_group_);
}

InterpreterPool::~InterpreterPool() {
  for (auto& [group, hosted] : interpreters_) {
    if (!hosted->interpreter_->is_main()) EndSub(*hosted);
  }
  const auto main = interpreters_.find("");
  if (main != interpreters_.end()) DropContents(*main->second, runtime_.starting_thread());
}

void InterpreterPool::HoldStill() {
  const std::lock_guard lock(mutex_);
  for (const auto& [group, hosted] : interpreters_) {
    if (hosted->interpreter_->has_own_gil()) hosted->interpreter_->HoldStill();
  }
}

std::vector<std::string> InterpreterPool::application_groups() {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> groups;
  for (const auto& [group, hosted] : interpreters_)
    groups.push_back(group);
  return groups;
}

WorkerStates::WorkerStates(InterpreterPool& pool, Thread thread)
    : pool_(pool),
      own_main_(thread == Thread::Other ? std::make_unique<ThreadState>(pool.runtime_.main())
                                        : nullptr),
      main_(own_main_ ? own_main_.get() : &pool.runtime_.starting_thread()) {}

base::Result<WorkerStates::Place> WorkerStates::Enter(std::string_view application_group) {
  for (const Entered& entered : entered_) {
    if (entered.place.interpreter->application_group() == application_group) return entered.place;
  }
  auto made = pool_.FindOrMake(std::string(application_group), *main_);
  if (!made) return made.error();
  HostedInterpreter& hosted = *made->interpreter;
  Entered entered;
  if (!hosted.interpreter().is_main()) {
    entered.state =
        made->state ? std::move(made->state) : std::make_unique<ThreadState>(hosted.interpreter());
  }
  entered.place = Place{&hosted, entered.state ? entered.state.get() : main_};
  entered_.push_back(std::move(entered));
  return entered_.back().place;
}

}  // namespace hosts::interpreters
