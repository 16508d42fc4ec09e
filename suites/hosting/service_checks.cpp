// HostingServices: processes that serve no requests: threads=0. DAEMON-9, LOAD-15.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "hosts/base/files.h"
#include "suites/hosting/lifetime.h"
#include "suites/hosts_under_test/chosen_host.h"
#include "suites/hosts_under_test/eventually.h"

namespace suites::hosting {

using hosts_under_test::Eventually;
using hosts_under_test::Need;
using hosts_under_test::Soon;

namespace {

constexpr std::string_view kService = R"(
import os, signal, sys, threading

def note(line):
    file = os.open(os.path.join(os.path.dirname(__file__), 'noted'),
                   os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    os.write(file, (line + '\n').encode())
    os.close(file)

note('begun %d %s' % (os.getpid(), threading.current_thread() is threading.main_thread()))
)";

class HostingServices : public LifetimeCheck {
 protected:
  void ServeService(std::string_view rest, std::string_view further = "") {
    (void)Need(stage().Write("service.py", fmt::format("{}{}", kService, rest)));
    Serve(
        fmt::format("WSGIDaemonProcess service threads=0\n"
                    "WSGIImportScript {{stage}}/service.py process-group=service {}\n{}",
                    kInMain,
                    further));
  }
  [[nodiscard]] std::string Noted() const {
    const auto text = hosts::base::ReadFile(stage().path("noted"));
    return text ? *text : "";
  }
  [[nodiscard]] std::vector<pid_t> Begun() const {
    std::vector<pid_t> pids;
    const std::string noted = Noted();
    constexpr std::string_view kBegun = "begun ";
    for (size_t at = noted.find(kBegun); at != std::string::npos; at = noted.find(kBegun, at + 1))
      pids.push_back(std::stoi(noted.substr(at + kBegun.size())));
    return pids;
  }
};

}  // namespace

TEST_F(HostingServices, AScriptRunsOnTheMainThreadUntilItIsTold) {
  About({.rule = "DAEMON-9",
         .title = "threads=0: a script that works without end, and SIGTERM to its process",
         .expected = "on the main thread; SystemExit in the script; then another process",
         .mode = "daemon/main"});
  ServeService(
      "try:\n"
      "    note('signals %s' % (signal.signal(signal.SIGUSR2, signal.SIG_IGN) != signal.SIG_IGN))\n"
      "    while True:\n"
      "        signal.pause()\n"
      "except SystemExit:\n"
      "    note('tidied up')\n"
      "    raise\n");
  ASSERT_TRUE(Eventually([this] { return Noted().find("signals") != std::string::npos; }, Soon()));
  const pid_t before = Begun().front();
  ASSERT_EQ(::kill(before, SIGTERM), 0);
  EXPECT_TRUE(Eventually([this] { return Begun().size() == 2; }, Soon()));
  const std::string noted = Noted();
  Found(noted);
  EXPECT_NE(noted.find(fmt::format("begun {} True\nsignals True\ntidied up\n", before)),
            std::string::npos);
  EXPECT_NE(Begun().back(), before);
  EXPECT_EQ(host().Log().find("SystemExit"), std::string::npos) << "LOAD-15: it is no error";
}

TEST_F(HostingServices, AScriptThatReturnsIsRunAgain) {
  About({.rule = "DAEMON-9",
         .title = "threads=0: a script that returns at once",
         .expected = "another process about every second",
         .mode = "daemon/main"});
  const auto begun = hosts::base::Clock::now();
  ServeService("note('done')\n");
  EXPECT_TRUE(Eventually([this] { return Begun().size() >= 2; }, Soon()));
  const double seconds = SecondsSince(begun);
  Found(fmt::format("{} processes in {:.1f} s", Begun().size(), seconds));
  EXPECT_GT(seconds, 0.9);
}

TEST_F(HostingServices, AScriptThatFailsSaysWhy) {
  About({.rule = "DAEMON-9",
         .title = "threads=0: a script that raises",
         .expected = "its traceback in the log, and another process",
         .mode = "daemon/main"});
  ServeService("raise ValueError('on purpose')\n");
  EXPECT_TRUE(IsLogged("ValueError: on purpose"));
  EXPECT_TRUE(Eventually([this] { return Begun().size() >= 2; }, Soon()));
  Found(fmt::format("{} processes", Begun().size()));
}

TEST_F(HostingServices, NoRequestComesThere) {
  About({.rule = "DAEMON-9",
         .title = "a request for a group with threads=0",
         .expected = "503 at once (mod_wsgi: 504 after Timeout); other applications serve",
         .mode = "daemon/main"});
  (void)Need(stage().Copy("probe.wsgi", "subject.wsgi"));
  (void)Need(stage().Copy("probe.wsgi", "lost.wsgi"));
  const bool is_engine = hosts_under_test::IsEngineChosen();
  ServeService("while True:\n    signal.pause()\n",
               fmt::format("{}WSGIDaemonProcess one threads=2\n", is_engine ? "" : "Timeout 1\n") +
                   Alias("subject", fmt::format("process-group=one {}", kInMain)) +
                   "WSGIScriptAlias /lost {stage}/lost.wsgi process-group=service\n");
  auto client = host().NewClient();
  const int lost = Need(client.Get("/lost")).status;
  const int other = Need(client.Get("/subject")).status;
  Found(fmt::format("{} and {}", lost, other));
  EXPECT_EQ(lost, is_engine ? 503 : 504);
  EXPECT_EQ(other, 200);
}

}  // namespace suites::hosting
