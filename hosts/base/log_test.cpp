// The log, and LineOutput under it: whoever does not read stops nobody.

#include "hosts/base/log.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sstream>
#include <string>
#include <vector>

#include "hosts/base/line_output.h"
#include "hosts/base/unique_fd.h"

namespace hosts::base {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

namespace {

struct Ends {
  UniqueFd reader;
  UniqueFd writer;
};

Ends Pipe(int pages = 1) {
  int ends[2];
  EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  constexpr int kPage = 4096;
  EXPECT_GT(::fcntl(ends[1], F_SETPIPE_SZ, pages * kPage), 0);
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

Ends SocketPair() {
  int ends[2];
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

// What is there to be read.
std::string ReadAll(const UniqueFd& reader) {
  EXPECT_EQ(::fcntl(reader.get(), F_SETFL, O_NONBLOCK), 0);
  std::string text;
  char block[4096];
  ssize_t size = 0;
  while ((size = ::read(reader.get(), block, sizeof block)) > 0)
    text.append(block, static_cast<std::size_t>(size));
  return text;
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);)
    lines.push_back(line);
  return lines;
}

// Writes until something is lost, then reads, and writes again: whole lines, but for one that was cut.
void FillAndGoOn(LineOutput& output, const UniqueFd& reader, const std::string& line) {
  constexpr int kFarMoreThanFits = 10'000;
  int written = 0;
  int lost = 0;
  for (int i = 0; i < kFarMoreThanFits; ++i)
    ++(output.Write(line + "\n") ? written : lost);
  ASSERT_GT(written, 0);
  ASSERT_GT(lost, 0);
  EXPECT_EQ(output.TakeLost(), static_cast<std::uint64_t>(lost));
  std::string text = ReadAll(reader);
  EXPECT_TRUE(output.Write("after\n"));
  text += ReadAll(reader);
  auto lines = Lines(text);
  EXPECT_EQ(lines.back(), "after");
  lines.pop_back();
  int whole = 0;
  for (const std::string& one : lines) {
    EXPECT_THAT(line, StartsWith(one));
    if (one == line) ++whole;
  }
  EXPECT_EQ(whole, written);
}

}  // namespace

TEST(LineOutput, NeverWaitsForAPipe) {
  const Ends pipe = Pipe();
  LineOutput output(pipe.writer.get());
  FillAndGoOn(output, pipe.reader, "a line of a log");
}

TEST(LineOutput, NeverWaitsForAPipeThatTakesPartOfALine) {
  const Ends pipe = Pipe(2);
  LineOutput output(pipe.writer.get());
  FillAndGoOn(output, pipe.reader, std::string(6000, 'x'));
}

TEST(LineOutput, NeverWaitsWhereTheKernelHasNoFlagForIt) {
  const Ends pipe = Pipe();
  LineOutput output(pipe.writer.get(), LineOutput::Way::Question);
  FillAndGoOn(output, pipe.reader, "a line of a log");
}

TEST(LineOutput, NeverWaitsForASocket) {
  const Ends sockets = SocketPair();
  LineOutput output(sockets.writer.get());
  FillAndGoOn(output, sockets.reader, "a line of a log");
}

TEST(LineOutput, LosesLinesWhereNobodyReadsAnyMore) {
  Ends sockets = SocketPair();
  LineOutput output(sockets.writer.get());
  sockets.reader.reset();
  EXPECT_FALSE(output.Write("nobody\n"));
  EXPECT_EQ(output.TakeLost(), 1U);
}

TEST(Log, SaysHowManyLinesWereLost) {
  const Ends pipe = Pipe();
  SetLogDescriptor(pipe.writer.get());
  constexpr int kAll = 1'000;
  for (int i = 0; i < kAll; ++i)
    Log(LogLevel::Warning, "H0001", "line {}", i);
  const auto first = Lines(ReadAll(pipe.reader));
  Log(LogLevel::Warning, "H0001", "one more");
  const auto then = Lines(ReadAll(pipe.reader));
  SetLogDescriptor(STDERR_FILENO);
  ASSERT_EQ(then.size(), 2U);
  EXPECT_THAT(first.front(), HasSubstr("line 0"));
  EXPECT_THAT(then[0], MatchesRegex(".* warning H0241 .*[0-9]+ lines of this log are lost: .*"));
  EXPECT_THAT(then[0], HasSubstr(fmt::format(" {} lines", kAll - static_cast<int>(first.size()))));
  EXPECT_THAT(then[1], HasSubstr("one more"));
}

TEST(Log, AThreadWritesToTheLogThatItHasChosen) {
  const Ends own = Pipe();
  const Ends first = Pipe();
  SetLogDescriptor(own.writer.get());
  SetFurtherLogs({{first.writer.get(), LogLevel::Error}, {-1, LogLevel::Debug}});
  {
    const LogChoice choice(1);
    EXPECT_FALSE(IsLogged(LogLevel::Warning));
    Log(LogLevel::Warning, "H0001", "too little for the first");
    Log(LogLevel::Error, "H0001", "to the first");
    {
      const LogChoice inner(0);
      Log(LogLevel::Warning, "H0001", "inner");
    }
    Log(LogLevel::Error, "H0001", "to the first again");
    std::thread([] { Log(LogLevel::Error, "H0001", "another thread's"); }).join();
  }
  for (const int not_there : {2, 3, -1}) {
    const LogChoice choice(not_there);
    Log(LogLevel::Warning, "H0001", "chosen {}", not_there);
  }
  SetLogDescriptor(STDERR_FILENO);
  SetFurtherLogs({});
  const auto of_own = Lines(ReadAll(own.reader));
  const auto of_first = Lines(ReadAll(first.reader));
  EXPECT_THAT(of_own,
              ElementsAre(EndsWith(" inner"),
                          EndsWith(" another thread's"),
                          EndsWith(" chosen 2"),
                          EndsWith(" chosen 3"),
                          EndsWith(" chosen -1")));
  EXPECT_THAT(of_first, ElementsAre(EndsWith(" to the first"), EndsWith(" to the first again")));
}

TEST(Log, KeepsItsLevelWhenItGoesElsewhere) {
  const Ends pipe = Pipe();
  SetLogLevel(LogLevel::Error);
  SetLogDescriptor(pipe.writer.get());
  Log(LogLevel::Warning, "H0001", "not shown");
  SetLogDescriptor(STDERR_FILENO);
  SetLogLevel(LogLevel::Info);
  EXPECT_EQ(ReadAll(pipe.reader), "");
}

TEST(Log, ALineStaysOneLine) {
  const Ends pipe = Pipe();
  SetLogDescriptor(pipe.writer.get());
  Log(LogLevel::Error, "H0001", "{}", "a\nb\x1b");
  SetLogDescriptor(STDERR_FILENO);
  EXPECT_THAT(ReadAll(pipe.reader), HasSubstr("a\\x0ab\\x1b\n"));
}

}  // namespace hosts::base
