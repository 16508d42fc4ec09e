#pragma once
// MemoryCurve: what a host's memory did over the requests that it answered: the points, whether it still grows in the end, and
// whether what its processes shared stayed shared.
//
// Pure. Growth is judged over the stretches of load behind everything that is timed (twelve, in the longer profiles), by
// Theil-Sen; a hundredth of the memory over all of them together is not called growth.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/record/record.h"

namespace reports::verdict {

enum class Growth { Steady, Grows, Undecided };

struct MemoryTrend {
  Growth growth = Growth::Undecided;
  double kib_per_1000 = 0;  // requests
  double low = 0;           // of the interval with 95 % confidence
  double high = 0;
};

struct MemoryCurve {
  std::vector<const record::Resources*> points;  // by requests; all of them know their memory
  std::optional<MemoryTrend> trend;    // nothing when there are too few points to judge by
  std::optional<double> still_shared;  // of what was shared when ready, in the end; 1 is all
};

// Of one cell; without points when the record has no curve of it.
[[nodiscard]] MemoryCurve CurveOf(const record::Record& record, std::string_view cell);

// "grows by 880 KiB in 1,000 requests (850 KiB to 910 KiB)", "steady", "cannot be told".
[[nodiscard]] std::string InWords(const MemoryTrend& trend);

}  // namespace reports::verdict
