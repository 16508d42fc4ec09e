#include "suites/hosts_under_test/kept_host.h"

#include <fmt/format.h>
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>

#include "harness/adapters/engine_adapter.h"
#include "suites/hosts_under_test/check.h"
#include "suites/hosts_under_test/eventually.h"

namespace suites::hosts_under_test {
namespace {

constexpr std::string_view kScript =
    "def application(environ, start_response):\n"
    "    start_response('200 OK', [('Content-Length', '2')])\n"
    "    print('asked')\n"
    "    return [b'ok']\n";

Staging Hello(std::string_view directives = "") {
  return {.configuration = std::string(directives) + "WSGIScriptAlias / {stage}/hello.wsgi\n",
          .files = {{"hello.wsgi", std::string(kScript)}}};
}

// What was failed while this was done, joined; empty if nothing.
std::string FailuresOf(const std::function<void()>& deed) {
  testing::TestPartResultArray results;
  {
    const testing::ScopedFakeTestPartResultReporter reporter(
        testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &results);
    deed();
  }
  std::string failures;
  for (int index = 0; index < results.size(); ++index)
    failures += std::string(results.GetTestPartResult(index).message()) + "\n";
  return failures;
}

bool IsGone(pid_t pid) {
  return Eventually([pid] { return ::kill(pid, 0) != 0; }, Soon());
}

int StatusOf(HostUnderTest& host) {
  return Need(host.NewClient().Get("/")).status;
}

class KeptHostTest : public testing::Test {
 protected:
  void TearDown() override { keeper_.Stop(); }

