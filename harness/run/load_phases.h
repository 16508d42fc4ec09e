#pragma once
// LoadPhases: what is offered to a cell: a warm-up whose numbers nobody sees, the closed loop, and the
// open loop at a share of the rate that the closed one reached.
//
// Threads: each blocks its caller for as long as the profile says.
// Fails:   when no connection can be made; see load/driver.h.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/load/driver.h"
#include "harness/run/profile.h"
#include "hosts/base/result.h"

namespace harness::run {

class LoadPhases {
 public:
  LoadPhases(load::Target target,
             const std::vector<load::LoadRequest>& requests,
             const RunProfile& profile,
             const std::function<bool()>& is_interrupted)
      : target_(std::move(target)),
        requests_(requests),
        profile_(profile),
        is_interrupted_(is_interrupted) {}

  // The closed loop for so long, whose numbers nobody sees.
  [[nodiscard]] hosts::base::Result<load::LoadResult> WarmUp(std::chrono::nanoseconds span) const;
  [[nodiscard]] hosts::base::Result<load::LoadResult> ClosedLoop() const;
  [[nodiscard]] hosts::base::Result<load::LoadResult> OpenLoop(double closed_rate) const;

 private:
  [[nodiscard]] hosts::base::Result<load::LoadResult> Offer(const load::LoadProfile& profile) const;

  load::Target target_;
  const std::vector<load::LoadRequest>& requests_;
  const RunProfile& profile_;
  const std::function<bool()>& is_interrupted_;
};

// What the host did wrong under load, in a sentence; nothing when every request got its answer.
[[nodiscard]] std::optional<std::string> FaultOf(const load::LoadResult& result);

}  // namespace harness::run
