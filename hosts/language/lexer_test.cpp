#include "hosts/language/lexer.h"

#include <gtest/gtest.h>

#include "hosts/language/line_reader.h"

namespace hosts::language {
namespace {

// The words of each line in brackets; "<" and "/" mark sections.
std::string Shape(std::string_view text, ValueQuoting quoting = ValueQuoting::No) {
  LineReader lines{std::string(text), "f"};
  std::string shape;
  while (true) {
    const auto line = lines.Next();
    if (!line) return line.error().Text();
    if (!line->has_value()) return shape;
    if ((*line)->text.empty() || (*line)->text.starts_with('#')) continue;
    const auto head = ReadHead(**line);
    if (!head) return head.error().Text();
    if (head->kind == Head::Kind::SectionBegin) shape += '<';
    if (head->kind == Head::Kind::SectionEnd) shape += '/';
    shape += '[' + head->name.text + ']';
    const auto words = ReadWords(**line, head->begin, head->end, quoting);
    if (!words) return words.error().Text();
    for (const Word& word : *words) {
      shape += '[' + word.text + ']';
    }
    shape += '\n';
  }
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
  EXPECT_EQ(Shape("A b\\\\\nc"), "[A][b\\c]\n");
  EXPECT_EQ(Shape("A b\\\\\n\nc"), "[A][bc]\n");
}

TEST(Lexer, ABackslashAtTheEndOfTheFileStands) {
  EXPECT_EQ(Shape("A b \\"), "[A][b][\\]\n");
  EXPECT_EQ(Shape("A b \\\n"), "[A][b]\n");
}

TEST(Lexer, QuotesGroupAndBackslashesEscapeThemselvesAndTheQuote) {
  EXPECT_EQ(Shape(R"(A "b c" 'd "e"' "f \"g\" \\ \n \'" '')"),
            R"([A][b c][d "e"][f "g" \ \n \'][])"
            "\n");
}

TEST(Lexer, BehindAClosingQuoteANewWordBegins) {
  EXPECT_EQ(Shape(R"(A "b"c"d" 'e''f')"), "[A][b][c\"d\"][e][f]\n");
  EXPECT_EQ(Shape(R"("A"b c)"), "[A][b][c]\n");
}

TEST(Lexer, QuotesGroupAfterTheFirstEqualsSignOfOptions) {
  EXPECT_EQ(Shape(R"(A x="b c" y='d' z=a="b u="")", ValueQuoting::AfterEquals),
            "[A][x=b c][y=d][z=a=\"b][u=]\n");
  EXPECT_EQ(Shape(R"(A x="b c")"), "[A][x=\"b][c\"]\n");
}

TEST(Lexer, QuotesElsewhereAndSingleBackslashesStandForThemselves) {
  EXPECT_EQ(Shape(R"(A it's a\b c\\d)"),
            R"([A][it's][a\b][c\d])"
            "\n");
}

TEST(Lexer, KnowsSections) {
  EXPECT_EQ(Shape("<A b \"c>\" >\n</A>"), "<[A][b][c>]\n/[A]\n");
  EXPECT_EQ(Shape("<A>\n</A> x"), "<[A]\n/[A]\n");
  EXPECT_EQ(Shape("<A> b>"), "<[A][b]\n");
}

TEST(Lexer, TheLastBracketEndsASectionAndWhatIsBehindItIsIgnored) {
  EXPECT_EQ(Shape("<A b > c > d"), "<[A][b][>][c]\n");
  EXPECT_EQ(Shape("<A b># c"), "<[A][b]\n");
}

TEST(Lexer, PositionsAreThoseOfTheFileAcrossContinuations) {
  LineReader lines("\n  Abc \\\n   def", "f");
  ASSERT_TRUE(lines.Next());
  const auto line = lines.Next();
  ASSERT_TRUE(line);
  const auto head = ReadHead(**line);
  ASSERT_TRUE(head);
  const auto words = ReadWords(**line, head->begin, head->end, ValueQuoting::No);
  ASSERT_TRUE(words);
  const auto& first = head->name.where;
  const auto& second = words->at(0).where;
  EXPECT_EQ(std::pair(first.line, first.column), std::pair(2, 3));
  EXPECT_EQ(std::pair(second.line, second.column), std::pair(3, 4));
}

TEST(Lexer, RefusesWhatApacheGuessesOrRefuses) {
  EXPECT_EQ(Shape("A \"b"), "f:1:3: the quote that begins here is not closed: add \"");
  EXPECT_EQ(Shape("<A \"b>\"c d"), "f:1:4: the quote that begins here is not closed: add \"");
  EXPECT_EQ(Shape("<A"), "f:1:1: a line that begins with < must end with >: add it");
  EXPECT_EQ(Shape("</A >"), "f:1:1: </A must end with >: write </A>");
  EXPECT_EQ(Shape("< A>"), "f:1:1: the name of the section must follow < directly");
  EXPECT_EQ(Shape("</>"), "f:1:1: the name of the section must follow </ directly");
  EXPECT_EQ(Shape("<>"), "f:1:1: the name of the section must follow < directly");
  EXPECT_EQ(Shape("<"), "f:1:1: the name of the section must follow < directly");
}

TEST(Lexer, RefusesNulBytesAndLinesWithoutEnd) {
  EXPECT_EQ(Shape(std::string_view("A \0", 3)),
            "f:1:3: a NUL byte: a configuration is text; is this the right file?");
  EXPECT_EQ(Shape(std::string(kLongestLine + 1, 'x')),
            "f:1:1: the line is longer than 1 MiB: is this the right file?");
}

}  // namespace hosts::language
