// HttpConnection and Stream, with answers that are files.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <semaphore>

#include "hosts/serving/testing/raw_client.h"

namespace hosts::serving {
namespace {

using ::testing::HasSubstr;
using testing::RawClient;
using testing::RunEverything;
using testing::TestServer;

constexpr std::size_t kLarge = 24'000'000;  // more than sockets take

std::string Pattern(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i)
    text[i] = static_cast<char>('a' + i / 1000 % 26);
  return text;
}

// A file without a name; `own` is for the test, every answer takes another descriptor.
class SentFile {
 public:
  explicit SentFile(std::string_view text) {
    std::FILE* file = std::tmpfile();
    EXPECT_EQ(std::fwrite(text.data(), 1, text.size(), file), text.size());
    EXPECT_EQ(std::fflush(file), 0);
    own_ = base::UniqueFd(::dup(::fileno(file)));
    EXPECT_EQ(std::fclose(file), 0);
  }
  [[nodiscard]] exchange::FilePart Part(std::uint64_t at, std::uint64_t length) const {
    return {base::UniqueFd(::dup(own_.get())), at, length};
  }
  void Truncate(off_t size) const { EXPECT_EQ(::ftruncate(own_.get(), size), 0); }
  // As many descriptors as this process has open.
  [[nodiscard]] static int Descriptors() {
    const base::UniqueFd next(::dup(0));
    return next.get();
  }

 private:
  base::UniqueFd own_;
};

// "/small": ten bytes of it. "/file": all, from its beginning.
AnswerFunctionFactory AnswerWith(const SentFile& file, std::size_t size) {
  return [&file, size] {
    return [&file, size](const exchange::RequestHead& head, auto&, exchange::AnswerSink& sink) {
      const std::uint64_t length = head.path_info == "/small" ? 10 : size;
      exchange::AnswerHead answer;
      answer.content_length = length;
      answer.headers = {{"Content-Length", std::to_string(length)}};
      (void)sink.Begin(std::move(answer));
      if (sink.WriteFile(file.Part(0, length))) {
        (void)sink.Finish();
      } else {
        sink.Abort();
      }
    };
  };
}

std::string Get(std::string_view path, std::string_view method = "GET", int minor = 1) {
  return std::string(method) + " " + std::string(path) + " HTTP/1." + std::to_string(minor) +
         "\r\nHost: h\r\n\r\n";
}

class RememberingLog final : public RequestLog {
 public:
  void Note(const AnsweredRequest& request) override {
    body_bytes = request.body_bytes;
    sent = request.sent;
    afterwards = request.afterwards;
    noted.release();
  }
  std::counting_semaphore<> noted{0};
  std::uint64_t body_bytes = 0;
  std::uint64_t sent = 0;
  Afterwards afterwards = Afterwards::Kept;
};

class FileSending : public ::testing::Test {
 protected:
  void SetUp() override { std::signal(SIGPIPE, SIG_IGN); }  // as the supervisor does
};

}  // namespace

TEST_F(FileSending, SendsAFileAndWhatIsAskedForBehindIt) {
  const std::string text = Pattern(kLarge);
  const SentFile file(text);
  RunEverything service;
  TestServer server(1, service, AnswerWith(file, kLarge));
  RawClient client(server.port());
  client.Send(Get("/file") + Get("/small") + Get("/file", "HEAD") + Get("/small"));
  EXPECT_THAT(client.ReadUntil("\r\n\r\n"), HasSubstr("Content-Length: 24000000"));
  EXPECT_TRUE(client.ReadBytes(kLarge) == text);
  client.ReadUntil("\r\n\r\n");
  EXPECT_EQ(client.ReadBytes(10), "aaaaaaaaaa");
  EXPECT_THAT(client.ReadUntil("\r\n\r\n"), HasSubstr("Content-Length: 24000000"));
  client.ReadUntil("\r\n\r\n");
  EXPECT_EQ(client.ReadBytes(10), "aaaaaaaaaa");
}

TEST_F(FileSending, ClosesBehindAFileForHttp10) {
  const SentFile file(Pattern(kLarge));
  RunEverything service;
  TestServer server(1, service, AnswerWith(file, kLarge));
  RawClient client(server.port());
  client.Send(Get("/file", "GET", 0));
  client.ReadUntil("\r\n\r\n");
  EXPECT_EQ(client.ReadToEnd().size(), kLarge);
}

TEST_F(FileSending, ASlowReaderHoldsNoThreadAndNoMemory) {
  const SentFile file(Pattern(kLarge));
  RunEverything service;
  TestServer server(1, service, AnswerWith(file, kLarge));
  RawClient slow(server.port());
  slow.Send(Get("/file"));
  slow.ReadUntil("\r\n\r\n");
  for (int i = 0; i < 50; ++i) {  // the only thread is free for others
    RawClient client(server.port());
    client.Send(Get("/small"));
    client.ReadUntil("\r\n\r\naaaaaaaaaa");
  }
  EXPECT_EQ(slow.ReadBytes(kLarge).size(), kLarge);
}

