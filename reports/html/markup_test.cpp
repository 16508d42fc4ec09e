#include "reports/html/markup.h"

#include <gtest/gtest.h>

#include <string>

namespace reports::html {

TEST(Markup, TextIsEscaped) {
  EXPECT_EQ(Text("<b>\"a\" & 'b'</b>").text(),
            "&lt;b&gt;&quot;a&quot; &amp; &#39;b&#39;&lt;/b&gt;");
  EXPECT_EQ(Text("tab\tline\nµ × 🐍").text(), "tab\tline\nµ × 🐍");
}

TEST(Markup, WhatCannotBeSeenIsMadeVisible) {
  EXPECT_EQ(Text(std::string("a\0b\x1b[31m\x7f", 9)).text(), "a⟨U+0000⟩b⟨U+001B⟩[31m⟨U+007F⟩");
  EXPECT_EQ(Text("\u0085\u200b\u2028\u202e\u2066\ufeff").text(),
            "⟨U+0085⟩⟨U+200B⟩⟨U+2028⟩⟨U+202E⟩⟨U+2066⟩⟨U+FEFF⟩");
}

TEST(Markup, WhatIsNotUtf8IsReplaced) {
  EXPECT_EQ(Text("\xff<").text(), "\uFFFD&lt;");
  EXPECT_EQ(Text("\xc0\xbc").text(), "\uFFFD\uFFFD");            // overlong '<'
  EXPECT_EQ(Text("\xed\xa0\x80").text(), "\uFFFD\uFFFD\uFFFD");  // surrogate
  EXPECT_EQ(Text("\xe2\x82").text(), "\uFFFD\uFFFD");            // cut off
  EXPECT_EQ(Text("\xf4\x90\x80\x80").text(), "\uFFFD\uFFFD\uFFFD\uFFFD");
}

TEST(Markup, LongTextIsCutBetweenCharactersAndSaysHowLongItWas) {
  EXPECT_EQ(Text("abcdef", 3).text(), "abc… (6 bytes)");
  EXPECT_EQ(Text("aaµb", 3).text(), "aa… (5 bytes)");
  EXPECT_LT(Text(std::string(1'000'000, '<')).text().size(), 10'000U);
}

TEST(Markup, AttributesAreEscapedAndOptionalOnesLeftOut) {
  EXPECT_EQ(Element("p", {{"title", "\"><script>"}, {"class?", ""}}, "x").text(),
            "<p title=\"&quot;&gt;&lt;script&gt;\">x</p>");
  EXPECT_EQ(Element("p", {{"class?", "a"}}, Markup("<b></b>")).text(),
            "<p class=\"a\"><b></b></p>");
}

}  // namespace reports::html
