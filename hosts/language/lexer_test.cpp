#include "hosts/language/lexer.h"

#include <gtest/gtest.h>

namespace hosts::language {
namespace {

// The words of each line in brackets; "<" and "/" mark sections.
std::string Shape(std::string_view text) {
  const auto lines = SplitIntoLines(text, "f");
  if (!lines) return lines.error().Text();
  std::string shape;
  for (const Line& line : *lines) {
    if (line.kind == Line::Kind::SectionBegin) shape += '<';
    if (line.kind == Line::Kind::SectionEnd) shape += '/';
    for (const Word& word : line.words) {
      shape += '[' + word.text + ']';
    }
    shape += '\n';
  }
  return shape;
}

}  // namespace

TEST(Lexer, SplitsWordsAtBlanksAndSkipsComments) {
  EXPECT_EQ(Shape("  A b\t c \r\n\n # B\nD"), "[A][b][c]\n[D]\n");
}

TEST(Lexer, ACommentNeedsALineOfItsOwn) {
  EXPECT_EQ(Shape("A # b"), "[A][#][b]\n");
}

TEST(Lexer, ABackslashAtTheEndContinuesALineAndAComment) {
  EXPECT_EQ(Shape("A b\\\nc \\\r\nd\n# x \\\ny\nZ"), "[A][bc][d]\n[Z]\n");
}

TEST(Lexer, QuotesGroupAndBackslashesEscapeInThem) {
  EXPECT_EQ(Shape(R"(A "b c" 'd "e"' "f \"g\" \\ \n" '')"),
            R"([A][b c][d "e"][f "g" \ \n][])"
            "\n");
}

TEST(Lexer, QuotesGroupAfterTheFirstEqualsSign) {
  EXPECT_EQ(Shape(R"(A x="b c" y='d' z=a="b u="")"), "[A][x=b c][y=d][z=a=\"b][u=]\n");
}

TEST(Lexer, QuotesElsewhereAndSingleBackslashesStandForThemselves) {
  EXPECT_EQ(Shape(R"(A it's a\b c\\d)"),
            R"([A][it's][a\b][c\d])"
            "\n");
}

TEST(Lexer, KnowsSections) {
  EXPECT_EQ(Shape("<A b \"c>\" >\n</A>"), "<[A][b][c>]\n/[A]\n");
}

TEST(Lexer, PositionsAreThoseOfTheFileAcrossContinuations) {
  const auto lines = SplitIntoLines("\n  Abc \\\n   def", "f");
  ASSERT_TRUE(lines);
  const Word& first = lines->at(0).words.at(0);
  const Word& second = lines->at(0).words.at(1);
  EXPECT_EQ(std::pair(first.where.line, first.where.column), std::pair(2, 3));
  EXPECT_EQ(std::pair(second.where.line, second.where.column), std::pair(3, 4));
}

TEST(Lexer, RefusesWhatApacheGuesses) {
  EXPECT_EQ(Shape("A \"b"), "f:1:3: the quote that begins here is not closed: add \"");
  EXPECT_EQ(Shape("A \"b\"c"),
            "f:1:6: text directly behind a closing quote: put a blank between them, or the quotes "
            "around the whole");
  EXPECT_EQ(Shape("A ${HOME}/b"),
            "f:1:3: variables like ${HOME}/b are not offered yet: write the value");
  EXPECT_EQ(Shape("<A"), "f:1:1: a line that begins with < must end with >: add it");
  EXPECT_EQ(Shape("< A>"), "f:1:1: the name of the section must follow < directly");
  EXPECT_EQ(Shape("</>"), "f:1:1: the name of the section must follow </ directly");
  EXPECT_EQ(Shape("<>"), "f:1:1: the name of the section must follow < directly");
  EXPECT_EQ(Shape("<"), "f:1:1: a line that begins with < must end with >: add it");
}

}  // namespace hosts::language
