// What is said of a process group: of each option what it comes to, and who decided it.

#include "hosts/explain/group_facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "hosts/directives/configuration.h"
#include "hosts/explain/render.h"
#include "hosts/explain/testing/site.h"

namespace hosts::explain {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class Groups : public ::testing::Test {
 protected:
  // The group "d" with these options, in line 1; the server's directives stand below.
  GroupExplanation Of(const std::string& options, const std::string& server = {}) {
    auto read = directives::ReadConfigurationText("WSGIDaemonProcess d " + options + "\n" + server,
                                                  "site.conf");
    EXPECT_TRUE(read) << read.error().Text();
    if (!read) return {};
    deployment_ = std::make_unique<deployment::Deployment>(std::move(*read));
    return ExplainGroup(*deployment_, deployment_->process_groups.front());
  }

  // "meaning [1: option=]".
  std::string Said(const std::string& options,
                   std::string_view name,
                   const std::string& server = {}) {
    const auto group = Of(options, server);
    const GroupFact* fact = group.Find(name);
    if (fact == nullptr) return "nothing";
    const auto& origin = fact->fact.origin;
    if (origin.line == 0) return fact->fact.meaning + " [default]";
    return fact->fact.meaning + " [" + std::to_string(origin.line) + ": " + fact->fact.written +
           "]";
  }

  double Amount(const std::string& options, std::string_view name, std::string_view figure) {
    const auto group = Of(options);
    const GroupFact* fact = group.Find(name);
    if (fact == nullptr) return -1;
    for (const Figure& one : fact->figures) {
      if (one.name != figure) continue;
      return std::visit([](const auto amount) { return static_cast<double>(amount); }, one.amount);
    }
    return -1;
  }

