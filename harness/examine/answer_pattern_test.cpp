#include "harness/examine/answer_pattern.h"

#include <gtest/gtest.h>

#include <random>

#include "harness/examine/words.h"

namespace harness::examine {

namespace {

tour::Answer Page(const std::string& body,
                  const std::string& fields = "Content-Type: text/html\r\n",
                  int status = 200) {
  tour::Answer answer;
  answer.status = status;
  answer.head = "HTTP/1.1 " + std::to_string(status) + " OK\r\n" + fields + "Date: now\r\n\r\n";
  answer.body = body;
  return answer;
}

std::string Form(const std::string& token) {
  return "<form><input name=\"csrf\" value=\"" + token + "\"></form><p>Hello, world</p>";
}

TEST(SplitIntoWords, GivesEveryByteBack) {
  std::string joined;
  for (const auto word : SplitIntoWords("a1 <b>\r\n\xc3\xa4"))
    joined += word;
  EXPECT_EQ(joined, "a1 <b>\r\n\xc3\xa4");
}

// Whatever is in both stands in the answer in order, and is as long as any that a slow but certain way finds.
TEST(CommonWords, AreAsManyAsCanBe) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    std::string one;
    std::string other;
    for (auto* text : {&one, &other}) {
      const auto length = random() % 14;
      for (unsigned i = 0; i < length; ++i)
        *text += " ,;"[random() % 3];
    }
    const auto a = SplitIntoWords(one);
    const auto b = SplitIntoWords(other);
    std::vector<std::vector<std::size_t>> best(a.size() + 1,
                                               std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 1; i <= a.size(); ++i) {
      for (std::size_t j = 1; j <= b.size(); ++j) {
        best[i][j] = a[i - 1] == b[j - 1] ? best[i - 1][j - 1] + 1
                                          : std::max(best[i - 1][j], best[i][j - 1]);
      }
    }
    const auto common = CommonWords(a, b);
    ASSERT_EQ(common.size(), best[a.size()][b.size()]) << "'" << one << "' and '" << other << "'";
    for (std::size_t k = 0; k < common.size(); ++k) {
      EXPECT_EQ(a[common[k].first], b[common[k].second]);
      if (k > 0) {
        EXPECT_LT(common[k - 1].first, common[k].first);
        EXPECT_LT(common[k - 1].second, common[k].second);
      }
    }
  }
}

TEST(AnswerPattern, TakesWhatVariedBeforeAndNothingElse) {
  const AnswerPattern pattern(
      {Page(Form("aaaa1111")), Page(Form("bbbb2222")), Page(Form("cccc3333"))});
  EXPECT_EQ(pattern.varying(), 1U);
  EXPECT_EQ(pattern.Difference(Page(Form("dddd4444"))), std::nullopt);
  const auto other = pattern.Difference(
      Page("<form><input name=\"csrf\" value=\"e\"></form><p>Hello, settings of another</p>"));
  ASSERT_TRUE(other);
  EXPECT_NE(other->find("settings of another"), std::string::npos) << *other;
  EXPECT_NE(other->find("world"), std::string::npos) << *other;
}

TEST(AnswerPattern, NothingLongFitsIntoAGap) {
  const AnswerPattern pattern({Page("id 17 end"), Page("id 18 end")});
  std::string traceback = "id Traceback";
  for (int line = 0; line < 30; ++line)
    traceback += " File line " + std::to_string(line);
  EXPECT_TRUE(pattern.Difference(Page(traceback + " end")));
  EXPECT_EQ(pattern.Difference(Page("id 19 end")), std::nullopt);
  EXPECT_EQ(pattern.Difference(Page("id 2026-11-29 end")), std::nullopt);
}

TEST(AnswerPattern, GapsMayStandAtBothEnds) {
  const AnswerPattern pattern({Page("11:00 hello a"), Page("12:30 hello b")});
  EXPECT_EQ(pattern.Difference(Page("23:59 hello c")), std::nullopt);
  EXPECT_TRUE(pattern.Difference(Page("23:59 goodbye c")));
}

TEST(AnswerPattern, ComparesStatusAndFieldsButNotThoseOfTheHost) {
  const AnswerPattern pattern(
      {Page("x", "Content-Type: text/html\r\nServer: one\r\nSet-Cookie: id=ab; Path=/\r\n"),
       Page("x", "Content-Type: text/html\r\nServer: two\r\nSet-Cookie: id=cd; Path=/\r\n")});
  EXPECT_EQ(
      pattern.Difference(Page("x", "content-type: text/html\r\nset-cookie: id=ef; Path=/\r\n")),
      std::nullopt);
  EXPECT_EQ(pattern.Difference(
                Page("x", "Content-Type: text/html\r\nSet-Cookie: id=ef; Path=/\r\n", 500)),
            "status 500 instead of 200");
  EXPECT_EQ(pattern.Difference(Page("x", "Content-Type: text/html\r\n")),
            "the header set-cookie is missing");
  EXPECT_EQ(pattern.Difference(
                Page("x", "Content-Type: text/html\r\nSet-Cookie: id=e; Path=/\r\nX-A: 1\r\n")),
            "there is a header x-a");
  const auto type =
      pattern.Difference(Page("x", "Content-Type: text/plain\r\nSet-Cookie: id=ef; Path=/\r\n"));
  ASSERT_TRUE(type);
  EXPECT_EQ(type->rfind("the header content-type has", 0), 0U) << *type;
}

TEST(AnswerPattern, BodiesThatAreNoTextAreTheSameBytes) {
  using std::string_literals::operator""s;
  const AnswerPattern same({Page("\0\1\2"s), Page("\0\1\2"s)});
  EXPECT_EQ(same.Difference(Page("\0\1\2"s)), std::nullopt);
  EXPECT_TRUE(same.Difference(Page("\0\1\3"s)));
  EXPECT_TRUE(same.Difference(Page("text")));
  const AnswerPattern varying({Page("\0\1"s), Page("\0\2"s)});
  EXPECT_EQ(varying.Difference(Page("\0\3"s)), std::nullopt);
}

// Pages that have nothing in common: what is learned is that everything may vary, within bounds, and quickly.
TEST(AnswerPattern, StandsLargePagesThatDifferEverywhere) {
  std::string one;
  std::string other;
  for (int i = 0; i < 60'000; ++i) {
    one += "a" + std::to_string(i) + " ";
    other += "b" + std::to_string(i) + " ";
  }
  const AnswerPattern pattern({Page(one), Page(other)});
  EXPECT_EQ(pattern.Difference(Page(one)), std::nullopt);
  EXPECT_EQ(pattern.Difference(Page(other)), std::nullopt);
}

}  // namespace

}  // namespace harness::examine
