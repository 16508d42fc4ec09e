#pragma once
// ResourceWatch: what a host's processes use in the course of a cell: memory at certain moments and as a curve over requests,
// and what a request costs under load.
//
// Fails:   never; what the kernel does not show is absent.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "harness/launch/ready.h"
#include "harness/sampling/costs.h"
#include "harness/sampling/kernel_counters.h"
#include "reports/record/record.h"

namespace harness::run {

class ResourceWatch {
 public:
  using Write = std::function<void(reports::record::Line)>;
  ResourceWatch(std::string cell, pid_t root, launch::Ready ready, Write write)
      : cell_(std::move(cell)), root_(root), ready_(std::move(ready)), write_(std::move(write)) {}

  // Requests that have been answered, for the samples that follow.
  void Answered(std::int64_t requests) { requests_ += requests; }

  // Writes what there is now.
  void Sample(reports::record::When when);

  // Around the part of the warm-up in which the kernel counts: its counting costs.
  void BeginCounting();
  void EndCounting(std::int64_t answered);
  // Around the load that is measured.
  void BeginLoad();
  void EndLoad(std::int64_t answered);

 private:
  const std::string cell_;
  const pid_t root_;
  const launch::Ready ready_;
  const Write write_;
  std::int64_t requests_ = 0;
  std::optional<sampling::KernelCounters> counters_;
  std::optional<sampling::Costs> before_load_;
  reports::record::RequestCosts per_request_;
};

}  // namespace harness::run
