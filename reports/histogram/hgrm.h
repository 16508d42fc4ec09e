#pragma once
// ToHgrm: a histogram as the text that HdrHistogram's plotters read: percentiles that become twice as
// dense whenever the distance to 100 % is halved, in milliseconds.

#include <string>

#include "reports/histogram/histogram.h"

namespace reports::histogram {

[[nodiscard]] std::string ToHgrm(const Histogram& histogram);

}  // namespace reports::histogram