// Two that read as fast as they are sent to take turns: neither waits for the end of the other.
TEST_F(FileSending, FastReadersTakeTurns) {
  constexpr std::uint64_t kHuge = 4'000'000'000;  // a hole: it costs no disk
  const SentFile file("x");
  file.Truncate(kHuge);
  RunEverything service;
  TestServer server(1, service, AnswerWith(file, kHuge));
  RawClient one(server.port());
  one.Send(Get("/file"));
  one.ReadUntil("\r\n\r\n");
  std::atomic<bool> enough{false};
  std::thread reader([&] {
    std::string block(1 << 20, '\0');
    while (!enough && ::recv(one.fd(), block.data(), block.size(), 0) > 0) {
    }
  });
  for (int i = 0; i < 20; ++i) {
    RawClient other(server.port());
    other.Send(Get("/small"));
    other.ReadUntil("\r\n\r\nx");
  }
  enough = true;
  one.CloseWrites();
  ::shutdown(one.fd(), SHUT_RDWR);
  reader.join();
}

TEST_F(FileSending, BreaksOffWhereAFileHasBecomeShorter) {
  const SentFile file(Pattern(kLarge));
  RunEverything service;
  RememberingLog log;
  HttpSettings settings;
  settings.request_log = &log;
  TestServer server(1, service, AnswerWith(file, kLarge), settings);
  RawClient client(server.port());
  client.Send(Get("/file"));
  client.ReadUntil("\r\n\r\n");
  file.Truncate(1'000'000);
  const std::string body = client.ReadToEnd();  // the connection ends: nobody waits for the rest
  EXPECT_LT(body.size(), kLarge);
  EXPECT_GE(body.size(), 1'000'000U);
  log.noted.acquire();
  EXPECT_EQ(log.body_bytes, body.size());
  EXPECT_EQ(log.afterwards, Afterwards::BrokeOff);
}

TEST_F(FileSending, BreaksOffAtOnceWhereAFileIsShorterThanPromised) {
  const SentFile file("0123456789");
  RunEverything service;
  TestServer server(1, service, AnswerWith(file, 100));
  RawClient client(server.port());
  client.Send(Get("/file"));
  EXPECT_THAT(client.ReadToEnd(), ::testing::EndsWith("\r\n\r\n0123456789"));
}

TEST_F(FileSending, TellsTheLogWhatWasSentWhenAllOfItWas) {
  const SentFile file(Pattern(kLarge));
  RunEverything service;
  RememberingLog log;
  HttpSettings settings;
  settings.request_log = &log;
  TestServer server(1, service, AnswerWith(file, kLarge), settings);
  RawClient client(server.port());
  client.Send(Get("/file"));
  const std::string head = client.ReadUntil("\r\n\r\n");
  EXPECT_FALSE(log.noted.try_acquire()) << "it is not sent yet";
  client.ReadBytes(kLarge);
  log.noted.acquire();
  EXPECT_EQ(log.body_bytes, kLarge);
  EXPECT_EQ(log.sent, kLarge + head.size());
  EXPECT_EQ(log.afterwards, Afterwards::Kept);
}

TEST_F(FileSending, LetsTheFileGoWhenTheClientLeaves) {
  const SentFile file(Pattern(kLarge));
  RunEverything service;
  RememberingLog log;
  HttpSettings settings;
  settings.request_log = &log;
  TestServer server(1, service, AnswerWith(file, kLarge), settings);
  const int before = SentFile::Descriptors();
  {
    RawClient client(server.port());
    client.Send(Get("/file"));
    client.ReadUntil("\r\n\r\n");
    client.Reset();
  }
  log.noted.acquire();
  EXPECT_EQ(log.afterwards, Afterwards::BrokeOff);
  EXPECT_LT(log.body_bytes, kLarge);
  server.Stop();
  EXPECT_LE(SentFile::Descriptors(), before);
}

// Files of /proc have no sendfile: they are read.
TEST_F(FileSending, ReadsWhatCannotBeSentByTheKernel) {
  RunEverything service;
  TestServer server(1, service, [] {
    return [](const auto&, auto&, exchange::AnswerSink& sink) {
      exchange::AnswerHead answer;
      answer.content_length = 5;
      (void)sink.Begin(std::move(answer));
      base::UniqueFd file(::open("/proc/self/status", O_RDONLY | O_CLOEXEC));
      EXPECT_TRUE(sink.WriteFile({std::move(file), 0, 5}));
      (void)sink.Finish();
    };
  });
  RawClient client(server.port());
  client.Send(Get("/status"));
  client.ReadUntil("\r\n\r\n");
  EXPECT_EQ(client.ReadBytes(5), "Name:");
}

}  // namespace hosts::serving
