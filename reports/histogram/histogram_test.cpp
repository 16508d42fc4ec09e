#include "reports/histogram/histogram.h"

#include <gtest/gtest.h>

#include <random>

namespace reports::histogram {
namespace {

TEST(Histogram, AnEmptyOneSaysNothing) {
  const Histogram histogram;
  EXPECT_EQ(histogram.count(), 0);
  EXPECT_EQ(histogram.ValueAt(50), 0);
  EXPECT_FALSE(histogram.Supports(50));
}

TEST(Histogram, SmallValuesAreExact) {
  Histogram histogram;
  for (std::int64_t value = 0; value <= 2047; ++value)
    histogram.Record(value);
  EXPECT_EQ(histogram.count(), 2048);
  EXPECT_EQ(histogram.min_ns(), 0);
  EXPECT_EQ(histogram.max_ns(), 2047);
  EXPECT_EQ(histogram.ValueAt(50), 1023);
  EXPECT_EQ(histogram.ValueAt(100), 2047);
}

// Known answers of HdrHistogram (1 .. 3,600,000,000,000, 3 digits): the highest equivalent value.
TEST(Histogram, CellsAreThoseOfHdrHistogram) {
  for (const auto& [value, highest] : {std::pair<std::int64_t, std::int64_t>{2048, 2049},
                                       {2049, 2049},
                                       {4095, 4095},
                                       {4096, 4099},
                                       {10'000, 10'007},
                                       {1'000'000, 1'000'447},
                                       {1'000'000'000, 1'000'341'503}}) {
    Histogram histogram;
    histogram.Record(value);
    std::int64_t cell = 0;
    histogram.ForEach([&cell](std::int64_t highest_value, std::int64_t) { cell = highest_value; });
    EXPECT_EQ(cell, highest) << value;
  }
}

TEST(Histogram, EveryValueIsWithinAThousandth) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 2000; ++round) {
    const auto value = static_cast<std::int64_t>(random() % 3'600'000'000'000ULL);
    Histogram histogram;
    histogram.Record(value);
    std::int64_t cell = 0;
    histogram.ForEach([&cell](std::int64_t highest, std::int64_t) { cell = highest; });
    EXPECT_GE(cell, value);
    EXPECT_LE(static_cast<double>(cell - value), static_cast<double>(value) / 1000.0 + 1);
  }
}

TEST(Histogram, ValuesBeyondTheRangeCountAtItsEnds) {
  Histogram histogram;
  histogram.Record(-5);
  histogram.Record(std::int64_t{7'200'000'000'000});
  EXPECT_EQ(histogram.min_ns(), 0);
  EXPECT_EQ(histogram.max_ns(), 3'600'000'000'000);
}

TEST(Histogram, AddingIsAsIfAllHadBeenRecordedInOne) {
  Histogram all;
  Histogram odd;
  Histogram even;
  for (std::int64_t value = 1; value < 100'000; value += 7) {
    all.Record(value);
    (value % 2 == 0 ? even : odd).Record(value);
  }
  odd.Add(even);
  for (const double percentile : {0.0, 1.0, 50.0, 99.0, 99.9, 100.0}) {
    EXPECT_EQ(odd.ValueAt(percentile), all.ValueAt(percentile));
  }
  EXPECT_DOUBLE_EQ(odd.mean_ns(), all.mean_ns());
}

TEST(Histogram, APercentileNeedsTenSamplesBeyondIt) {
  Histogram histogram;
  for (int count = 0; count < 999; ++count)
    histogram.Record(5);
  EXPECT_TRUE(histogram.Supports(90));
  EXPECT_FALSE(histogram.Supports(99));
  histogram.Record(5);
  EXPECT_TRUE(histogram.Supports(99));
  EXPECT_FALSE(histogram.Supports(99.9));
}

}  // namespace
}  // namespace reports::histogram
