#include "reports/markdown/text.h"

#include <gtest/gtest.h>

namespace reports::markdown {

TEST(MarkdownProse, PlainTextStaysAsItIs) {
  EXPECT_EQ(Prose("engine/daemon/sub/lazy: 3.5 ms, +2.4 % (not more)", 100),
            "engine/daemon/sub/lazy: 3.5 ms, +2.4 % (not more)");
}

TEST(MarkdownProse, MarkupIsText) {
  EXPECT_EQ(Prose("a*b`c", 100), "a\\*\u200Bb\\`c");
  EXPECT_EQ(Prose("_a_b_ a__b", 100), "\\_a_b\\_ a\\_\\_b");
  EXPECT_EQ(Prose("<b>&amp;", 100), "\\<b\\>\\&\u200Bamp;");
  EXPECT_EQ(Prose("![x](y)", 100), "!\\[x\\](y)");
  EXPECT_EQ(Prose("a|b", 100), "a&#124;b");
  EXPECT_EQ(Prose("\\", 100), "\\\\");
}

TEST(MarkdownProse, NobodyIsMentioned) {
  EXPECT_EQ(Prose("@octocat", 100), "@\u200Boctocat");
  EXPECT_EQ(Prose("#12", 100), "\\#\u200B12");
  EXPECT_EQ(Prose("!12 GH-12", 100), "!\u200B12 GH-\u200B12");
  EXPECT_EQ(Prose("[issue:1] [INTERP-1]", 100), "\\[issue:\u200B1\\] \\[INTERP-1\\]");
  EXPECT_EQ(Prose("%\"1.0\"", 100), "%\u200B\"1.0\"");
}

TEST(MarkdownProse, AddressesAreNoLinks) {
  EXPECT_EQ(Prose("https://x.example www.x.example", 100),
            "https:\u200B//x.example www\u200B.x.example");
}

TEST(MarkdownProse, IsOneLineAndNeverEmpty) {
  EXPECT_EQ(Prose("\n a\n\n  b \t", 100), "a b");
  EXPECT_EQ(Prose("", 100), "?");
}

TEST(MarkdownProse, IsCutWhereItIsTooLongAsItIsWritten) {
  EXPECT_EQ(Prose(std::string(50, '|'), 20), "&#124;&#124;&#124;\u2026 (50 bytes)");
  EXPECT_EQ(Prose("0123456789", 5), "01234\u2026 (10 bytes)");
}

TEST(MarkdownCodeBlock, CannotBeClosedFromWithin) {
  EXPECT_EQ(CodeBlock("a", 100), "```text\na\n```\n");
  EXPECT_EQ(CodeBlock("```\n````\n", 100), "`````text\n```\n````\n`````\n");
}

TEST(MarkdownCodeBlock, NoLineIsACommand) {
  EXPECT_EQ(CodeBlock("/close\n/usr/bin", 100), "```text\n /close\n /usr/bin\n```\n");
}

}  // namespace reports::markdown
