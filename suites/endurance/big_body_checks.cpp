// EnduranceBigBodies: bodies of any size pass through bounded buffers.

#include <fmt/format.h>

#include <utility>

#include "suites/endurance/endurance_check.h"

namespace suites::endurance {

namespace {

constexpr std::size_t kMegabyte = 1 << 20;
constexpr std::size_t kBig = 96 * kMegabyte;
constexpr std::int64_t kMostGrowthKib = 16 * 1024;

class EnduranceBigBodies : public EnduranceCheck {
 protected:
  // What no process may grow by while this passes, even for a moment.
  void ExpectFlatMemory(const std::function<void()>& pass) const {
    const Family before = FamilyOf(host());
    pass();
    if (!kMemoryCounts) return;
    for (const auto& [pid, holdings] : FamilyOf(host())) {
      const auto its = before.find(pid);
      ASSERT_NE(its, before.end()) << "a process was replaced";
      const std::int64_t growth = holdings.peak_kib - its->second.rss_kib;
      EXPECT_LE(growth, kMostGrowthKib) << "KiB, of process " << pid;
    }
  }
};

}  // namespace

TEST_P(EnduranceBigBodies, UpByLength) {
  About("INP-5", "96 MiB up, by length", "all of it is read, memory is flat");
  ServeApplication(1);
  EXPECT_EQ(Ask("quick"), "ok");
  ExpectFlatMemory([&] {
    auto connection = Connect();
    Need(connection.Send(Post("read", kBig)));
    const std::string block(kMegabyte, 'b');
    for (std::size_t sent = 0; sent < kBig; sent += block.size())
      Need(connection.Send(block));
    EXPECT_EQ(Need(connection.ReadAnswer(Soon())).body, std::to_string(kBig));
  });
}

TEST_P(EnduranceBigBodies, UpChunked) {
  About("INP-5, INP-8", "96 MiB up, in chunks of 1 MiB", "all of it is read, memory is flat");
  ServeApplication(1);
  EXPECT_EQ(Ask("quick"), "ok");
  ExpectFlatMemory([&] {
    auto connection = Connect();
    Need(
        connection.Send("POST /app/read HTTP/1.1\r\nHost: check.example\r\n"
                        "Transfer-Encoding: chunked\r\n\r\n"));
    const std::string chunk = fmt::format("{:x}\r\n{}\r\n", kMegabyte, std::string(kMegabyte, 'b'));
    for (std::size_t sent = 0; sent < kBig; sent += kMegabyte)
      Need(connection.Send(chunk));
    Need(connection.Send("0\r\n\r\n"));
    EXPECT_EQ(Need(connection.ReadAnswer(Soon())).body, std::to_string(kBig));
  });
}

TEST_P(EnduranceBigBodies, DownInSmallBlocks) {
  About("RESP-8", "96 MiB down, in blocks of 64 KiB", "all of it arrives, memory is flat");
  ServeApplication(1);
  EXPECT_EQ(Ask("quick"), "ok");
  ExpectFlatMemory([&] { EXPECT_EQ(Ask(fmt::format("stream/{}", kBig / 65536)).size(), kBig); });
}

TEST_P(EnduranceBigBodies, DownInLargeBlocks) {
  About("RESP-8", "96 MiB down, in blocks of 32 MiB", "all of it arrives, memory is flat");
  ServeApplication(1);
  EXPECT_EQ(Ask("quick"), "ok");
  ExpectFlatMemory([&] { EXPECT_EQ(Ask("large/3").size(), kBig); });
}

// response-buffer-size= of mod_wsgi; here there is one buffer (hosts/deviations.md).
TEST_P(EnduranceBigBodies, DownToASlowReader) {
  About("RESP-6",
        "96 MiB down to a client that does not read until the application is stopped by it",
        "all of it arrives, memory is flat, the application is soon stopped");
  constexpr std::size_t kBlock = 65536;
  ServeApplication(2);
  EXPECT_EQ(Ask("quick"), "ok");
  ExpectFlatMemory([&] {
    auto connection = Connect();
    Need(
        connection.Send(fmt::format("GET /app/stream/{} HTTP/1.1\r\nHost: check.example\r\n"
                                    "Connection: close\r\n\r\n",
                                    kBig / kBlock)));
    (void)Need(connection.ReadUntil("\r\n\r\n", Soon()));
    long last = 0;
    EXPECT_TRUE(Eventually(
        [&] {
          const long now = Counted("yielded");
          return now > 0 && std::exchange(last, now) == now;
        },
        Soon()));
    EXPECT_LT(static_cast<std::size_t>(last) * kBlock, kBig / 2) << "bytes went nowhere";
    EXPECT_GE(Need(connection.ReadToEnd(Soon())).size(), kBig);
  });
}

INSTANTIATE_TEST_SUITE_P(Suite, EnduranceBigBodies, kBothPlaces, NameOfPlace);

}  // namespace suites::endurance
