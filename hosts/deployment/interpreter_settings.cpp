#include "hosts/deployment/interpreter_settings.h"

#include <algorithm>

#include "hosts/deployment/deployment.h"
#include "hosts/deployment/routing.h"

namespace hosts::deployment {

namespace {

bool Fits(const std::optional<std::string>& selector, std::string_view name) {
  return !selector || *selector == name;
}

int Selectors(const InterpreterOptions& options) {
  return (options.process_group ? 1 : 0) + (options.application_group ? 1 : 0);
}

using Containers = std::vector<const InterpreterOptions*>;

// Those that fit, each stronger than the ones before it.
Containers Fitting(const Deployment& deployment, const InterpreterPlace& place) {
  Containers fitting;
  for (const InterpreterOptions& options : deployment.interpreter_options) {
    if (Fits(options.process_group, place.process_group) &&
        Fits(options.application_group, place.application_group)) {
      fitting.push_back(&options);
    }
  }
  std::ranges::stable_sort(fitting, {}, [](const auto* options) { return Selectors(*options); });
  return fitting;
}

template <typename T>
using Member = Setting<T> InterpreterSettings::*;

template <typename T>
struct Decided {
  const Setting<T>* setting = nullptr;  // as the deployment has it
  const InterpreterOptions* container = nullptr;

  explicit operator bool() const { return setting->has_value(); }
};

template <typename T>
Decided<T> Decide(const Deployment& deployment, const Containers& fitting, Member<T> member) {
  Decided<T> decided{&(deployment.server.interpreters.*member)};
  for (const InterpreterOptions* options : fitting) {
    if (options->settings.*member) decided = {&(options->settings.*member), options};
  }
  return decided;
}

constexpr std::string_view kNoOwnGil =
    "WSGIPerInterpreterGIL On is not granted: Python has interpreters with a GIL of their own from "
    "3.12 on, and the engine makes none yet; all of a process share one";
constexpr std::string_view kNoFreeThreading =
    "WSGIFreeThreading On is not granted: the engine runs Python with a GIL, also where it was "
    "built to do without";
constexpr std::string_view kNotOfOneInterpreter =
    "WSGIFreeThreading is a matter of whole processes: in a container with application-group= it "
    "says nothing";

void AddWishes(const InterpreterSettings& settings,
               const InterpreterOptions* container,
               std::vector<UngrantedWish>& wishes) {
  using Kind = UngrantedWish::Kind;
  if (settings.own_gil && settings.own_gil->value) {
    wishes.push_back({Kind::OwnGil, kNoOwnGil, "GIL-3", settings.own_gil->origin});
  }
  if (!settings.free_threading) return;
  const Origin& origin = settings.free_threading->origin;
  if (settings.free_threading->value) {
    wishes.push_back({Kind::FreeThreading, kNoFreeThreading, "GIL-7", origin});
  }
  if (container != nullptr && container->application_group) {
    wishes.push_back({Kind::FreeThreadingOfOneInterpreter, kNotOfOneInterpreter, "GIL-8", origin});
  }
}

}  // namespace

InterpreterChoices ChoicesFor(const Deployment& deployment, const InterpreterPlace& place) {
  const Containers fitting = Fitting(deployment, place);
  const auto decide = [&](auto member) { return Decide(deployment, fitting, member); };
  InterpreterChoices choices;
  choices.restrict_stdin = *decide(&InterpreterSettings::restrict_stdin).setting;
  choices.restrict_stdout = *decide(&InterpreterSettings::restrict_stdout).setting;
  choices.restrict_signal = *decide(&InterpreterSettings::restrict_signal).setting;
  for (const InterpreterOptions* options : fitting) {
    if (options->settings.python_path)
      choices.python_paths.push_back(*options->settings.python_path);
  }
  if (place.application_group.empty()) return choices;
  if (const auto own_gil = decide(&InterpreterSettings::own_gil); own_gil) {
    choices.gil = (*own_gil.setting)->value ? GilKind::Own : GilKind::OfItsProcess;
    choices.gil_origin = (*own_gil.setting)->origin;
  }
  const auto interval = decide(&InterpreterSettings::switch_interval);
  if (interval.container != nullptr && interval.container->application_group) {
    choices.own_switch_interval = *interval.setting;
  }
  return choices;
}

const Written<double>* SwitchIntervalOf(const Deployment& deployment,
                                        std::string_view process_group) {
  const ProcessGroup* group = FindProcessGroup(deployment, process_group);
  if (group != nullptr && group->switch_interval) return &*group->switch_interval;
  const Containers fitting = Fitting(deployment, {process_group, ""});
  const auto decided = Decide(deployment, fitting, &InterpreterSettings::switch_interval);
  return decided ? &**decided.setting : nullptr;
}

const Written<bool>* FreeThreadingOf(const Deployment& deployment, std::string_view process_group) {
  Containers fitting = Fitting(deployment, {process_group, ""});
  std::erase_if(fitting,
                [](const auto* options) { return options->application_group.has_value(); });
  const auto decided = Decide(deployment, fitting, &InterpreterSettings::free_threading);
  return decided ? &**decided.setting : nullptr;
}

std::vector<UngrantedWish> UngrantedWishes(const Deployment& deployment) {
  std::vector<UngrantedWish> wishes;
  AddWishes(deployment.server.interpreters, nullptr, wishes);
  for (const InterpreterOptions& options : deployment.interpreter_options)
    AddWishes(options.settings, &options, wishes);
  return wishes;
}

}  // namespace hosts::deployment