  HostKeeper keeper_;
};

TEST_F(KeptHostTest, ServesAllThatAskForTheSame) {
  KeptHost& first = keeper_.For(Hello());
  const pid_t pid = first.host().supervisor();
  EXPECT_EQ(StatusOf(first.host()), 200);
  EXPECT_EQ(FailuresOf([this] { keeper_.LookAfterCheck(Verdict::Passed); }), "");
  KeptHost& second = keeper_.For(Hello());
  EXPECT_EQ(second.host().supervisor(), pid);
  EXPECT_EQ(StatusOf(second.host()), 200);
}

TEST_F(KeptHostTest, IsNotUsedForAnotherConfiguration) {
  const pid_t pid = keeper_.For(Hello()).host().supervisor();
  keeper_.LookAfterCheck(Verdict::Passed);
  EXPECT_NE(keeper_.For(Hello("KeepAlive Off\n")).host().supervisor(), pid);
  keeper_.LookAfterCheck(Verdict::Passed);
  EXPECT_EQ(keeper_.For(Hello()).host().supervisor(), pid) << "the first one was kept, too";
}

TEST_F(KeptHostTest, IsNotUsedForOtherFiles) {
  const pid_t pid = keeper_.For(Hello()).host().supervisor();
  keeper_.LookAfterCheck(Verdict::Passed);
  Staging staging = Hello();
  staging.files.push_back({"other.txt", "other"});
  EXPECT_NE(keeper_.For(staging).host().supervisor(), pid);
}

TEST_F(KeptHostTest, MakesWayForTheFourthAfterIt) {
  const pid_t first = keeper_.For(Hello()).host().supervisor();
  keeper_.LookAfterCheck(Verdict::Passed);
  for (int seconds = 1; seconds <= 4; ++seconds) {
    EXPECT_FALSE(::kill(first, 0) != 0) << seconds;
    (void)keeper_.For(Hello(fmt::format("KeepAliveTimeout {}\n", seconds)));
    keeper_.LookAfterCheck(Verdict::Passed);
  }
  EXPECT_TRUE(IsGone(first));
}

TEST_F(KeptHostTest, ShowsACheckItsOwnPartOfTheLog) {
  KeptHost& host = keeper_.For(Hello());
  EXPECT_EQ(StatusOf(host.host()), 200);
  EXPECT_TRUE(Eventually([&] { return host.Log().find("asked") != std::string::npos; }, Soon()));
  keeper_.LookAfterCheck(Verdict::Passed);
  (void)keeper_.For(Hello());
  EXPECT_EQ(host.Log(), "");
}

TEST_F(KeptHostTest, ThatHasEndedFailsTheCheckThatWasOnIt) {
  HostUnderTest& host = keeper_.For(Hello()).host();
  const pid_t pid = host.supervisor();
  ::kill(pid, SIGKILL);
  ASSERT_TRUE(Eventually([&] { return !host.is_running(); }, Soon()));
  const std::string failures = FailuresOf([this] { keeper_.LookAfterCheck(Verdict::Passed); });
  EXPECT_NE(failures.find("the host has ended"), std::string::npos) << failures;
  EXPECT_NE(keeper_.For(Hello()).host().supervisor(), pid) << "the next check has another one";
}

TEST_F(KeptHostTest, OneOfWhoseProcessesWasReplacedFailsTheCheckThatWasOnIt) {
  HostUnderTest& host = keeper_.For(Hello()).host();
  const pid_t supervisor = host.supervisor();
  const auto children = host.Children();
  ASSERT_FALSE(children.empty());
  ::kill(children.front(), SIGKILL);
  ASSERT_TRUE(Eventually(
      [&] {
        const auto now = host.Children();
        return std::ranges::find(now, children.front()) == now.end();
      },
      Soon()));
  const std::string failures = FailuresOf([this] { keeper_.LookAfterCheck(Verdict::Passed); });
  EXPECT_NE(failures.find("the host was started with the processes"), std::string::npos)
      << failures;
  EXPECT_NE(keeper_.For(Hello()).host().supervisor(), supervisor);
}

TEST_F(KeptHostTest, ThatEndedAfterItsLastCheckIsSaidToBeOfTheChecksBefore) {
  HostUnderTest& host = keeper_.For(Hello()).host();
  keeper_.LookAfterCheck(Verdict::Passed);
  ::kill(host.supervisor(), SIGKILL);
  ASSERT_TRUE(Eventually([&] { return !host.is_running(); }, Soon()));
  const std::string failures = FailuresOf([this] { (void)keeper_.For(Hello()); });
  EXPECT_NE(failures.find("the host has ended"), std::string::npos) << failures;
  EXPECT_NE(failures.find("the host of KeptHostTest.ThatEndedAfterItsLastCheckIsSaidToBeOfThe"
                          "ChecksBefore, after the last of them"),
            std::string::npos)
      << failures;
  EXPECT_EQ(StatusOf(keeper_.For(Hello()).host()), 200);
}

TEST_F(KeptHostTest, IsNotUsedAgainBehindACheckThatFailed) {
  const pid_t pid = keeper_.For(Hello()).host().supervisor();
  EXPECT_EQ(FailuresOf([this] { keeper_.LookAfterCheck(Verdict::Passed); }), "");
  EXPECT_EQ(keeper_.For(Hello()).host().supervisor(), pid);
  keeper_.LookAfterCheck(Verdict::Failed);
  EXPECT_TRUE(IsGone(pid));
}

// A host that ends with exit code 3 when it is asked to end, and does all else as it should.
TEST_F(KeptHostTest, ThatEndsBadlyFailsWhateverRunsWhenItIsStopped) {
  const Stage stage = Need(Stage::Make());
  const auto program =
      Need(stage.Write("ends_badly",
                       fmt::format("#!/bin/sh\n{} \"$@\" &\nhost=$!\ntrap 'kill $host' TERM\n"
                                   "wait $host\nwait $host\nexit 3\n",
                                   harness::adapters::FindEngine().string())));
  std::filesystem::permissions(program, std::filesystem::perms::all);
  const char* before = std::getenv("WSGILAB_HOST");
  const std::string restored = before == nullptr ? "" : before;
  ::setenv("WSGILAB_HOST", program.c_str(), 1);
  EXPECT_EQ(StatusOf(keeper_.For(Hello()).host()), 200);
  ::setenv("WSGILAB_HOST", restored.c_str(), 1);
  EXPECT_EQ(FailuresOf([this] { keeper_.LookAfterCheck(Verdict::Passed); }), "");
  const std::string failures = FailuresOf([this] { keeper_.TearDown(); });
  EXPECT_NE(failures.find("the host ended with exit 3"), std::string::npos) << failures;
  EXPECT_NE(failures.find("the host of KeptHostTest.ThatEndsBadly"), std::string::npos) << failures;
}

}  // namespace
}  // namespace suites::hosts_under_test
