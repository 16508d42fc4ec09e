#include "harness/command/command_line.h"

#include <gtest/gtest.h>

namespace harness::command {
namespace {

TEST(CommandLine, IsWhatAShellWouldTake) {
  EXPECT_EQ(CommandOf({"/usr/bin/wsgilab", "run", "--mode", "daemon/*", "-o", "out"}),
            "wsgilab run --mode 'daemon/*' -o out");
  EXPECT_EQ(CommandOf({"wsgilab", "it's", ""}), "wsgilab 'it'\\''s' ''");
}

TEST(CommandLine, IsReadAsItWasWritten) {
  const std::vector<std::string> words = {
      "wsgilab", "run", "--app", "it's \"a\" \\ $HOME", "", "a b", "'", "-k", "sub/.*/hello"};
  EXPECT_EQ(WordsOf(CommandOf(words)), words);
}

}  // namespace
}  // namespace harness::command
