#include "hosts/base/numbers.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace hosts::base {
namespace {

TEST(ParseWhole, ReadsDigitsAndNothingElse) {
  EXPECT_EQ(ParseWhole<int>("0"), 0);
  EXPECT_EQ(ParseWhole<int>("0080"), 80);
  for (const char* text : {"", " 1", "1 ", "+1", "-1", "-0", "1.0", "0x10", "12a"})
    EXPECT_EQ(ParseWhole<int>(text), std::nullopt) << '"' << text << '"';
}

TEST(ParseWhole, RefusesWhatTheTypeCannotHold) {
  EXPECT_EQ(ParseWhole<std::uint8_t>("255"), 255);
  EXPECT_EQ(ParseWhole<std::uint8_t>("256"), std::nullopt);
  EXPECT_EQ(ParseWhole<std::uint64_t>("18446744073709551615"), UINT64_MAX);
  EXPECT_EQ(ParseWhole<std::uint64_t>("18446744073709551616"), std::nullopt);
}

TEST(ParseWhole, ReadsOtherRadixes) {
  EXPECT_EQ(ParseWhole<unsigned>("022", 8), 18U);
  EXPECT_EQ(ParseWhole<unsigned>("8", 8), std::nullopt);
  EXPECT_EQ(ParseWhole<unsigned>("fF", 16), 255U);
}

}  // namespace
}  // namespace hosts::base
