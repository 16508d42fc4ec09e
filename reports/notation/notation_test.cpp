#include "reports/notation/notation.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace reports::notation {

TEST(Notation, DurationsTakeTheUnitThatKeepsThemShort) {
  EXPECT_EQ(Microseconds(0), "0.00 µs");
  EXPECT_EQ(Microseconds(85.24), "85.2 µs");
  EXPECT_EQ(Microseconds(999.4), "999 µs");
  EXPECT_EQ(Microseconds(999.6), "1.00 ms");
  EXPECT_EQ(Microseconds(1'240), "1.24 ms");
  EXPECT_EQ(Milliseconds(412), "412 ms");
  EXPECT_EQ(Milliseconds(12'400), "12.4 s");
  EXPECT_EQ(Microseconds(std::numeric_limits<double>::infinity()), "?");
}

TEST(Notation, SpansAreReadAloud) {
  EXPECT_EQ(Span(4.23), "4.2 s");
  EXPECT_EQ(Span(134), "2 min 14 s");
  EXPECT_EQ(Span(3 * 3600 + 125), "3 h 2 min");
  EXPECT_EQ(Span(1e300), "?");
}

TEST(Notation, SizesRatesAndCounts) {
  EXPECT_EQ(Kibibytes(512), "512 KiB");
  EXPECT_EQ(Kibibytes(1830), "1.79 MiB");
  EXPECT_EQ(Kibibytes(8'131'584), "7.75 GiB");
  EXPECT_EQ(Rate(86'000), "86,000/s");
  EXPECT_EQ(Rate(12.34), "12.3/s");
  EXPECT_EQ(Count(0), "0");
  EXPECT_EQ(Count(999), "999");
  EXPECT_EQ(Count(-1000), "-1,000");
  EXPECT_EQ(Count(1234567), "1,234,567");
  EXPECT_EQ(Ratio(2.44), "2.4×");
  EXPECT_EQ(Ratio(35.2), "35×");
}

TEST(Notation, InstantsAreUtcAndNeverThrow) {
  EXPECT_EQ(Instant(1'769'860'800), "2026-01-31 12:00:00 UTC");
  EXPECT_EQ(Instant(0), "?");
  EXPECT_EQ(Instant(1e300), "?");
  EXPECT_EQ(Instant(std::numeric_limits<double>::quiet_NaN()), "?");
}

TEST(Notation, WordsAreCountedAndListed) {
  EXPECT_EQ(Plural(1, "cell"), "1 cell");
  EXPECT_EQ(Plural(32, "cell"), "32 cells");
  EXPECT_EQ(Plural(2, "process"), "2 processes");
  EXPECT_EQ(List(std::vector<std::string>{"a"}), "a");
  EXPECT_EQ(List(std::vector<std::string>{"a", "b"}), "a and b");
  EXPECT_EQ(List(std::vector<std::string>{"a", "b", "c"}), "a, b and c");
}

}  // namespace reports::notation
