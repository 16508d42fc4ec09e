#include "hosts/deployment/interpreter_settings.h"

#include <fmt/format.h>

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

// "Python 3.11.2".
std::string NameOf(const PythonAbilities& python) {
  return python.version.empty() ? "this Python" : "Python " + python.version;
}

// In the words of mod_wsgi's warnings WSGI0198, WSGI0200 and WSGI0201, so that who looks for these finds ours.
std::string NoOwnGil(const PythonAbilities& python) {
  return fmt::format(
      "WSGIPerInterpreterGIL requires Python 3.12 or later; it has no effect on {}: all "
      "interpreters of a process share one GIL",
      NameOf(python));
}
std::string NoFreeThreading(const PythonAbilities& python) {
  return fmt::format(
      "WSGIFreeThreading On has no effect: {} does not support free-threading (PEP "
      "703); the GIL stays",
      NameOf(python));
}
constexpr std::string_view kNotOfOneInterpreter =
    "WSGIFreeThreading inside <WSGIInterpreterOptions> with application-group= is ignored: "
    "free-threading is a process-wide setting and cannot be scoped per application group";

void AddWishes(const InterpreterSettings& settings,
               const InterpreterOptions* container,
               const PythonAbilities& python,
               std::vector<UngrantedWish>& wishes) {
  using Kind = UngrantedWish::Kind;
  if (settings.own_gil && settings.own_gil->value && !python.has_own_gils) {
    wishes.push_back({Kind::OwnGil, NoOwnGil(python), "GIL-3", settings.own_gil->origin});
  }
  if (!settings.free_threading) return;
  const Origin& origin = settings.free_threading->origin;
  if (settings.free_threading->value && !python.is_free_threaded) {
    wishes.push_back({Kind::FreeThreading, NoFreeThreading(python), "GIL-7", origin});
  }
  if (container != nullptr && container->application_group) {
    wishes.push_back(
        {Kind::FreeThreadingOfOneInterpreter, std::string(kNotOfOneInterpreter), "GIL-8", origin});
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
  choices.own_gil = *decide(&InterpreterSettings::own_gil).setting;
  const bool has_none = RunsWithoutGil(deployment, place.process_group);
  if (has_none) choices.gil = GilKind::None;
  if (place.application_group.empty()) return choices;
  const bool has_own = choices.own_gil && choices.own_gil->value && deployment.python.has_own_gils;
  if (has_own && !has_none) choices.gil = GilKind::Own;
  choices.goes_without_its_own_gil = has_own && has_none;
  const auto interval = decide(&InterpreterSettings::switch_interval);
  const bool is_by_name =
      interval.container != nullptr && interval.container->application_group.has_value();
  if (has_own || is_by_name) {
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

bool RunsWithoutGil(const Deployment& deployment, std::string_view process_group) {
  if (!deployment.python.is_free_threaded) return false;
  const auto* wish = FreeThreadingOf(deployment, process_group);
  return wish != nullptr && wish->value;
}

std::vector<UngrantedWish> UngrantedWishes(const Deployment& deployment) {
  std::vector<UngrantedWish> wishes;
  AddWishes(deployment.server.interpreters, nullptr, deployment.python, wishes);
  for (const InterpreterOptions& options : deployment.interpreter_options)
    AddWishes(options.settings, &options, deployment.python, wishes);
  return wishes;
}

}  // namespace hosts::deployment
