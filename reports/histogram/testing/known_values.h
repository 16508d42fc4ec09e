#pragma once
// KnownHistogram: the values of testdata/make_known.py, which gave them to another implementation.

#include <cstdint>

#include "reports/histogram/histogram.h"

namespace reports::histogram {

inline Histogram KnownHistogram() {
  Histogram histogram;
  std::uint64_t state = 12345;
  for (int round = 0; round < 2000; ++round) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    histogram.Record(1000 + static_cast<std::int64_t>((state >> 33U) >> (state >> 59U)));
  }
  return histogram;
}

}  // namespace reports::histogram
