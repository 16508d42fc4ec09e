#pragma once
// EncodeV2, DecodeV2: a histogram as text, in the form that every HdrHistogram reads: counters as
// ZigZag LEB128 behind a header (V2), compressed by zlib, in base64.
// ToLog:              histograms as an HdrHistogram log, a line for each.
//
// Counts are kept exactly; of least, greatest and mean a decoded one knows what its cells say.
//
// Fails:   DecodeV2 says what is wrong; a histogram of other digits or another unit is Unsupported.

#include <string>
#include <string_view>
#include <vector>

#include "hosts/base/result.h"
#include "reports/histogram/histogram.h"

namespace reports::histogram {

[[nodiscard]] std::string EncodeV2(const Histogram& histogram);
[[nodiscard]] hosts::base::Result<Histogram> DecodeV2(std::string_view text);

struct Interval {
  std::string tag;     // no comma, no space: "latency"
  double start_s = 0;  // since the log's start
  double length_s = 0;
  const Histogram* histogram = nullptr;  // the caller's
};

// `start` is in seconds since the epoch.
[[nodiscard]] std::string ToLog(double start, const std::vector<Interval>& intervals);

}  // namespace reports::histogram
