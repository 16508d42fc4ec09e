// EnduranceIdle: many connections that are kept open and ask nothing cost little memory, and give it back.

#include <fmt/format.h>

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
    number_ = std::min(2'000, possible);
  }
  [[nodiscard]] std::vector<RawConnection> ConnectAll(std::string_view path) const {
    std::vector<RawConnection> connections;
    for (int i = 0; i < number_; ++i) {
      connections.push_back(Connect());
      (void)Ask(connections.back(), path);
    }
    return connections;
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
  int number_ = 0;

 private:
  std::unique_ptr<DescriptorLimit> limit_;
};

}  // namespace

TEST_P(EnduranceIdle, ConnectionsCostKilobytes) {
  About(
      "issue: idle connections",
      "2,000 connections that have had an answer of 100 kB each and are kept open",
      "8 KiB of memory each at most; all descriptors come back, and when it is repeated there is a "
      "time that costs less than 1 KiB more for each");
  ServeApplication(2, "KeepAliveTimeout 300\nListenBackLog 2000\n");
  (void)Ask("size/100000");
  const Family before = FamilyOf(host());
  std::int64_t after_first = 0;
  {
    const auto connections = ConnectAll("size/100000");
    EXPECT_EQ(Ask("quick"), "ok");
    after_first = RssKib(FamilyOf(host()));
    const double each = static_cast<double>(after_first - RssKib(before)) / number_;
    Found(fmt::format("{:.1f} KiB for each of {}", each, number_));
    if (kMemoryCounts) {
      EXPECT_LE(each, kMostKibEach);
    }
  }
  ExpectNothingIsLeft(before, static_cast<std::int64_t>(kMostKibEach * number_));
  EXPECT_TRUE(!kMemoryCounts || CostsNothingMoreAtLast(after_first));
}

INSTANTIATE_TEST_SUITE_P(Suite, EnduranceIdle, kBothPlaces, NameOfPlace);

}  // namespace suites::endurance
