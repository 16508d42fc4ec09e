// EnduranceBigBodies: bodies of any size pass through bounded buffers.

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "suites/endurance/endurance_check.h"

namespace suites::endurance {

namespace {

constexpr std::size_t kMegabyte = 1 << 20;
constexpr std::size_t kLarge = 32 * kMegabyte;
constexpr std::int64_t kMostGrowthKib = 16 * 1024;

class EnduranceBigBodies : public EnduranceCheck {
 protected:
  // What no process may grow by while this passes, even for a moment.
  void ExpectFlatMemory(const std::function<void()>& pass) const {
    std::int64_t most = 0;
    const Family before = FamilyOf(host());
    pass();
    if (!MemoryCounts()) return;
    for (const auto& [pid, holdings] : FamilyOf(host())) {
      const auto its = before.find(pid);
      ASSERT_NE(its, before.end()) << "a process was replaced";
      const std::int64_t growth = holdings.peak_kib - its->second.rss_kib;
      EXPECT_LE(growth, kMostGrowthKib) << "KiB, of process " << pid;
      most = std::max(most, growth);
    }
    Tell(fmt::format("{} MiB; no process grew by more than {} KiB", TheSizes().body_mib, most));
  }
  // Begins with the size: "96 MiB up".
  void AboutBig(std::string_view rule, std::string_view what, std::string_view expected) const {
    About(rule, fmt::format("{} MiB {}", TheSizes().body_mib, what), expected);
  }
  [[nodiscard]] std::size_t CountBody(const std::string& path) const {
    auto connection = Connect();
    Need(connection.Send(Get(path)));
    return Need(connection.CountBodyInChunks(Patience()));
  }
  [[nodiscard]] static hosts::base::Deadline Patience() {
    return hosts::base::Deadline::After(TheSizes().patience);
  }
  const std::size_t big_ = TheSizes().body_mib * kMegabyte;
};

}  // namespace

TEST_P(EnduranceBigBodies, UpByLength) {
  AboutBig("INP-5", "up, by length", "all of it is read, memory is flat");
  ServeApplication(1);
  EXPECT_EQ(Ask("quick"), "ok");
  ExpectFlatMemory([&] {
    auto connection = Connect();
    Need(connection.Send(Post("read", big_)));
    const std::string block(kMegabyte, 'b');
    for (std::size_t sent = 0; sent < big_; sent += block.size())
      Need(connection.Send(block));
    EXPECT_EQ(Need(connection.ReadAnswer(Patience())).body, std::to_string(big_));
  });
}

TEST_P(EnduranceBigBodies, UpChunked) {
  AboutBig("INP-5, INP-8", "up, in chunks of 1 MiB", "all of it is read, memory is flat");
  ServeApplication(1);
  EXPECT_EQ(Ask("quick"), "ok");
  ExpectFlatMemory([&] {
    auto connection = Connect();
    Need(
        connection.Send("POST /app/read HTTP/1.1\r\nHost: check.example\r\n"
                        "Transfer-Encoding: chunked\r\n\r\n"));
    const std::string chunk = fmt::format("{:x}\r\n{}\r\n", kMegabyte, std::string(kMegabyte, 'b'));
    for (std::size_t sent = 0; sent < big_; sent += kMegabyte)
      Need(connection.Send(chunk));
    Need(connection.Send("0\r\n\r\n"));
    EXPECT_EQ(Need(connection.ReadAnswer(Patience())).body, std::to_string(big_));
  });
}

TEST_P(EnduranceBigBodies, DownInSmallBlocks) {
  AboutBig("RESP-8", "down, in blocks of 64 KiB", "all of it arrives, memory is flat");
  ServeApplication(1);
  EXPECT_EQ(Ask("quick"), "ok");
  ExpectFlatMemory([&] { EXPECT_EQ(CountBody(fmt::format("stream/{}", big_ / 65536)), big_); });
}

TEST_P(EnduranceBigBodies, DownInLargeBlocks) {
  AboutBig("RESP-8", "down, in blocks of 32 MiB", "all of it arrives, memory is flat");
  ServeApplication(1);
  EXPECT_EQ(Ask("quick"), "ok");
  ExpectFlatMemory([&] { EXPECT_EQ(CountBody(fmt::format("large/{}", big_ / kLarge)), big_); });
}

// response-buffer-size= of mod_wsgi; here there is one buffer (hosts/deviations.md).
TEST_P(EnduranceBigBodies, DownToASlowReader) {
  AboutBig("RESP-6",
           "down to a client that does not read until the application is stopped by it",
           "all of it arrives, memory is flat, the application is soon stopped");
  constexpr std::size_t kBlock = 65536;
  ServeApplication(2);
  EXPECT_EQ(Ask("quick"), "ok");
  ExpectFlatMemory([&] {
    auto connection = Connect();
    Need(
        connection.Send(fmt::format("GET /app/stream/{} HTTP/1.1\r\nHost: check.example\r\n"
                                    "Connection: close\r\n\r\n",
                                    big_ / kBlock)));
    (void)Need(connection.ReadUntil("\r\n\r\n", Soon()));
    long last = 0;
    EXPECT_TRUE(Eventually(
        [&] {
          const long now = Counted("yielded");
          return now > 0 && std::exchange(last, now) == now;
        },
        Soon()));
    EXPECT_LT(static_cast<std::size_t>(last) * kBlock, big_ / 2) << "bytes went nowhere";
    EXPECT_GE(Need(connection.ReadToEnd(Patience())).size(), big_);
  });
}

INSTANTIATE_TEST_SUITE_P(Suite, EnduranceBigBodies, kBothPlaces, NameOfPlace);

}  // namespace suites::endurance
