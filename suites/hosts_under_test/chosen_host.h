#pragma once
// ChosenHost: which kind of host the checks of this process are put to. The engine, unless ChooseHost says otherwise
// before the first check.
//
// A check that says what it serves as a ServedDeployment can be put to every kind; one that writes directives, to those
// that read them.
//
// Threads: one.

#include <optional>
#include <string>
#include <string_view>

#include "harness/adapters/host_adapter.h"
#include "harness/launch/launch_plan.h"
#include "hosts/base/result.h"
#include "suites/hosts_under_test/stage.h"

namespace suites::hosts_under_test {

enum class HostKind { Engine, Apache };

[[nodiscard]] std::string_view Name(HostKind kind);
[[nodiscard]] std::optional<HostKind> FindHostKind(std::string_view name);

void ChooseHost(HostKind kind);
[[nodiscard]] HostKind ChosenHost();
[[nodiscard]] inline bool IsEngineChosen() {
  return ChosenHost() == HostKind::Engine;
}

// Why the chosen host cannot be started here, with what to do; nullopt if it can.
[[nodiscard]] std::optional<std::string> WhyNotInstalled();

// The version of the Python that it hosts applications with, from the host itself, which is asked once: "3.11.2". Ends the
// check if it does not say.
[[nodiscard]] const std::string& PythonOfHost();

// How the chosen host serves this text: after the lines that every configuration of a check begins with (an address of
// the system's choice, a name, access to the stage's directory). `{stage}` stands for its path.
[[nodiscard]] harness::launch::LaunchPlan PlanFor(const Stage& stage, std::string configuration);
// How it serves this.
[[nodiscard]] hosts::base::Result<harness::launch::LaunchPlan> PlanFor(
    const Stage& stage, const harness::adapters::ServedDeployment& deployment);

}  // namespace suites::hosts_under_test
