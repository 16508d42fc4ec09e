// Include and IncludeOptional, on files in memory and on the disk's.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "hosts/base/files.h"
#include "hosts/language/document.h"
#include "hosts/language/testing/reading.h"

namespace hosts::language {
namespace {

using testing::FilesInMemory;

// What each of these files says is its own name.
std::string Included(const std::string& line) {
  static const FilesInMemory files({{"/e/a/1.conf", "A1"},
                                    {"/e/a/2.txt", "A2"},
                                    {"/e/a/.hidden", "AH"},
                                    {"/e/a/b/0.conf", "AB"},
                                    {"/e/c/1.conf", "C1"},
                                    {"/e/c/[", "CB"},
                                    {"/e/c/star*", "CS"},
                                    {"/e/close", "</S>"},
                                    {"/e/open", "<S>"},
                                    {"/e/deep", "Include /e/wrong"},
                                    {"/e/wrong", "\nA \"b"},
                                    {"/e/backslash", "Z \\"}});
  ReadOptions options;
  options.files = &files;
  options.server_root = "/e";
  std::string shape;
  for (const char c : testing::Shape(line, options)) {
    shape += c == '\n' ? ' ' : c;
  }
  return shape;
}

}  // namespace

TEST(Include, TakesAFileAndEveryFileOfADirectory) {
  EXPECT_EQ(Included("Include /e/a/1.conf"), "[A1] ");
  EXPECT_EQ(Included("Include \"a//../a/1.conf\""), "[A1] ");
  EXPECT_EQ(Included("Include a"), "[AH] [A1] [A2] [AB] ");
  EXPECT_EQ(Included("Include a/\nX"), "[AH] [A1] [A2] [AB] [X] ");
}

TEST(Include, TakesWildcardsInAnyPartOfThePath) {
  EXPECT_EQ(Included("Include a/*"), "[A1] [A2] [AB] ");
  EXPECT_EQ(Included("Include a/.*"), "[AH] ");
  EXPECT_EQ(Included("Include */1.conf"), "[A1] [C1] ");
  EXPECT_EQ(Included("Include [a-b]/?.*"), "[A1] [A2] ");
  EXPECT_EQ(Included("Include [!a]/1*"), "[C1] ");
  EXPECT_EQ(Included("Include c/["), "[CB] ");
  EXPECT_EQ(Included("IncludeOptional */2.txt"), "[A2] ");
}

TEST(Include, MustFindSomething) {
  EXPECT_EQ(Included("Include no"),
            "f:1:9: /e/no does not exist: correct it, or write IncludeOptional");
  EXPECT_EQ(Included("Include a/*.no"),
            "f:1:9: nothing in /e/a/ matches *.no: correct it, or write IncludeOptional");
  EXPECT_EQ(Included("Include no/*.conf"), "f:1:9: there is no directory /e/no: correct it");
  EXPECT_EQ(Included("Include */2.txt"),
            "f:1:9: /e/c/2.txt does not exist: correct it, or write IncludeOptional");
  EXPECT_EQ(Included("Include a b"), "f:1:11: b is more than Include takes: write Include FILE");
  EXPECT_EQ(Included("Include"), "f:1:1: Include needs more: write Include FILE");
  EXPECT_EQ(Included("Include \"\""), "f:1:9:  is not a path: correct it");
}

TEST(IncludeOptional, NeedNotFindAnything) {
  EXPECT_EQ(Included("IncludeOptional no"), "");
  EXPECT_EQ(Included("IncludeOptional a/*.no"), "");
  EXPECT_EQ(Included("IncludeOptional no/*.conf"), "");
  EXPECT_EQ(Included("IncludeOptional no*/x"), "");
}

TEST(Include, AFileClosesWhatItOpensAndNothingElse) {
  EXPECT_EQ(Included("<S>\nInclude close"),
            "/e/close:1:3: </S> without a <S> before it: remove it (included by f:2)");
  EXPECT_EQ(Included("Include open\n</S>"),
            "/e/open:1:2: <S> is not closed: add </S> (included by f:1)");
  EXPECT_EQ(Included("<S>\nInclude a/1.conf\n</S>"), "<[S] [A1] / ");
}

TEST(Include, AFileEndsAtItsEnd) {
  EXPECT_EQ(Included("Include backslash\nX"), "[Z][\\] [X] ");
}

TEST(Include, AnErrorSaysWhoIncludedItsFile) {
  EXPECT_EQ(
      Included("Include deep"),
      "/e/wrong:2:3: the quote that begins here is not closed: add \" (included by /e/deep:1; "
      "included by f:1)");
}

TEST(Include, ALoopIsRefusedAndAConditionalOneEnds) {
  const FilesInMemory files(
      {{"/loop", "Include /loop"},
       {"/once", "<IfDefine !Once>\nDefine Once\nInclude /once\nA\n</IfDefine>"}});
  ReadOptions options;
  options.files = &files;
  options.limits.include_depth = 3;
  EXPECT_EQ(testing::Shape("Include /loop", options),
            "/loop:1:9: files include each other more than 3 deep: take the loop out (included by "
            "/loop:1; included by /loop:1; included by f:1)");
  options.limits = {};
  EXPECT_TRUE(testing::Shape("Include /loop", options).ends_with("; and so on)"));
  EXPECT_EQ(testing::Shape("Include /once", options), "[A]\n");
}

TEST(Include, FilesThatIncludeEachOtherTwiceAreCounted) {
  std::map<std::string, std::string> texts;
  for (int i = 0; i < 100; ++i) {
    const std::string next = "Include /" + std::to_string(i + 1) + "\n";
    texts["/" + std::to_string(i)] = next + next;
  }
  texts["/100"] = "";
  const FilesInMemory files(texts);
  ReadOptions options;
  options.files = &files;
  options.limits.lines = 10'000;
  EXPECT_NE(testing::Shape("Include /0", options).find("more than 10000 lines"), std::string::npos);
}

TEST(DiskFiles, AreReadListedAndToldApart) {
  auto directory = base::TemporaryDirectory::Make("wsgilab-language");
  ASSERT_TRUE(directory);
  const std::string root = directory->path().string();
  ASSERT_TRUE(std::filesystem::create_directory(root + "/d"));
  ASSERT_TRUE(base::WriteFile(root + "/d/b", "B"));
  ASSERT_TRUE(base::WriteFile(root + "/d/a", "A\nInclude /dev/null"));
  ASSERT_EQ(::mkfifo((root + "/pipe").c_str(), 0600), 0);
  EXPECT_EQ(testing::Shape("Include " + root + "/pipe"),
            "f:1:9: " + root + "/pipe is not a regular file");
  EXPECT_EQ(testing::Shape("Include " + root + "/d"), "[A]\n[B]\n");
  EXPECT_EQ(testing::Shape("Include " + root + "/d/[a"),
            "f:1:9: " + root + "/d/[a does not exist: correct it, or write IncludeOptional");
  const DiskFiles disk;
  EXPECT_EQ(disk.Read(root + "/no").error().Text(),
            "cannot read " + root + "/no: No such file or directory");
  EXPECT_EQ(disk.Read(root).error().Text(), "cannot read " + root + ": not a regular file");
  EXPECT_EQ(disk.List("/no-such-directory").error().Text(),
            "cannot list /no-such-directory: No such file or directory");
  ASSERT_TRUE(base::WriteFile(root + "/large", ""));
  std::filesystem::resize_file(root + "/large", (16 << 20) + 1);
  EXPECT_EQ(disk.Read(root + "/large").error().Text(),
            "cannot read " + root + "/large: it is larger than 16 MiB: is this the right file?");
}

TEST(Include, WhatAllIncludesReadAndLookAtIsCounted) {
  const FilesInMemory files({{"/d/a", ""}, {"/d/b", ""}, {"/d/c", ""}});
  ReadOptions options;
  options.files = &files;
  options.limits.included_files = 7;
  EXPECT_EQ(testing::Shape("Include /d\nInclude /d/*\nInclude /d/a\n", options), "");
  EXPECT_EQ(testing::Shape("Include /d\nInclude /d\nInclude /d\n", options),
            "f:3:9: more than 7 files, with all Includes: does something repeat itself?");
  options.limits.listed_names = 5;
  EXPECT_EQ(testing::Shape("IncludeOptional /d/x*\nIncludeOptional /d/x*\n", options),
            "f:2:17: all Includes look at more than 5 names in directories: name the files");
}

TEST(Include, AFolderOfTooManyFilesIsRefused) {
  std::map<std::string, std::string> texts;
  for (int i = 0; i <= 10'000; ++i)
    texts["/d/" + std::to_string(i)] = "";
  const FilesInMemory files(texts);
  ReadOptions options;
  options.files = &files;
  EXPECT_EQ(testing::Shape("Include /d", options),
            "f:1:9: more than 10000 files: is this the right directory?");
}

TEST(DiskFiles, ADirectoryThatContainsItselfIsRefused) {
  auto directory = base::TemporaryDirectory::Make("wsgilab-language");
  ASSERT_TRUE(directory);
  const std::string root = directory->path().string();
  std::filesystem::create_directory_symlink(root, root + "/a");
  EXPECT_NE(
      testing::Shape("Include " + root).find(": directories are nested too deep: is there a loop?"),
      std::string::npos);
  std::filesystem::create_directory_symlink(root, root + "/b");
  EXPECT_NE(testing::Shape("IncludeOptional " + root + "/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/x")
                .find("more than 10000 directories: is this the right directory?"),
            std::string::npos);
}

TEST(Wildcards, MatchAsInAShell) {
  EXPECT_TRUE(MatchesWildcard("*", "abc"));
  EXPECT_FALSE(MatchesWildcard("*", ".abc"));
  EXPECT_TRUE(MatchesWildcard("a*b*c", "axxbxxbxc"));
  EXPECT_FALSE(MatchesWildcard("a*b*c", "axxbxx"));
  EXPECT_TRUE(MatchesWildcard("?[0-9][!x]\\*", "a5y*"));
  EXPECT_FALSE(MatchesWildcard("[]a]", "b"));
  EXPECT_TRUE(MatchesWildcard("[]a]", "]"));
  EXPECT_TRUE(MatchesWildcard("[^b]", "a"));
  EXPECT_TRUE(MatchesWildcard("[a-]", "-"));
  EXPECT_FALSE(MatchesWildcard("a", "ab"));
  EXPECT_TRUE(HasWildcard("a?"));
  EXPECT_FALSE(HasWildcard("a\\*["));
}

}  // namespace hosts::language
