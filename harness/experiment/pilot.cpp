#include "harness/experiment/pilot.h"

#include <fmt/format.h>

#include <system_error>

#include "harness/launch/keeper.h"
#include "hosts/base/deadline.h"

namespace harness::experiment {

namespace fs = std::filesystem;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

namespace {

constexpr std::chrono::milliseconds kWarmUp{500};
constexpr std::chrono::milliseconds kLook{500};
// So many samples lie beyond a percentile that is worth saying.
constexpr double kBeyond = 10;

}  // namespace

double Pilot::MillisecondsFor(double percentile) const {
  const double samples = kBeyond / (1 - percentile / 100);
  return requests_per_s > 0 ? 1e3 * samples / requests_per_s : 0;
}

Result<Pilot> RunPilot(const Arm& baseline,
                       Beginning beginning,
                       int connections,
                       const std::function<bool()>& is_interrupted) {
  auto folder = hosts::base::TemporaryDirectory::Make("wsgilab-pilot");
  if (!folder) return folder.error();
  launch::TellKeeper(folder->path());
  const auto begun = hosts::base::Clock::now();
  auto subject = Subject::Start(baseline, beginning, connections, 0);
  if (!subject) return subject.error();
  const std::chrono::duration<double> launch = hosts::base::Clock::now() - begun;
  auto visitor = subject->TakeTour(beginning.tour);
  if (!visitor) return visitor.error().While("tour");
  if (auto warmed = subject->Offer({kWarmUp, connections}, is_interrupted); !warmed) {
    return warmed.error().While("warm-up");
  }
  auto looked = subject->Offer({kLook, connections}, is_interrupted);
  if (!looked) return looked.error().While("load");
  subject->End();
  std::error_code problem;
  fs::copy(subject->data(), folder->path() / "data", fs::copy_options::recursive, problem);
  if (problem) {
    return Error{ErrorKind::System,
                 fmt::format("cannot keep the application's data: {}", problem.message())};
  }
  beginning.data = folder->path() / "data";
  beginning.visitor = std::move(*visitor);
  Pilot pilot{std::move(*folder), std::move(beginning)};
  pilot.launch = launch;
  pilot.median_us = static_cast<double>(looked->latency.ValueAt(50)) / 1e3;
  pilot.requests_per_s = looked->requests_per_s();
  return pilot;
}

}  // namespace harness::experiment
