// Isolation/Interference: what B's users notice while A waits, and when A ends its process.
//
// B has a request in flight when A crashes; whether it is completed is the verdict. In every pairing B
// must answer again soon afterwards.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <optional>
#include <thread>

#include "suites/hosts_under_test/eventually.h"
#include "suites/isolation/expectations.h"
#include "suites/isolation/paired_host.h"
#include "suites/isolation/request_in_flight.h"

namespace suites::isolation {

using hosts::base::Clock;
using hosts::base::Deadline;
using hosts::base::ErrorKind;
using hosts::base::Result;
using hosts_under_test::Eventually;
using hosts_under_test::NotApplicable;
using hosts_under_test::ProbeAnswer;
using hosts_under_test::Soon;
using hosts_under_test::Where;

namespace {

constexpr std::chrono::seconds kRespawn{5};
constexpr std::chrono::milliseconds kNoticeable{1500};

double Seconds(Clock::duration span) {
  return std::chrono::duration<double>(span).count();
}

class Interference : public testing::TestWithParam<Pairing> {
 protected:
  void About(std::string_view probe, std::string_view title) {
    const auto found = FindExpectation(probe, GetParam().name);
    expectation_ = found.value_or(Expectation{});
    AboutProbe(probe, title, GetParam(), expectation_);
    if (!found) NotApplicable("nobody has measured it with this Python");
    if (const auto why = WhyNotHere(GetParam()); !why.empty()) NotApplicable(why);
  }

  void Conclude(const std::string& observed, const std::string& detail) const {
    RecordProperty("observed", observed);
    RecordProperty("detail", detail);
    EXPECT_EQ(observed, expectation_.warm) << detail;
  }

  void CrashWith(const std::string& python) const;

 private:
  Expectation expectation_;
};

// A does the given thing, which ends its process, while B has a request in flight.
void Interference::CrashWith(const std::string& python) const {
  const Pairing& pairing = GetParam();
  PairedHost paired(pairing);
  paired.WillCrash();
  // Which of two processes of one application B's request comes to is the host's to say. A's is the other.
  Who in_the_other = Who::A;
  std::optional<RequestInFlight> of_b;
  const auto has_begun = [&] {
    for (const Who who : {Who::B, Who::A}) {
      const pid_t pid = (who == Who::B ? paired.b() : paired.a()).pid;
      of_b.emplace(paired.stage(),
                   paired.host().port(),
                   "/b",
                   pairing.is_one_application() ? fmt::format("pid:{}", pid) : "");
      in_the_other = who == Who::B ? Who::A : Who::B;
      if (of_b->HasBegun()) return true;
    }
    return false;
  };
  ASSERT_TRUE(Eventually(has_begun, Soon()));

  const pid_t its_pid = (in_the_other == Who::A ? paired.a() : paired.b()).pid;
  const auto of_a = paired.Ask(in_the_other, python, "");
  const auto crashed_at = Clock::now();
  EXPECT_FALSE(of_a) << "A answered although it ended its process";
  EXPECT_TRUE(Eventually([&] { return ::kill(its_pid, 0) != 0; }, Soon()))
      << "A's process has not ended";
  const auto completed = of_b->LetGo();

  const auto is_back = [&](const char* url) {
    auto fresh = client::HttpClient(paired.host().port(), kRespawn);
    return Where(fresh, url).has_value();
  };
  const bool b_is_back = Eventually([&] { return is_back("/b"); }, Deadline::After(kRespawn));
  const double respawn_s = Seconds(Clock::now() - crashed_at);
  ASSERT_TRUE(b_is_back) << "B never answered again";
  EXPECT_TRUE(Eventually([&] { return is_back("/a"); }, Deadline::After(kRespawn)))
      << "A never answered again";
  Conclude(completed ? "isolated" : "crash",
           fmt::format("A's client: {}; B's request in flight: {}; B answered again after {:.1f} s",
                       of_a ? "an answer" : of_a.error().message,
                       completed ? "completed" : completed.error().message,
                       respawn_s));
}

std::string NameOf(const testing::TestParamInfo<Pairing>& parameter) {
  return std::string(parameter.param.name);
}

}  // namespace

TEST_P(Interference, WhenAEndsItsProcess) {
  About("crash_exit", "A ends its process with os._exit() while B has a request in flight");
  CrashWith("import os; os._exit(3)");
}

TEST_P(Interference, WhenAIsKilledByItsOwnFault) {
  About("crash_signal", "A reads address 0 while B has a request in flight");
  CrashWith("import ctypes; ctypes.string_at(0)");
}

TEST_P(Interference, WhenAAborts) {
  About("crash_abort", "A calls abort() while B has a request in flight");
  CrashWith("import os; os.abort()");
}

TEST_P(Interference, WhileAWaits) {
  About("latency_sleep", "A sleeps with the GIL released while B is asked");
  PairedHost paired(GetParam());
  RequestInFlight of_a(paired.stage(), paired.host().port(), "/a");
  ASSERT_TRUE(of_a.HasBegun());

  client::HttpClient client(paired.host().port(), kNoticeable);
  const auto asked_at = Clock::now();
  const auto of_b = Where(client, "/b");
  const double waited_s = Seconds(Clock::now() - asked_at);
  const auto completed = of_a.LetGo();
  EXPECT_TRUE(completed) << completed.error().message;
  Conclude(of_b ? "isolated" : "shared",
           fmt::format("B {} after {:.3f} s, while A was still waiting",
                       of_b ? "was answered" : "had no answer",
                       waited_s));
}

INSTANTIATE_TEST_SUITE_P(Isolation,
                         Interference,
                         testing::ValuesIn(AllPairings().begin(), AllPairings().end()),
                         NameOf);

}  // namespace suites::isolation