  std::unique_ptr<deployment::Deployment> deployment_;
};

// ---- how many, and as whom ----

TEST_F(Groups, ProcessesTimesThreadsAreServedAtOnce) {
  EXPECT_EQ(Said("", "processes"),
            "1 process with 15 threads each: 15 requests at once [1: WSGIDaemonProcess]");
  EXPECT_THAT(Said("processes=1", "processes"), HasSubstr("wsgi.multiprocess is True"));
  EXPECT_EQ(Amount("processes=2 threads=5", "processes", "at_once_requests"), 10);
}

TEST_F(Groups, AnOptionDecidesElseTheServerElseNobody) {
  EXPECT_EQ(Said("user=daemon", "user", "User www-data\n"), "user daemon [1: user=]");
  EXPECT_EQ(Said("", "user", "User www-data\n"), "user www-data [2: User]");
  EXPECT_EQ(Said("", "user"), "the user who starts the server [default]");
}

TEST_F(Groups, TheUsersOwnGroupIsNotTaken) {
  EXPECT_EQ(Said("user=daemon", "group", "Group games\n"),
            "group games, the server's, whatever the user's own is [2: Group]");
  EXPECT_EQ(Said("user=daemon group=mail", "group"), "group mail [1: group=]");
}

TEST_F(Groups, FurtherGroupsAreThoseThatAreListedOrTheUsers) {
  EXPECT_EQ(Said("supplementary-groups=mail,games", "supplementary_groups"),
            "further groups mail, games, and no others [1: supplementary-groups=]");
  EXPECT_EQ(Said("user=daemon", "supplementary_groups"),
            "further groups: those that daemon has [default]");
}

TEST_F(Groups, TheirDirectoryIsInsideTheirRoot) {
  EXPECT_EQ(Said("home=/tmp", "home"), "directory /tmp, first in sys.path too [1: home=]");
  EXPECT_EQ(Said("chroot=/srv/jail", "home"), "directory / inside it [default]");
  EXPECT_THAT(Said("chroot=/srv/jail", "chroot"),
              HasSubstr("Python and all modules must be inside"));
  EXPECT_EQ(Said("", "chroot"), "nothing");
}

TEST_F(Groups, AUmaskIsSaidAsTheModesThatItLeaves) {
  EXPECT_EQ(Said("umask=0027", "umask"),
            "umask 0027: new files get 0640 at most, new directories 0750 [1: umask=]");
}

// ---- what they may use ----

TEST_F(Groups, LimitsAreSaidInUnits) {
  EXPECT_THAT(Said("memory-limit=268435456", "memory_limit"), HasSubstr("256 MiB of data"));
  EXPECT_THAT(Said("memory-limit=268435457", "memory_limit"), HasSubstr("268435457 bytes of data"));
  EXPECT_THAT(Said("virtual-memory-limit=1073741824", "virtual_memory_limit"),
              HasSubstr("1 GiB of"));
  EXPECT_THAT(Said("stack-size=524288", "stack_size"), HasSubstr("a stack of 512 KiB"));
  EXPECT_THAT(Said("cpu-priority=5", "cpu_priority"), HasSubstr("nice value 5: others"));
  EXPECT_THAT(Said("cpu-priority=-5", "cpu_priority"), HasSubstr("nice value -5: before others"));
  EXPECT_EQ(Amount("memory-limit=268435456", "memory_limit", "limit_bytes"), 268435456);
}

// ---- when one ends ----

TEST_F(Groups, ARequestIsOverdueLaterWithMoreThreads) {
  EXPECT_THAT(Said("threads=5 request-timeout=30", "request_timeout"),
              HasSubstr("older than 78.3 s (30 s × (1 + ln 5)): its process is drained"));
  EXPECT_THAT(Said("threads=1 request-timeout=30", "request_timeout"),
              HasSubstr("older than 30 s:"));
  EXPECT_NEAR(Amount("threads=5 request-timeout=30", "request_timeout", "fires_after_seconds"),
              78.28,
              0.01);
}

TEST_F(Groups, AnInterruptComesBeforeTheEnd) {
  const std::string options = "threads=1 request-timeout=30 interrupt-timeout=2";
  EXPECT_THAT(Said(options, "request_timeout"), HasSubstr("RequestTimeout is raised in it first"));
  EXPECT_THAT(
      Said(options, "interrupt_timeout"),
      HasSubstr(
          "goes on for 2 s after that: its process is drained, or ended at once if it has no other "
          "request younger than 32 s"));
  EXPECT_THAT(Said("interrupt-timeout=2", "interrupt_timeout"), HasSubstr("no effect"));
}

TEST_F(Groups, WithoutAGracefulTimeoutSomeEndAtOnceAndOthersWaitForEver) {
  const std::string none =
      "graceful-timeout=0 maximum-requests=9 restart-interval=7 cpu-time-limit=5 "
      "request-timeout=3 threads=1";
  EXPECT_THAT(Said(none, "maximum_requests"), HasSubstr("after 9 requests: ended at once"));
  EXPECT_THAT(Said(none, "restart_interval"), HasSubstr("7 s after its start: drained"));
  EXPECT_THAT(Said(none, "cpu_time_limit"),
              HasSubstr("ended at once; the kernel kills it at 11 s"));
  EXPECT_THAT(Said(none, "request_timeout"), HasSubstr("its process is ended at once"));
  EXPECT_THAT(Said(none, "graceful_timeout"), HasSubstr("however long"));
  EXPECT_EQ(Amount(none + " eviction-timeout=4", "restart_interval", "drain_seconds"), 4);
}

TEST_F(Groups, WhatIsOffIsNamedOnce) {
  EXPECT_THAT(Of("memory-limit=1073741824 request-timeout=3").off,
              ElementsAre("virtual-memory-limit",
                          "maximum-requests",
                          "restart-interval",
                          "cpu-time-limit",
                          "inactivity-timeout",
                          "startup-timeout",
                          "queue-timeout"));
  EXPECT_EQ(Said("", "maximum_requests"), "nothing");
}

TEST_F(Groups, ADeadlockTimeoutOfNothingIsSaid) {
  EXPECT_EQ(Said("", "deadlock_timeout"),
            "when the GIL is not to be had for 300 s: ended at once [default]");
  EXPECT_THAT(Said("deadlock-timeout=0", "deadlock_timeout"), HasSubstr("stuck with it stays [1:"));
}

TEST_F(Groups, AServiceHasNoTimersAndNoClients) {
  const auto group = Of("threads=0 request-timeout=30 cpu-time-limit=10");
  for (const char* name : {"request_timeout", "deadlock_timeout", "connect_timeout", "stack_size"})
    EXPECT_EQ(group.Find(name), nullptr) << name;
  EXPECT_THAT(group.Find("threads")->fact.meaning, HasSubstr("imported scripts have returned"));
  EXPECT_THAT(group.Find("cpu_time_limit")->fact.meaning, HasSubstr("the kernel kills it"));
}

// ---- clients ----

TEST_F(Groups, ClientsWaitForAsLongAsTheirHostSaysUnlessTheGroupDoes) {
  EXPECT_THAT(Said("", "socket_timeout"), HasSubstr("504 after 60 s (Timeout)"));
  EXPECT_THAT(Said("", "socket_timeout", "Timeout 20\n"), HasSubstr("after 20 s (Timeout)"));
  EXPECT_THAT(Said("socket-timeout=9", "socket_timeout", "Timeout 20\n"),
              HasSubstr("after 9 s without"));
  EXPECT_THAT(Said("socket-timeout=9", "response_socket_timeout"), HasSubstr("for 9 s [default]"));
  EXPECT_THAT(Said("response-socket-timeout=7", "response_socket_timeout"),
              HasSubstr("for 7 s [1:"));
  EXPECT_THAT(Said("queue-timeout=10", "queue_timeout"), HasSubstr("no thread was free for 10 s"));
  EXPECT_THAT(Said("connect-timeout=3", "connect_timeout"),
              HasSubstr("503 after 3 s without a process"));
}

TEST_F(Groups, APieceOfAnAnswerWaitsForTheNextOne) {
  EXPECT_EQ(Said("", "response_flush_delay"),
            "a piece of an answer waits up to 5 ms for the next one [default]");
  EXPECT_EQ(Said("response-flush-delay=0", "response_flush_delay"),
            "each piece of an answer is sent at once [1: response-flush-delay=]");
  EXPECT_EQ(Amount("response-flush-delay=20", "response_flush_delay", "waits_milliseconds"), 20);
}

TEST_F(Groups, WhoReachesTheSocketAndWhoseScriptsMustBe) {
  EXPECT_THAT(Said("", "socket_user"), HasSubstr("only root and the server's user"));
  EXPECT_THAT(Said("socket-user=daemon", "socket_user"),
              HasSubstr("only root and daemon can connect"));
  EXPECT_THAT(Said("script-user=daemon", "script_user"), HasSubstr("are daemon's"));
  EXPECT_THAT(Said("script-group=mail", "script_group"), HasSubstr("of the group mail"));
  EXPECT_EQ(Said("", "script_user"), "nothing");
}

// ---- as a text ----

int LinesOf(const std::string& text) {
  return static_cast<int>(std::ranges::count(text, '\n'));
}

TEST_F(Groups, APlainGroupIsToldInFewLines) {
  const testing::Site site;
  const auto asked = site.Ask("WSGIDaemonProcess d\n");
  ASSERT_TRUE(asked);
  const std::string text = ToText(*asked->deployment, asked->explanation, Colours::Off);
  const size_t begin = text.find("process group 'd'");
  ASSERT_NE(begin, std::string::npos);
  const std::string section = text.substr(begin, text.find("\n\n", begin) + 1 - begin);
  EXPECT_LE(LinesOf(section), 11) << section;
}

TEST_F(Groups, AUrlShowsTheGroupThatServesItAndNoOther) {
  const testing::Site site;
  site.Write("app/app.wsgi", "");
  const auto asked = site.Ask(
      "WSGIDaemonProcess d\nWSGIDaemonProcess e\n"
      "WSGIScriptAlias / @/app/app.wsgi process-group=d\n"
      "<Directory @>\nRequire all granted\n</Directory>\n",
      {"/"});
  ASSERT_TRUE(asked);
  const std::string text = ToText(*asked->deployment, asked->explanation, Colours::Off);
  EXPECT_THAT(text, HasSubstr("process group 'd'"));
  EXPECT_THAT(text, Not(HasSubstr("process group 'e'\n")));
}

}  // namespace
}  // namespace hosts::explain
