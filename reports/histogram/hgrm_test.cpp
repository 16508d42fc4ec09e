#include "reports/histogram/hgrm.h"

#include <gmock/gmock.h>

#include <sstream>
#include <string>

#include "reports/histogram/testing/known_values.h"

namespace reports::histogram {
namespace {

using testing::HasSubstr;

// Ten values, 1 to 10 ms: the lines can be told by hand, from the rule that five lines stand for each
// halving of the distance to 100 %, and that the last one has no fourth number.
TEST(Hgrm, LinesAreThoseOfHdrHistogram) {
  Histogram histogram;
  for (std::int64_t ms = 1; ms <= 10; ++ms)
    histogram.Record(ms * 1'000'000);
  const std::string text = ToHgrm(histogram);
  EXPECT_THAT(text,
              testing::StartsWith("       Value     Percentile TotalCount 1/(1-Percentile)\n\n"
                                  "       1.000 0.000000000000          1           1.00\n"
                                  "       1.000 0.100000000000          1           1.11\n"
                                  "       2.001 0.200000000000          2           1.25\n"));
  std::istringstream lines(text.substr(text.find("\n\n") + 2));
  for (const auto& [percentile, ms] : {std::pair(0.0, 1),
                                       {0.1, 1},
                                       {0.2, 2},
                                       {0.3, 3},
                                       {0.4, 4},
                                       {0.5, 5},
                                       {0.55, 6},
                                       {0.6, 6},
                                       {0.65, 7},
                                       {0.7, 7},
                                       {0.75, 8},
                                       {0.775, 8},
                                       {0.8, 8},
                                       {0.825, 9},
                                       {0.85, 9},
                                       {0.875, 9},
                                       {0.8875, 9},
                                       {0.9, 9},
                                       {0.9125, 10}}) {
    double value = 0;
    double level = 0;
    int count = 0;
    double rest = 0;
    lines >> value >> level >> count >> rest;
    EXPECT_NEAR(value, ms, ms / 1000.0);
    EXPECT_NEAR(level, percentile, 1e-9);
    EXPECT_EQ(count, ms);
    EXPECT_NEAR(rest, 1 / (1 - percentile), 0.006);
  }
  EXPECT_THAT(text,
              HasSubstr("\n      10.002 1.000000000000         10\n"
                        "#[Mean    =        5.500, StdDeviation   =        2.872]\n"));
}

TEST(Hgrm, TheEndSaysWhatWasRecorded) {
  const std::string text = ToHgrm(KnownHistogram());
  EXPECT_THAT(text, HasSubstr("#[Mean    =        6.055, StdDeviation   =       13.580]\n"));
  EXPECT_THAT(text, HasSubstr("Total count    =         2000]\n"));
  EXPECT_THAT(text, HasSubstr("#[Buckets =           32, SubBuckets     =         2048]\n"));
}

TEST(Hgrm, NothingRecordedIsNoLine) {
  EXPECT_THAT(ToHgrm(Histogram()), HasSubstr("1/(1-Percentile)\n\n#[Mean    =        0.000"));
}

}  // namespace
}  // namespace reports::histogram
