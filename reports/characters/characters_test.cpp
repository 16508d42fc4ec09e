#include "reports/characters/characters.h"

#include <gtest/gtest.h>

namespace reports::characters {

TEST(Characters, WhatIsSeenStaysAsItIs) {
  EXPECT_EQ(Visible("plain, ünïcödé, \U0001F600\n\tand more", 100),
            "plain, ünïcödé, \U0001F600\n\tand more");
}

TEST(Characters, WhatIsNotSeenIsNamed) {
  EXPECT_EQ(Visible(std::string_view("a\0b\x1b[31m\r\x7f", 10), 100),
            "a\u27E8U+0000\u27E9b\u27E8U+001B\u27E9[31m\u27E8U+000D\u27E9\u27E8U+007F\u27E9");
  EXPECT_EQ(Visible("\xe2\x80\xae"
                    "abc\u2028\uFEFF\uFFFF",
                    100),
            "\u27E8U+202E\u27E9abc\u27E8U+2028\u27E9\u27E8U+FEFF\u27E9\u27E8U+FFFF\u27E9");
}

TEST(Characters, BytesThatAreNotUtf8AreReplacedOneByOne) {
  EXPECT_EQ(Visible("\xff", 10), "\uFFFD");
  EXPECT_EQ(Visible("\xc3(", 10), "\uFFFD(");
  EXPECT_EQ(Visible("\xe2\x82", 10), "\uFFFD\uFFFD");            // cut off
  EXPECT_EQ(Visible("\xc0\xaf", 10), "\uFFFD\uFFFD");            // overlong
  EXPECT_EQ(Visible("\xed\xa0\x80", 10), "\uFFFD\uFFFD\uFFFD");  // a surrogate
  EXPECT_EQ(Visible("\xf4\x90\x80\x80", 20), "\uFFFD\uFFFD\uFFFD\uFFFD");
}

TEST(Characters, WhatIsTooLongSaysHowLongItWas) {
  EXPECT_EQ(Visible("12345", 5), "12345");
  EXPECT_EQ(Visible("123456", 5), "12345\u2026 (6 bytes)");
  EXPECT_EQ(Visible("1234ü", 5), "1234\u2026 (6 bytes)");
  EXPECT_EQ(Visible("\x07\x07", 10), "\u2026 (2 bytes)");  // longer as it is written
  EXPECT_EQ(Shortened("\x80\x80\x80", 1), "");
}

TEST(Characters, OneLineIsOne) {
  EXPECT_EQ(OneLine("a\nb\tc", 100), "a b c");
}

}  // namespace reports::characters
