#include "hosts/language/document.h"

#include <gtest/gtest.h>

#include "hosts/language/testing/reading.h"

namespace hosts::language {
namespace {

using testing::Notes;
using testing::Shape;

ReadOptions WithModules() {
  ReadOptions options;
  options.built_in_modules = {"core_module", "so_module"};
  return options;
}

}  // namespace

TEST(Document, IsTheTreeOfWhatStandsThere) {
  EXPECT_EQ(Shape("A b\n<S c>\nD\n<T>\n</t>\n</s>\nE"), "[A][b]\n<[S][c]\n[D]\n<[T]\n/\n/\n[E]\n");
}

TEST(Document, SectionsMustCloseInOrder) {
  EXPECT_EQ(Shape("</A>"), "f:1:3: </A> without a <A> before it: remove it");
  EXPECT_EQ(Shape("<A>\n<B>\n</A>"),
            "f:3:3: </A> stands where <B> of line 2 is open: close that first");
  EXPECT_EQ(Shape("<A>\nB"), "f:1:2: <A> is not closed: add </A>");
}

TEST(Document, SectionsAreNotNestedWithoutEnd) {
  std::string text;
  for (int i = 0; i < 65; ++i) {
    text += "<A>\n";
  }
  EXPECT_EQ(Shape(text), "f:65:2: sections are nested more than 64 deep: close some");
  EXPECT_EQ(Shape("<IfDefine No>\n" + text),
            "f:65:2: sections are nested more than 64 deep: close some");
}

TEST(Document, OnlyDirectivesWithOptionsReadQuotesBehindAnEqualsSign) {
  ReadOptions options;
  options.directives_with_options = {"WSGIDaemonProcess"};
  EXPECT_EQ(Shape("wsgidaemonprocess a x=\"b c\"\nHeader x=\"b c\"", options),
            "[wsgidaemonprocess][a][x=b c]\n[Header][x=\"b][c\"]\n");
}

TEST(Document, TextBehindASectionsEndIsIgnoredWithANote) {
  EXPECT_EQ(Notes("<A> # x\n</A>"), "f:1:1: a line that begins with < must end with >: add it");
  EXPECT_EQ(Notes("<A b> # x\n</A> y"),
            "f:1:7: text behind > is ignored: remove it\n"
            "f:2:6: text behind > is ignored: remove it\n");
}

// Variables.

TEST(Variables, AreSubstitutedBeforeALineIsSplit) {
  EXPECT_EQ(Shape("Define x \"a b\"\nA ${x} \"${x}\" '${x}'"), "[A][a][b][a b][a b]\n");
  EXPECT_EQ(Shape("Define s Sec\nDefine e \"</Sec>\"\n<${s} 1>\n${e}"), "<[Sec][1]\n/\n");
  EXPECT_EQ(Shape("Define n\nDefine x \"\"\n${x}\nA"), "[A]\n");
}

TEST(Variables, DefineComesBeforeTheEnvironment) {
  ReadOptions options;
  options.environment = {{"x", "from outside"}, {"Y", "y"}};
  EXPECT_EQ(Shape("A \"${x}\" ${Y}\nDefine X inside\nA \"${x}\"\nUnDefine X\nA \"${x}\"", options),
            "[A][from outside][y]\n[A][inside]\n[A][from outside]\n");
}

TEST(Variables, ThatNobodyKnowsStayWithANote) {
  EXPECT_EQ(Shape("Define n\nA ${n} ${} ${x ${A${n}} $x"), "[A][${n}][${}][${x][${A${n}}][$x]\n");
  EXPECT_EQ(Notes("A \\\n  b${n}"), "f:2:4: ${n} is not defined and stays as it is: Define it\n");
}

TEST(Variables, OthersSyntaxIsLeftAlone) {
  EXPECT_EQ(Shape("A %{ENV:x} ${map:key}"), "[A][%{ENV:x}][${map:key}]\n");
  EXPECT_EQ(Notes("A %{ENV:x} ${map:key}"), "");
}

TEST(Variables, AValueIsNotLookedThroughAgain) {
  EXPECT_EQ(Shape("Define b 1\nDefine a \"${c\"\nDefine c 2\nA ${a}}"), "[A][${c}]\n");
}

TEST(Variables, WordsOfAValueStandWhereTheVariableStands) {
  const auto document = ReadText("Define x \"b  c\"\nA ${x}d e", "f", {});
  ASSERT_TRUE(document);
  const auto& words = document->tree.at(0).arguments;
  ASSERT_EQ(words.size(), 3u);
  EXPECT_EQ(words[0].where.column, 3);
  EXPECT_EQ(words[1].text, "cd");
  EXPECT_EQ(words[1].where.column, 3);
  EXPECT_EQ(words[2].where.column, 9);
}

TEST(Variables, NamesAndArgumentsAreChecked) {
  EXPECT_EQ(Shape("Define a:b"), "f:1:8: the name a:b must not contain ':'");
  EXPECT_EQ(Shape("UnDefine a:b"), "f:1:10: the name a:b must not contain ':'");
  EXPECT_EQ(Shape("Define"), "f:1:1: Define needs more: write Define NAME [VALUE]");
  EXPECT_EQ(Shape("Define a b c"),
            "f:1:12: c is more than Define takes: write Define NAME [VALUE]");
  EXPECT_EQ(Shape("UnDefine a # b"), "f:1:12: a comment needs a line of its own");
}

TEST(Variables, CannotGrowWithoutEnd) {
  std::string text = "Define x 0123456789\n";
  for (int i = 0; i < 40; ++i) {
    text += "Define x ${x}${x}\n";
  }
  EXPECT_EQ(Shape(text), "f:18:14: ${x} makes the line longer than 1 MiB: shorten its value");
  text = "Define x " + std::string(1 << 19, 'x') + "\n";
  for (int i = 0; i < 40; ++i) {
    text += "A ${x}\n";
  }
  EXPECT_EQ(Shape(text),
            "f:33:1: macros and variables make more than 16 MiB: does something repeat itself?");
}

// Sections that may be in force.

TEST(Conditions, IfDefineTellsNamesApartByCase) {
  ReadOptions options;
  options.defines = {"Test"};
  EXPECT_EQ(Shape("<IfDefine Test>\nA\n</IfDefine>\n<IfDefine test>\nB\n</ifdefine>", options),
            "[A]\n");
  EXPECT_EQ(Shape("<IfDefine !\"Test\">\nA\n</IfDefine>\n<IfDefine ! x>\nB\n</IfDefine>", options),
            "[B]\n");
  EXPECT_EQ(Shape("<IfDefine \"!x\">\nA\n</IfDefine>", options), "");
}

TEST(Conditions, IfModuleKnowsBothNames) {
  const auto options = WithModules();
  EXPECT_EQ(Shape("<IfModule mod_so.c>\nA\n</IfModule>\n<IfModule so_module>\nB\n</IfModule>\n"
                  "<IfModule core.c>\nC\n</IfModule>\n<IfModule SO_module>\nD\n</IfModule>",
                  options),
            "[A]\n[B]\n[C]\n");
  EXPECT_EQ(Shape("<IfModule !mod_ssl.c>\nA\n</IfModule>\nLoadModule ssl_module x.so\n"
                  "<IfModule mod_ssl.c>\nB\n</IfModule>",
                  options),
            "[A]\n[LoadModule][ssl_module][x.so]\n[B]\n");
}

TEST(Conditions, AModuleThatIsLoadedTwiceIsNoted) {
  EXPECT_EQ(Notes("LoadModule so_module x", WithModules()),
            "f:1:12: so_module is loaded already: remove the line\n");
  EXPECT_EQ(Shape("LoadModule x"), "f:1:1: LoadModule needs more: write LoadModule NAME FILE");
}

TEST(Conditions, IfFileAsksTheFiles) {
  const testing::FilesInMemory files({{"/etc/a b", ""}, {"/srv/x/y", ""}});
  ReadOptions options;
  options.files = &files;
  EXPECT_EQ(
      Shape("<IfFile \"/etc/a b\">\nA\n</IfFile>\n<IfFile /srv/x>\nB\n</IfFile>\n"
            "<IfFile !/srv/z>\nC\n</IfFile>\nServerRoot /srv\n<IfFile x/../x/y>\nD\n</IfFile>",
            options),
      "[A]\n[B]\n[C]\n[ServerRoot][/srv]\n[D]\n");
  EXPECT_EQ(Shape("<IfFile x>\n</IfFile>", options),
            "f:1:9: x is a relative path: write an absolute one, or ServerRoot above it");
  EXPECT_EQ(Shape("<IfFile /" + std::string(5000, 'x') + ">\n</IfFile>", options),
            "f:1:9: /" + std::string(79, 'x') + "... is not a path: correct it");
}

TEST(Conditions, IfDirectiveAndIfSectionAskWhatThereIs) {
  ReadOptions options;
  options.is_known = [](std::string_view name, bool is_section) {
    return name == (is_section ? "VirtualHost" : "Listen");
  };
  EXPECT_EQ(Shape("<IfDirective Listen>\nA\n</IfDirective>\n<IfDirective VirtualHost>\nB\n"
                  "</IfDirective>\n<IfDirective <VirtualHost>\nC\n</IfDirective>\n"
                  "<IfSection VirtualHost>\nD\n</IfSection>\n<IfSection Listen>\nE\n</IfSection>\n"
                  "<IfSection !Nothing>\nF\n</IfSection>\n<IfSection macro>\nG\n</IfSection>\n"
                  "<IfDirective use>\nH\n</IfDirective>",
                  options),
            "[A]\n[C]\n[D]\n[F]\n[G]\n[H]\n");
  EXPECT_EQ(Shape("<IfDirective Listen>\nA\n</IfDirective>"), "");
}

TEST(Conditions, NeedAName) {
  EXPECT_EQ(Shape("<IfDefine>\n</IfDefine>"),
            "f:1:2: <IfDefine> needs more: write <IfDefine [!]NAME>");
  EXPECT_EQ(Shape("<IfModule !>\n</IfModule>"),
            "f:1:2: <IfModule> needs more: write <IfModule [!]NAME>");
  EXPECT_EQ(Shape("<IfFile \"\">\n</IfFile>"),
            "f:1:2: <IfFile> needs more: write <IfFile [!]NAME>");
  EXPECT_EQ(Notes("<IfDefine a b>\n</IfDefine>"),
            "f:1:13: b is more than <IfDefine> takes, and is ignored: remove it\n");
}

TEST(Conditions, NothingInASkippedSectionActsOrIsChecked) {
  EXPECT_EQ(Shape("<IfDefine x>\nDefine y\nError no\nInclude /no\nA \"b\n<Foo\nUse z\n</foo>\n"
                  "<IfDefine !x>\n</IfDefine>\n</IfDefine>\n<IfDefine y>\nA\n</IfDefine>\nB"),
            "[B]\n");
}

TEST(Conditions, SkippedSectionsMustCloseInOrder) {
  EXPECT_EQ(Shape("<IfDefine x>\n<A>\n</IfDefine>"),
            "f:3:3: </IfDefine> stands where <A> of line 2 is open: close that first");
  EXPECT_EQ(Shape("<IfDefine x>\n<A>"), "f:2:2: <A> is not closed: add </A>");
  EXPECT_EQ(Shape("<IfDefine x>\n</IfDefine y>"),
            "f:2:1: </IfDefine must end with >: write </IfDefine>");
  EXPECT_EQ(Shape("<IfDefine x>\n<\n"), "f:2:1: the name of the section must follow < directly");
  EXPECT_EQ(Shape("<IfDefine !x>\nA"), "f:1:2: <IfDefine> is not closed: add </IfDefine>");
}

TEST(Conditions, LeaveNoNodeInsideOtherSections) {
  EXPECT_EQ(Shape("<S>\n<IfDefine !x>\nA\n<T>\n<IfDefine !x>\nB\n</IfDefine>\n</T>\n</IfDefine>\n"
                  "Define x\n</S>\n<IfDefine x>\nC\n</IfDefine>"),
            "<[S]\n[A]\n<[T]\n[B]\n/\n/\n[C]\n");
}

TEST(Document, ErrorEndsTheReading) {
  EXPECT_EQ(Shape("Define x y\nError a  \"b ${x}\""), "f:2:1: Error: a  \"b y\"");
  EXPECT_EQ(Shape("Error"), "f:1:1: Error has no message: write one");
}

TEST(Document, SaysWhatWasDefinedAndLoaded) {
  const auto document = ReadText("Define a\nLoadModule x_module x.so", "f", WithModules());
  ASSERT_TRUE(document);
  EXPECT_TRUE(document->definitions.names().contains("a"));
  EXPECT_EQ(document->modules.names().size(), 3u);
  EXPECT_EQ(document->files, std::vector<std::string>{"f"});
}

TEST(Document, NotesAreNotKeptWithoutEnd) {
  std::string text;
  for (int i = 0; i < 2000; ++i) {
    text += "A ${x}\n";
  }
  const auto document = ReadText(text, "f", {});
  ASSERT_TRUE(document);
  EXPECT_EQ(document->notes.size(), 1000u);
}

TEST(Document, LinesWordsAndBytesAreCounted) {
  ReadOptions options;
  options.limits.lines = 3;
  EXPECT_EQ(Shape("A\n\n#\nB", options),
            "f:4:1: more than 3 lines, with all files and macros: does something repeat itself?");
  options.limits = {};
  options.limits.words = 3;
  EXPECT_EQ(Shape("A b c\nB d e", options),
            "f:2:1: more than 3 words, with all files and macros: does something repeat itself?");
  options.limits = {};
  options.limits.bytes = 1 << 20;
  EXPECT_EQ(Shape("A\nB " + std::string((1 << 20) - 2, 'x'), options),
            "f:2:1: more than 1 MiB, with all files and macros: does something repeat itself?");
}

}  // namespace hosts::language
