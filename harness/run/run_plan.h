#pragma once
// RunPlan: what a run is to do, before it does anything: the header of its record, and its cells and checks; of a shard,
// its share of them.
//
// Fails:   never; checks that cannot be listed are an error of those checks.

#include <string>
#include <vector>

#include "harness/matrix/expansion.h"
#include "harness/run/run.h"
#include "hosts/base/result.h"
#include "reports/plan/sharding.h"
#include "reports/record/record.h"

namespace harness::run {

struct RunPlan {
  reports::record::Header header;
  matrix::Expansion expansion;
  std::vector<hosts::base::Result<std::vector<std::string>>>
      checks;  // names, for each of the order's
};

// Cells that are not offered are dealt out with the others: each is in one record.
[[nodiscard]] matrix::Expansion ShareOf(reports::plan::ShardNumber shard,
                                        const matrix::Expansion& whole);

[[nodiscard]] RunPlan PlanOf(const RunOrder& order);

}  // namespace harness::run
