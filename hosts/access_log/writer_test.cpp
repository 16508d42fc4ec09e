#include "hosts/access_log/writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "hosts/base/deadline.h"
#include "hosts/base/files.h"
#include "hosts/base/log.h"
#include "hosts/base/unique_fd.h"

namespace hosts::access_log {
namespace {

using base::UniqueFd;
using std::chrono::milliseconds;

class WrittenLines : public ::testing::Test {
 protected:
  void SetUp() override { base::SetLogDescriptor(events_.get()); }
  void TearDown() override { base::SetLogDescriptor(2); }

  [[nodiscard]] std::string path(std::string_view name) const {
    return (directory_.path() / name).string();
  }
  [[nodiscard]] UniqueFd Open(std::string_view name) const {
    return UniqueFd(::open(path(name).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  }
  [[nodiscard]] std::string Text(std::string_view name) const {
    return base::ReadFile(path(name)).value();
  }

 private:
  base::TemporaryDirectory directory_ = base::TemporaryDirectory::Make("log").value();
  UniqueFd events_ = Open("events");
};

// As the tests want to see it: soon.
constexpr Writer::Limits kSoon{.gather = milliseconds(1), .last_words = milliseconds(10)};

std::string ReadSome(int fd) {
  std::string text(1 << 16, '\0');
  const ssize_t size = ::read(fd, text.data(), text.size());
  text.resize(size > 0 ? static_cast<size_t>(size) : 0);
  return text;
}

struct Pipe {
  UniqueFd read_end;
  UniqueFd write_end;
};
Pipe MakePipe() {
  int ends[2];
  EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  EXPECT_EQ(::fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

TEST_F(WrittenLines, AreAllThereAtTheEndInTheirOrder) {
  const UniqueFd one = Open("one");
  const UniqueFd two = Open("two");
  {
    Writer writer({{one.get(), "one"}, {two.get(), "two"}});
    for (int i = 0; i < 1000; ++i)
      writer.Append(static_cast<size_t>(i % 2), std::to_string(i) + "\n");
  }
  std::string expected;
  for (int i = 0; i < 1000; i += 2)
    expected += std::to_string(i) + "\n";
  EXPECT_EQ(Text("one"), expected);
  EXPECT_TRUE(Text("two").ends_with("997\n999\n"));
  EXPECT_EQ(Text("events"), "");
}

TEST_F(WrittenLines, ComeWithoutBeingAskedFor) {
  const Pipe pipe = MakePipe();
  Writer writer({{pipe.write_end.get(), "pipe"}}, kSoon);
  writer.Append(0, "first\n");
  EXPECT_EQ(ReadSome(pipe.read_end.get()), "first\n");  // waits for it
  writer.Append(0, "second\n");
  EXPECT_EQ(ReadSome(pipe.read_end.get()), "second\n");
}

TEST_F(WrittenLines, AreDroppedAndCountedWhenNobodyTakesThem) {
  constexpr std::uint64_t kLines = 100'000;
  const Pipe pipe = MakePipe();
  const std::string line(99, 'x');
  std::uint64_t lost = 0;
  std::string taken;
  {
    Writer::Limits limits = kSoon;
    limits.waiting_bytes = 100'000;
    Writer writer({{pipe.write_end.get(), "the pipe"}}, limits);
    for (std::uint64_t i = 0; i < kLines; ++i)
      writer.Append(0, line + "\n");  // never waits
    writer.Stop();
    lost = writer.lost();
  }
  ASSERT_EQ(::fcntl(pipe.read_end.get(), F_SETFL, O_NONBLOCK), 0);
  for (std::string some = ReadSome(pipe.read_end.get()); !some.empty();
       some = ReadSome(pipe.read_end.get()))
    taken += some;
  EXPECT_EQ(lost + taken.size() / (line.size() + 1), kLines);
  EXPECT_GT(lost, kLines / 2);
  const std::string events = Text("events");
  EXPECT_NE(events.find("warning H0240"), std::string::npos) << events;
  EXPECT_NE(events.find("lines of the access log the pipe are lost: it is not written as fast"),
            std::string::npos)
      << events;
}

TEST_F(WrittenLines, GoOnWhenTheReaderDoes) {
  const Pipe pipe = MakePipe();
  ASSERT_GT(::fcntl(pipe.write_end.get(), F_SETPIPE_SZ, 4096), 0);
  Writer writer({{pipe.write_end.get(), "pipe"}}, kSoon);
  std::string expected;
  for (int i = 0; i < 5000; ++i)
    expected += std::to_string(i) + "\n";
  writer.Append(0, expected);
  std::string taken;
  while (taken.size() < expected.size())
    taken += ReadSome(pipe.read_end.get());
  EXPECT_EQ(taken, expected);
}

TEST_F(WrittenLines, AreLostOnAFullDisk) {
  const UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  ASSERT_TRUE(full.is_open());
  Writer writer({{full.get(), "/dev/full"}}, kSoon);
  writer.Append(0, "one\ntwo\n");
  writer.Stop();
  EXPECT_EQ(writer.lost(), 2U);
  EXPECT_NE(Text("events").find("2 lines of the access log /dev/full are lost: No space left"),
            std::string::npos)
      << Text("events");
}

}  // namespace
}  // namespace hosts::access_log
