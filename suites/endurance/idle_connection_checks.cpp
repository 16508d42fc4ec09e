// EnduranceIdle: many connections that are kept open and ask nothing cost little memory, and give it back,
// and who asks beside them is answered as soon as without them.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "suites/endurance/endurance_check.h"

namespace suites::endurance {

namespace {

constexpr rlim_t kForTheRest = 256;
constexpr double kMostKibEach = 8;

class EnduranceIdle : public EnduranceCheck {
 protected:
  void SetUp() override {
    EnduranceCheck::SetUp();
    limit_ = std::make_unique<DescriptorLimit>(0);
    const auto possible = static_cast<int>(DescriptorLimit::Greatest() - kForTheRest);
    number_ = std::min(TheSizes().idle_connections, possible);
  }
  [[nodiscard]] std::vector<RawConnection> ConnectAll(std::string_view path) const {
    std::vector<RawConnection> connections;
    for (int i = 0; i < number_; ++i) {
      connections.push_back(Connect());
      (void)Ask(connections.back(), path);
    }
    return connections;
  }
  // How many there are, and why there are fewer than wanted.
  [[nodiscard]] std::string Number() const {
    if (number_ == TheSizes().idle_connections) return fmt::format("{}", number_);
    return fmt::format("{} ({} wanted, but the hard limit of open files is {}: raise it)",
                       number_,
                       TheSizes().idle_connections,
                       DescriptorLimit::Greatest());
  }
  // The heap may take some rounds to settle; what is lost is lost in each of them.
  [[nodiscard]] bool CostsNothingMoreAtLast(std::int64_t kib) const {
    constexpr int kRounds = 5;
    for (int round = 0; round < kRounds; ++round) {
      const auto connections = ConnectAll("quick");
      const std::int64_t now = RssKib(FamilyOf(host()));
      if (now < kib + number_) return true;
      kib = now;
    }
    return false;
  }
  // How long a client with a connection of its own waits for each of its answers, in microseconds.
  [[nodiscard]] std::vector<double> Latencies() const {
    constexpr int kWarm = 100;
    auto client = Connect();
    for (int i = 0; i < kWarm; ++i)
      (void)Ask(client, "quick");
    std::vector<double> latencies;
    for (int i = 0; i < TheSizes().requests_a_round; ++i) {
      const auto begin = std::chrono::steady_clock::now();
      (void)Ask(client, "quick");
      const std::chrono::duration<double, std::micro> took =
          std::chrono::steady_clock::now() - begin;
      latencies.push_back(took.count());
    }
    std::ranges::sort(latencies);
    return latencies;
  }
  int number_ = 0;

 private:
  std::unique_ptr<DescriptorLimit> limit_;
};

double Quantile(const std::vector<double>& sorted, double share) {
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

double Median(std::vector<double> values) {
  std::ranges::sort(values);
  constexpr double kMiddle = 0.5;
  return Quantile(values, kMiddle);
}

// What one percentile was in each round, without idle connections and with them.
struct Percentile {
  std::string_view name;
  double share;
  double most;  // times as long, at full size
  std::vector<double> without{};
  std::vector<double> with{};

  // Of neighbours: whatever else the machine does meets both of a round.
  [[nodiscard]] double Ratio() const {
    std::vector<double> ratios;
    for (std::size_t round = 0; round < with.size(); ++round)
      ratios.push_back(with[round] / without[round]);
    return Median(ratios);
  }
  [[nodiscard]] std::string InWords() const {
    return fmt::format("{} {:.0f} us without, {:.0f} us with, ratio {:.2f}",
                       name,
                       Median(without),
                       Median(with),
                       Ratio());
  }
};

}  // namespace

TEST_P(EnduranceIdle, ConnectionsCostKilobytes) {
  About(
      "issue: idle connections",
      fmt::format("{} connections that have had an answer of 100 kB each and are kept open",
                  TheSizes().idle_connections),
      "8 KiB of memory each at most; all descriptors come back, and when it is repeated there is a "
      "time that costs less than 1 KiB more for each");
  hosts_under_test::EndUnlessEngine("that connections that do nothing cost next to nothing");
  ServeApplication(2, "KeepAliveTimeout 300\nListenBackLog 2000\n");
  (void)Ask("size/100000");
  const Family before = FamilyOf(host());
  std::int64_t after_first = 0;
  {
    const auto connections = ConnectAll("size/100000");
    EXPECT_EQ(Ask("quick"), "ok");
    after_first = RssKib(FamilyOf(host()));
    const double each = static_cast<double>(after_first - RssKib(before)) / number_;
    Tell(fmt::format("{:.1f} KiB for each of {}", each, Number()));
    if (MemoryCounts()) {
      EXPECT_LE(each, kMostKibEach);
    }
  }
  ExpectNothingIsLeft(before, static_cast<std::int64_t>(kMostKibEach * number_));
  EXPECT_TRUE(!MemoryCounts() || CostsNothingMoreAtLast(after_first));
}

// The ratio is judged at full size alone, where a round is long enough for it and the machine is the check's
// own. Among other checks, which run at the same time, it is recorded; that everybody is answered and all
// descriptors come back is judged there as well.
TEST_P(EnduranceIdle, ConnectionsCostNoLatency) {
  About("issue: idle connections",
        fmt::format("A client asks without and beside {} idle connections, in turn",
                    TheSizes().idle_connections),
        "p50 at most 1.25 times, p99 at most 1.5 times as long beside them (judged at full size)");
  hosts_under_test::EndUnlessEngine("that connections that do nothing cost next to nothing");
  ServeApplication(2, "KeepAliveTimeout 300\nListenBackLog 2000\nMaxKeepAliveRequests 0\n");
  std::array percentiles{Percentile{"p50", 0.5, 1.25}, Percentile{"p99", 0.99, 1.5}};
  (void)Latencies();
  const Family before = FamilyOf(host());
  for (int round = 0; round < TheSizes().latency_rounds; ++round) {
    const auto without = Latencies();
    auto idle = ConnectAll("quick");
    const auto with = Latencies();
    for (auto& percentile : percentiles) {
      percentile.without.push_back(Quantile(without, percentile.share));
      percentile.with.push_back(Quantile(with, percentile.share));
    }
    EXPECT_EQ(Ask(idle.front(), "quick"), "ok") << "the first of them was not kept";
    idle.clear();
    ExpectNothingIsLeft(before, static_cast<std::int64_t>(kMostKibEach * number_));
  }
  Tell(fmt::format(
      "{} idle connections: {}; {}", Number(), percentiles[0].InWords(), percentiles[1].InWords()));
  if (!TheSizes().is_full) return;
  for (const auto& percentile : percentiles)
    EXPECT_LE(percentile.Ratio(), percentile.most) << percentile.name;
}

INSTANTIATE_TEST_SUITE_P(Suite, EnduranceIdle, kBothPlaces, NameOfPlace);

}  // namespace suites::endurance
