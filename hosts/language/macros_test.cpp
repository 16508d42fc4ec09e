#include "hosts/language/macros.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "hosts/language/testing/reading.h"

namespace hosts::language {

using testing::Notes;
using testing::Shape;

TEST(Macros, ArgumentsStandInThePlacesOfParameters) {
  EXPECT_EQ(Shape("<Macro M $a %b @c $ab>\nA $a-%b @c$ab$aa \"$a\" x\n</Macro>\n"
                  "Use m 1 2 3 4\nUSE M \"x y\" $a $b \"\""),
            "[A][1-2][3][41a][1][x]\n[A][x][y-$a][$b][x][ya][x y][x]\n");
}

TEST(Macros, TheLongestNameThatStandsThereCounts) {
  EXPECT_EQ(
      Shape("<Macro M $ab $a $abcd b>\nA $a $ab $abc $abcd $abx $ac b $\n</Macro>\nUse M 1 2 3 4"),
      "[A][2][1][1c][3][1x][2c][4][$]\n");
}

TEST(Macros, AParameterThatBeginsWithAtIsQuoted) {
  EXPECT_EQ(Shape("<Macro M @a>\nA x@a@a\n</Macro>\nUse M b"), "[A][x\"b\"\"b\"]\n");
  EXPECT_EQ(Shape("<Macro M @a $b>\nA @a $b\n</Macro>\nUse M 'b \"c\\d' \"e f\"\nUse M \"\" g"),
            "[A][b \"c\\d][e][f]\n[A][][g]\n");
}

TEST(Macros, ABackslashInFrontOfABlankContinuesALine) {
  EXPECT_EQ(Shape("<Macro M $a>\nA $a \\ \n# $a\n# B \\ \nC\n</Macro>\nUse M 1"), "[A][1][#][1]\n");
  EXPECT_EQ(
      Shape("<Macro M>\nA \\ \n</Macro>\nUse M"),
      "f:2:3: the backslash would continue the macro beyond its end: take it off (in macro M, "
      "used at f:4)");
  const std::string half(600'000, 'x');
  EXPECT_EQ(
      Shape("<Macro M>\nA " + half + "\\ \nB " + half + "\n</Macro>\nUse M"),
      "f:2:1: a line of the macro is longer than 1 MiB: shorten it (in macro M, used at f:5)");
}

TEST(Macros, AreReadAsIfTheyStoodWhereTheyAreUsed) {
  EXPECT_EQ(Shape("<Macro M $d>\n# $d\n<D $d>\n</Macro>\nUse M /x\nB\n</D>"), "<[D][/x]\n[B]\n/\n");
  EXPECT_EQ(Shape("<Macro M>\n<IfDefine N>\n</Macro>\nUse M\nZ\n</IfDefine>\nA"), "[A]\n");
}

TEST(Macros, VariablesAreThoseOfTheMomentOfUse) {
  EXPECT_EQ(Shape("<Macro M $x>\nA $x ${V}\nDefine V $x\n</Macro>\nDefine V 0\nUse M 1\nUse M 2"),
            "[A][1][0]\n[A][2][1]\n");
}

TEST(Macros, MayUseAndDeclareOthers) {
  EXPECT_EQ(Shape("<Macro O $x>\n<Macro I $y>\nA $x $y\n</Macro>\nUse I 2\n</Macro>\nUse O 1"),
            "[A][1][2]\n");
}

TEST(Macros, AnErrorSaysWhereTheMacroWasUsed) {
  EXPECT_EQ(Shape("<Macro I>\n  A \"b\n</Macro>\n<Macro O>\nUse I\n</Macro>\n\nUse O"),
            "f:2:5: the quote that begins here is not closed: add \" (in macro I, used at f:5; in "
            "macro O, used at f:8)");
}

TEST(Macros, MustNotUseThemselves) {
  EXPECT_EQ(
      Shape("<Macro M>\nUse N\n</Macro>\n<Macro N>\nUse m\n</Macro>\nUse M"),
      "f:5:5: the macro m uses itself: take the loop out (in macro N, used at f:2; in macro M, "
      "used at f:7)");
}

TEST(Macros, TakeAsManyArgumentsAsParameters) {
  EXPECT_EQ(Shape("<Macro M $a>\nA\n</Macro>\nUse M"),
            "f:4:5: the macro M of line 1 takes 1 arguments, not 0");
  EXPECT_EQ(Shape("Use"), "f:1:1: Use needs more: write Use NAME ARGUMENT ...");
}

TEST(Macros, MustBeDeclared) {
  EXPECT_EQ(Shape("Use M"), "f:1:5: there is no macro M: declare it above this line");
  EXPECT_EQ(Shape("<Macro M>\n</Macro>\nUndefMacro m\nUse M"),
            "f:4:5: there is no macro M: declare it above this line");
  EXPECT_EQ(Shape("UndefMacro M"), "f:1:12: there is no macro M: remove the line");
  EXPECT_EQ(Notes("<Macro M>\n</Macro>\n<Macro m>\n</Macro>"),
            "f:3:8: the macro m of f:1 is replaced: remove one of the two\n");
}

TEST(Macros, DeclarationsAreChecked) {
  EXPECT_EQ(Shape("<Macro>\n</Macro>"),
            "f:1:2: <Macro> needs a name: write <Macro NAME $PARAMETER ...>");
  EXPECT_EQ(Shape("<Macro M $a $a>\n</Macro>"),
            "f:1:13: the parameter $a is there twice: rename one");
  EXPECT_EQ(Shape("<Macro M \"\">\n</Macro>"),
            "f:1:10: the name of a parameter has 1 to 100 characters");
  EXPECT_EQ(Shape("<Macro M\n</Macro>"),
            "f:1:1: a line that begins with < must end with >: add it");
  EXPECT_EQ(Shape("<Macro M>\nA"), "f:1:8: <Macro> is not closed: add </Macro>");
  std::string many = "<Macro M";
  for (int i = 0; i < 101; ++i) {
    many += " $" + std::to_string(i);
  }
  EXPECT_EQ(Shape(many + ">\n</Macro>"), "f:1:400: a macro has at most 100 parameters");
}

TEST(Macros, BombsAreDefused) {
  std::string text = "<Macro M0>\nA\n</Macro>\n";
  for (int i = 1; i < 60; ++i) {
    text += fmt::format("<Macro M{0}>\nUse M{1}\nUse M{1}\n</Macro>\n", i, i - 1);
  }
  ReadOptions options;
  options.limits.lines = 10'000;
  EXPECT_NE(Shape(text + "Use M59", options).find("more than 10000 lines"), std::string::npos);
  const std::string long_word((1 << 20) - 100, 'x');
  EXPECT_NE(Shape("<Macro M $a>\nA $a$a\n</Macro>\nUse M " + long_word)
                .find("$a makes the line longer than 1 MiB: shorten the argument"),
            std::string::npos);
}

}  // namespace hosts::language
