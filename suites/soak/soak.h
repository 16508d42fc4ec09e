#pragma once
// RunSoak: a host under load for a long time, at a share of what it can do, with a small share of clients
// that misbehave; every good answer is checked, every process watched.
//
// First the capacity is found (closed loop), then everybody leaves and what the processes hold at rest is
// noted; then the load (open loop), the misbehaving clients and the samples run beside each other; then
// everybody leaves again.
//
// Threads: blocks for calibration, duration and two rests of at most 20 s.
// Fails:   when the host cannot be started or reached at all.

#include <chrono>
#include <functional>
#include <string>

#include "hosts/base/result.h"
#include "hosts/deployment/modes.h"
#include "suites/soak/judgement.h"

namespace suites::soak {

// Which of the sub-interpreters have a GIL of their own.
enum class OwnGils { None, All, EveryOther };

struct SoakPlan {
  hosts::deployment::ProcessKind place = hosts::deployment::ProcessKind::Embedded;
  std::chrono::milliseconds duration{std::chrono::minutes(10)};
  std::chrono::milliseconds calibration{3000};
  std::chrono::milliseconds between_samples{1000};
  double share = 0.8;         // of the capacity
  double misbehaving = 0.01;  // of all requests
  int threads = 15;
  int connections = 16;
  int interpreters = 0;  // that are asked beside the main one, in turn with it
  OwnGils own_gils = OwnGils::None;
  std::string application;  // Python that is served as /app; empty: the endurance suite's
};

// The application that answers in bad weather, as text.
[[nodiscard]] hosts::base::Result<std::string> SoundApplication();

[[nodiscard]] hosts::base::Result<SoakResult> RunSoak(
    const SoakPlan& plan, const std::function<bool()>& is_interrupted = {});
// What the links of such a plan may add to a process's descriptors.
[[nodiscard]] Allowances AllowancesFor(const SoakPlan& plan);

}  // namespace suites::soak
