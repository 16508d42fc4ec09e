#pragma once
// RenderLoad, RenderCapacity: what `wsgilab load` found, for people.

#include <string>

#include "harness/load/capacity.h"

namespace harness::command {

[[nodiscard]] std::string RenderLoad(const std::string& url, const load::LoadResult& result);
// One line for a rate that was tried.
[[nodiscard]] std::string RenderStep(const load::CapacityStep& step,
                                     const load::LatencyLimit& limit);
[[nodiscard]] std::string RenderCapacity(const std::string& url,
                                         const load::Capacity& capacity,
                                         const load::LatencyLimit& limit);

}  // namespace harness::command
