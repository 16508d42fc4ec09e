// SecurityReplacement: a process that could start once and cannot be started again. DAEMON-47.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <future>
#include <sstream>

#include "hosts/base/deadline.h"
#include "suites/client/http_client.h"
#include "suites/hosts_under_test/eventually.h"
#include "suites/security/security_check.h"

namespace suites::security {

namespace {

using hosts_under_test::Eventually;

class SecurityReplacement : public SecurityCheck {
 protected:
  // When processes of the group were started, in milliseconds of the day.
  [[nodiscard]] std::vector<long> StartsOf(std::string_view group) const {
    std::vector<long> starts;
    std::istringstream lines(host().Log());
    for (std::string line; std::getline(lines, line);) {
      if (line.find(fmt::format("Starting process '{}'", group)) == std::string::npos) continue;
      const auto at = line.find('T') + 1;  // 2026-01-02T03:04:05.678Z
      starts.push_back(
          ((std::stol(line.substr(at, 2)) * 60 + std::stol(line.substr(at + 3, 2))) * 60 +
           std::stol(line.substr(at + 6, 2))) *
              1000 +
          std::stol(line.substr(at + 9, 3)));
    }
    return starts;
  }

  void ExpectThatModWsgiTriesAgain(pid_t victim, pid_t other);
};

// DAEMON-47: a process that could not become what it should be lives on for 20 s, and then the next one is tried.
void SecurityReplacement::ExpectThatModWsgiTriesAgain(pid_t victim, pid_t other) {
  constexpr std::chrono::seconds kDelay{20};
  constexpr std::chrono::seconds kInexactly{1};
  int failures = 0;
  const auto look_at_the_other = [&] {
    auto client = host().NewClient();
    const auto answer = Where(client, "/two");
    if (!answer || answer->pid != other) ++failures;
  };
  ASSERT_EQ(::kill(victim, SIGKILL), 0);
  EXPECT_TRUE(Eventually(
      [&] {
        look_at_the_other();
        return host().Log().find("Unable to change working directory") != std::string::npos;
      },
      Soon()));
  const auto failed_at = hosts::base::Clock::now();
  std::filesystem::rename(stage().path("away"), stage().path("one"));
  auto answer = std::async(std::launch::async, [port = host().port(), kDelay] {
    client::HttpClient client(port, client::Patience() + kDelay);
    return Where(client, "/one").has_value();
  });
  while (answer.wait_for(std::chrono::milliseconds(20)) != std::future_status::ready)
    look_at_the_other();
  const bool is_back = answer.get();
  const auto delay = hosts::base::Clock::now() - failed_at;
  Found(fmt::format("{:.0f} s, {} failures elsewhere, {}",
                    std::chrono::duration<double>(delay).count(),
                    failures,
                    is_back ? "back" : "gone"));
  EXPECT_GE(delay, kDelay - kInexactly);
  EXPECT_EQ(failures, 0);
  EXPECT_TRUE(is_back);
}

}  // namespace

TEST_F(SecurityReplacement, WhatCannotStartAgainIsTriedEverLater) {
  About({.rule = "DAEMON-47",
         .title = "The directory of a group vanishes and its process dies: it is tried again with "
                  "growing delays, by mod_wsgi every 20 s; another group serves on; when the "
                  "directory is back it serves",
         .expected = "each delay longer than the one before, the last at least half a second; no "
                     "failure elsewhere, 200 at the end",
         .mode = "daemon/main"});
  ServeAsRoot(GroupOf(account(0), {.name = "one"}) + GroupOf(account(1), {.name = "two"}));
  WillCrash();
  const pid_t victim = Run("one", "result = 0").pid;
  const pid_t other = Run("two", "result = 0").pid;
  std::filesystem::rename(stage().path("one"), stage().path("away"));
  if (!IsEngineChosen()) return ExpectThatModWsgiTriesAgain(victim, other);
  ASSERT_EQ(::kill(victim, SIGKILL), 0);
  constexpr size_t kStarts = 6;  // the first, and five that failed
  // Equal delays, measured, grow by chance; none of them becomes as long as this.
  constexpr long kLongMs = 500;
  int failures = 0;
  EXPECT_TRUE(Eventually(
      [&] {
        auto client = host().NewClient();
        const auto answer = Where(client, "/two");
        if (!answer || answer->pid != other) ++failures;
        return StartsOf("one").size() >= kStarts;
      },
      Soon()));
  const auto starts = StartsOf("one");
  ASSERT_GE(starts.size(), kStarts);
  std::string found;
  bool is_growing = true;
  long last = 0;
  // The first replacement comes at once, and so does the one after it.
  for (size_t i = 4; i < kStarts; ++i) {
    const long delay = starts[i] - starts[i - 1];
    const long before = starts[i - 1] - starts[i - 2];
    found += fmt::format("{} ms ", delay);
    is_growing = is_growing && (delay > before || delay < 0);  // midnight
    last = delay;
  }
  std::filesystem::rename(stage().path("away"), stage().path("one"));
  auto client = host().NewClient();
  const bool is_back = Eventually([&] { return Where(client, "/one").has_value(); }, Soon());
  Found(fmt::format("{}, {} failures elsewhere, {}", found, failures, is_back ? "back" : "gone"));
  EXPECT_TRUE(is_growing) << found;
  EXPECT_TRUE(last >= kLongMs || last < 0) << found;
  EXPECT_EQ(failures, 0);
  EXPECT_TRUE(is_back);
  EXPECT_NE(host().Log().find("cannot enter the directory"), std::string::npos);
}

}  // namespace suites::security
