// Containment: each fault of the table, while the neighbours are asked.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <string>

#include "hosts/base/deadline.h"
#include "suites/containment/containment_check.h"
#include "suites/hosts_under_test/chosen_host.h"
#include "suites/hosts_under_test/eventually.h"
#include "suites/hosts_under_test/host_words.h"

namespace suites::containment {

using hosts::base::Clock;
using hosts_under_test::Eventually;
using hosts_under_test::IsEngineChosen;
using hosts_under_test::Soon;

namespace {

double SecondsSince(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// The table has what the engine answers.
int OnThisHost(int status) {
  constexpr int kOfADeath = 502;
  return status == kOfADeath ? hosts_under_test::StatusOfADeath() : status;
}

// Nothing but force is sure to end the process.
bool MayLiveOn(const Fault& fault) {
  return fault.ends == Ends::ByTheEngine && !IsEngineChosen();
}

int SignalOf(Afterwards afterwards) {
  switch (afterwards) {
    case Afterwards::Nothing:
      break;
    case Afterwards::Terminate:
      return SIGTERM;
    case Afterwards::Kill:
      return SIGKILL;
    case Afterwards::Continue:
      return SIGCONT;
  }
  return 0;
}

class Containment : public ContainmentCheck {
 protected:
  // The fault, with another request inside the same process; in words.
  std::string Play(const Resident& before);
  // What whoever runs the server does about it.
  std::string Remedy(const Resident& before);
  void ExpectLogged();
  void ExpectAllIsThere(const Holding& before);
  void ExpectTheServerEndsInOrder();
};

std::string Containment::Play(const Resident& before) {
  const Fault& fault = GetParam();
  auto beside = Begin(Inside("beside"));
  EXPECT_TRUE(IsInside("beside"));
  const auto begun = Clock::now();
  const int status = Begin(std::string(fault.python)).get();
  const double answered_s = SecondsSince(begun);
  EXPECT_EQ(status, OnThisHost(fault.status));
  const bool serves = fault.afterwards != Afterwards::Continue;
  if (fault.fate == Fate::IsReplaced) {
    if (MayLiveOn(fault)) (void)::kill(before.pid, SIGKILL);
    (void)Successor(before.pid);
  } else if (serves) {
    const Resident now = Faulty();
    EXPECT_EQ(now.pid, before.pid);
    EXPECT_TRUE(fault.trace == Trace::OfItsThread ||
                (now.state != before.state) == (fault.trace == Trace::Left))
        << "it was " << before.state << " and is " << now.state;
  }
  const double recovered_s = SecondsSince(begun);
  Release("beside");
  const int of_beside = beside.get();
  if (IsEngineChosen() || of_beside != OnThisHost(fault.beside_too)) {
    EXPECT_EQ(of_beside, OnThisHost(fault.beside)) << "beside it";
  }
  return fmt::format("{} after {:.2f} s, {} beside it{}",
                     status,
                     answered_s,
                     of_beside,
                     serves ? fmt::format("; serves after {:.2f} s", recovered_s) : "");
}

std::string Containment::Remedy(const Resident& before) {
  const Fault& fault = GetParam();
  if (fault.afterwards == Afterwards::Nothing) return "";
  const int signal = MayLiveOn(fault) ? SIGKILL : SignalOf(fault.afterwards);
  const auto begun = Clock::now();
  const bool is_replaced = fault.afterwards != Afterwards::Continue;
  EXPECT_EQ(::kill(before.pid, signal), 0);
  const Resident after = is_replaced ? Successor(before.pid) : Faulty();
  EXPECT_EQ(after.pid != before.pid, is_replaced);
  EXPECT_EQ(after.state, before.state) << "it is not as it was";
  return fmt::format("; serves {:.2f} s after signal {}", SecondsSince(begun), signal);
}

void Containment::ExpectLogged() {
  for (std::string_view text : GetParam().logged) {
    const bool is_of_an_end = text.starts_with("H0104");
    if (is_of_an_end && hosts_under_test::IsHostSanitized()) text = "H0104";  // in its own way
    EXPECT_TRUE(IsLogged(text)) << text << " is not in the log";
  }
}

void Containment::ExpectAllIsThere(const Holding& before) {
  WarmUp();
  Holding after;
  EXPECT_TRUE(Eventually([&] { return (after = Held()) == before; }, Soon()))
      << after.processes << " processes with " << after.descriptors << " descriptors, before "
      << before.processes << " with " << before.descriptors;
}

void Containment::ExpectTheServerEndsInOrder() {
  const auto report = StopHost();
  EXPECT_TRUE(report.left_behind.empty()) << testing::PrintToString(report.left_behind);
  EXPECT_TRUE(report.status.is_success()) << "the server ended with " << report.status.Text();
}

std::string NameOfRow(const testing::TestParamInfo<Fault>& parameter) {
  return std::string(parameter.param.name);
}

}  // namespace

TEST_P(Containment, StaysWhereItIs) {
  const Fault& fault = GetParam();
  const std::string title = fmt::format("An application {}", fault.what);
  const std::string expected =
      fmt::format("{}, {} beside it, {}; elsewhere nothing is lost and nothing changes",
                  OnThisHost(fault.status),
                  OnThisHost(fault.beside),
                  fault.fate == Fate::IsReplaced ? "another process" : "the same process");
  About({.rule = fault.rules, .title = title, .expected = expected, .mode = "daemon/main"});
  WillCrash();
  ServeAll();
  if (!IsEngineChosen()) BeginWithALaterProcess();
  WarmUp();
  const Holding held = Held();
  const Resident before = Faulty();
  LetNeighboursAsk();
  ASSERT_TRUE(NeighboursGoOn());
  std::string observed = Play(before);
  observed += Remedy(before);
  EXPECT_TRUE(NeighboursGoOn());
  Found(observed, JudgeNeighbours());
  Release("children");
  ExpectLogged();
  ExpectAllIsThere(held);
  ExpectTheServerEndsInOrder();
}

INSTANTIATE_TEST_SUITE_P(Suite, Containment, testing::ValuesIn(FaultTable()), NameOfRow);

}  // namespace suites::containment
