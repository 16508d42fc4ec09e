#pragma once
// The harness's own values as lines of a record, and as its numbers. Pure, but for the clock.

#include <chrono>
#include <string>
#include <vector>

#include "harness/launch/ready.h"
#include "harness/load/load_result.h"
#include "harness/sampling/hiccups.h"
#include "harness/sampling/sampler.h"
#include "harness/tour/walk.h"
#include "reports/record/record.h"

namespace harness::run {

[[nodiscard]] double Milliseconds(std::chrono::nanoseconds span);
[[nodiscard]] double SecondsSinceEpoch();

[[nodiscard]] reports::record::Load ToLoad(const std::string& cell, const load::LoadResult& result);
// What the machine did to everybody meanwhile.
void AddHiccups(const sampling::Histogram& hiccups, reports::record::Load& line);
[[nodiscard]] reports::record::Tour ToTour(const std::string& cell,
                                           const std::vector<tour::StepResult>& steps);
// Roles are the host's own words where it has named its processes, else the program's name.
[[nodiscard]] reports::record::Resources ToResources(const std::string& cell,
                                                     reports::record::When when,
                                                     const sampling::FamilySample& sample,
                                                     const launch::Ready& ready);

}  // namespace harness::run
