#include "reports/gate/foreign_letters.h"

#include <gtest/gtest.h>

#include <string>

namespace reports::gate {

namespace {

// "line:column", or "".
std::string PlaceIn(std::string_view toml) {
  const auto place = ForeignLetterIn(toml);
  return place ? std::to_string(place->line) + ":" + std::to_string(place->column) : "";
}

}  // namespace

TEST(ForeignLetterIn, IsNothingInStringsAndComments) {
  EXPECT_EQ(PlaceIn(""), "");
  EXPECT_EQ(PlaceIn("\xEF\xBB\xBF[[rule]]\n"), "");
  EXPECT_EQ(PlaceIn("# µs\nexpect = \"3 µs\"  # ä\n"), "");
  EXPECT_EQ(PlaceIn("a = 'ä\\' # ö\nb = \"ö\\\"ö\""), "");
  EXPECT_EQ(PlaceIn("a = \"\"\"\nä \"ö\"\n\"\"\"\nb = '''\nä 'ö'\n'''"), "");
  EXPECT_EQ(PlaceIn("a = \"µ"), "");
  EXPECT_EQ(PlaceIn("a = \"\\"), "");
}

TEST(ForeignLetterIn, SaysWhereItIsAnywhereElse) {
  EXPECT_EQ(PlaceIn("ä = 3"), "1:1");
  EXPECT_EQ(PlaceIn("[[rule]]\nnäme = \"x\""), "2:2");
  EXPECT_EQ(PlaceIn("a = \"x\" µ"), "1:9");
  EXPECT_EQ(PlaceIn("a = \"not ended\nµ"), "2:1");
  EXPECT_EQ(PlaceIn("a = 'x'\xff"), "1:8");
  EXPECT_EQ(PlaceIn("a = \"\" µ"), "1:8");
  EXPECT_EQ(PlaceIn("a = \"\\µ\""), "1:7");
  EXPECT_EQ(PlaceIn("a = \"\"\"\\\n  µ\"\"\""), "2:3");
}

}  // namespace reports::gate
