// HostingProcesses: how many processes a host has, what they are like, and what happens when one dies.
// DAEMON-1, -2, -4, -5, -6 and ERR-24, ERR-41.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <set>
#include <thread>

#include "suites/hosting/configured.h"
#include "suites/hosting/held_requests.h"
#include "suites/hosts_under_test/check.h"
#include "suites/hosts_under_test/eventually.h"
#include "suites/hosts_under_test/host_words.h"

namespace suites::hosting {

using client::HttpClient;
using hosts::base::Clock;
using hosts::base::ReadFile;
using hosts_under_test::Eventually;
using hosts_under_test::Execute;
using hosts_under_test::Need;
using hosts_under_test::ProbeAnswer;
using hosts_under_test::Soon;
using hosts_under_test::StatusOfADeath;
using hosts_under_test::Where;

namespace {

constexpr std::string_view kMain = "application-group=%{GLOBAL}";

class HostingProcesses : public hosts_under_test::Check {
 protected:
  HostingProcesses() : Check("hosting") {}

  std::string Probe(std::string_view name, std::string_view group) const {
    (void)Need(stage().Copy("probe.wsgi", fmt::format("{}.wsgi", name)));
    return Alias(name, fmt::format("process-group={} {}", group, kMain));
  }

  // Asks a URL `count` times at once. Each request waits inside the application until all of them
  // are there, so that no worker can serve two. Answers where they ran; fewer if some had no answer.
  std::vector<ProbeAnswer> AskAtOnce(const std::string& url, int count) const;
};

std::vector<ProbeAnswer> HostingProcesses::AskAtOnce(const std::string& url, int count) const {
  const std::string python = MeetInside(count);
  std::vector<hosts::base::Result<ProbeAnswer>> results(
      static_cast<size_t>(count),
      hosts::base::Error{hosts::base::ErrorKind::Closed, "never asked"});
  std::vector<std::thread> threads;
  for (auto& result : results) {
    threads.emplace_back([&result, &url, &python, port = host().port()] {
      HttpClient client(port);
      result = Execute(client, url, python);
    });
  }
  std::vector<ProbeAnswer> answers;
  for (size_t index = 0; index < results.size(); ++index) {
    threads[index].join();
    if (results[index] && results[index]->result == "true") answers.push_back(*results[index]);
  }
  return answers;
}

}  // namespace

TEST_F(HostingProcesses, AreToldOfToTheApplication) {
  About(
      {.rule = "ENV-22",
       .title = "wsgi.multiprocess is True where processes= is written, wsgi.multithread but for "
                "one thread",
       .expected = "without: False True; processes=1: True True; processes=2 threads=1: True False",
       .mode = "daemon/main"});
  (void)Need(stage().Write("subject.wsgi",
                           "def application(environ, start_response):\n"
                           "    said = '%s %s' % (environ['wsgi.multiprocess'], "
                           "environ['wsgi.multithread'])\n"
                           "    start_response('200 OK', [('Content-Length', str(len(said)))])\n"
                           "    return [said.encode()]\n"));
  const auto at = [](std::string_view group) {
    return fmt::format(
        "WSGIScriptAlias /{0} {{stage}}/subject.wsgi process-group={0} {1}\n", group, kMain);
  };
  Serve(
      "WSGIDaemonProcess plain threads=2\nWSGIDaemonProcess one processes=1 threads=2\n"
      "WSGIDaemonProcess two processes=2 threads=1\n" +
      at("plain") + at("one") + at("two"));
  auto client = host().NewClient();
  const std::string plain = Need(client.Get("/plain")).body;
  const std::string one = Need(client.Get("/one")).body;
  const std::string two = Need(client.Get("/two")).body;
  Found(fmt::format("without: {}; processes=1: {}; processes=2 threads=1: {}", plain, one, two));
  EXPECT_EQ(plain, "False True");
  EXPECT_EQ(one, "True True");
  EXPECT_EQ(two, "True False");
}

TEST_F(HostingProcesses, EachGroupHasExactlyItsProcessesWhetherUsedOrNot) {
  About({.rule = "DAEMON-1",
         .title = "Exactly `processes` processes per group, from the start, used or not",
         .expected = "1 server process and 2 + 3 daemon processes",
         .mode = "daemon"});
  Serve(
      "StartServers 1\n"
      "WSGIDaemonProcess used processes=2 threads=2\n"
      "WSGIDaemonProcess idle processes=3 threads=2\n" +
      Probe("subject", "used"));
  EXPECT_TRUE(Eventually([&] { return host().Children().size() == 6; }, Soon()));
  const auto answers = AskAtOnce("/subject", 4);
  std::set<pid_t> pids;
  for (const ProbeAnswer& answer : answers)
    pids.insert(answer.pid);
  const size_t children = host().Children().size();
  Found(fmt::format(
      "{} processes below the supervisor, {} of them served group `used`", children, pids.size()));
  EXPECT_EQ(children, 6U);
  EXPECT_EQ(pids.size(), 2U);
}

TEST_F(HostingProcesses, AGroupServesProcessesTimesThreadsRequestsAtOnce) {
  About({.rule = "DAEMON-2",
         .title = "A group of 2 processes with 3 threads serves 6 requests at once",
         .expected = "6 at once, in 2 processes",
         .mode = "daemon/main"});
  Serve("ThreadsPerChild 10\nWSGIDaemonProcess six processes=2 threads=3\n" +
        Probe("subject", "six"));
  const auto answers = AskAtOnce("/subject", 6);
  std::set<pid_t> pids;
  std::set<long> threads;
  for (const ProbeAnswer& answer : answers) {
    pids.insert(answer.pid);
    threads.insert(answer.thread);
  }
  Found(fmt::format("{} at once, in {} processes", answers.size(), pids.size()));
  EXPECT_EQ(answers.size(), 6U);
  EXPECT_EQ(pids.size(), 2U);
  EXPECT_EQ(threads.size(), 6U);
}

TEST_F(HostingProcesses, TwoServerProcessesShareTheAddress) {
  About({.rule = "DAEMON-46",
         .title = "Two server processes with one thread each serve two embedded requests at once",
         .expected = "2 at once, in 2 processes",
         .mode = "embedded/main"});
  Serve("StartServers 2\nThreadsPerChild 1\n" + Probe("subject", "%{GLOBAL}"));
  const auto answers = AskAtOnce("/subject", 2);
  std::set<pid_t> pids;
  for (const ProbeAnswer& answer : answers)
    pids.insert(answer.pid);
  Found(fmt::format("{} at once, in {} processes", answers.size(), pids.size()));
  EXPECT_EQ(answers.size(), 2U);
  EXPECT_EQ(pids.size(), 2U);
}

TEST_F(HostingProcesses, ADaemonStartsAsItsOptionsSay) {
  About({.rule = "DAEMON-5",
         .title = "home, umask and display-name hold before the script is preloaded",
         .expected = "cwd, umask 0027 and the name of the process",
         .mode = "daemon/main/preload"});
  std::filesystem::create_directory(stage().path("home"));
  std::filesystem::permissions(stage().path("home"), std::filesystem::perms::all);
  Serve("WSGIDaemonProcess one home={stage}/home umask=0027 display-name=%{GROUP}\n" +
        Probe("subject", "one"));
  auto client = host().NewClient();
  const ProbeAnswer answer = Need(Execute(client,
                                          "/subject",
                                          "import os, sys; old = os.umask(0); os.umask(old)\n"
                                          "result = [os.getcwd(), '%04o' % old, sys.path[0]]"));
  const std::string home = stage().path("home");
  const auto events = EventsOn(stage(), "import");
  const std::string command =
      ReadFile(fmt::format("/proc/{}/cmdline", answer.pid)).value().substr(0, 10);
  Found(fmt::format("{}, {}", answer.result, command.c_str()));
  EXPECT_EQ(answer.result, fmt::format("[\"{}\",\"0027\",\"{}\"]", home, home));
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].cwd, home) << "when the script was preloaded";
  EXPECT_EQ(command, "(wsgi:one)") << "DAEMON-6";
}

TEST_F(HostingProcesses, ADaemonRunsAsItsUser) {
  About({.rule = "SEC-1",
         .title = "user= decides as whom a daemon process runs, the preloaded script included",
         .expected = "nobody",
         .mode = "daemon/main/preload"});
  if (::getuid() != 0) GTEST_SKIP() << "only root can start processes as other users";
  Serve("WSGIDaemonProcess one user=nobody group=nogroup home={stage}\n" + Probe("subject", "one"));
  auto client = host().NewClient();
  const ProbeAnswer answer = Need(
      Execute(client,
              "/subject",
              "import grp, os, pwd; names = [pwd.getpwuid(i).pw_name for i in os.getresuid()]\n"
              "result = names + [grp.getgrgid(os.getgid()).gr_name, len(os.getgroups()) <= 1]"));
  Found(answer.result);
  EXPECT_EQ(answer.result, R"(["nobody","nobody","nobody","nogroup",true])");
}

// Issue 2, "Shown by" f.
TEST_F(HostingProcesses, AKilledDaemonCostsOneRequestAtMost) {
  About({.rule = "DAEMON-4",
         .title = "kill -9 of one daemon process during sequential requests to two groups",
         .expected = "one failed answer at most, and only of its own application",
         .mode = "daemon/main"});
  Serve("WSGIDaemonProcess one threads=3\nWSGIDaemonProcess two threads=3\n" +
        Probe("subject", "one") + Probe("other", "two"));
  WillCrash();
  HttpClient subject_client(host().port());
  HttpClient other_client(host().port());
  const ProbeAnswer before = Need(Where(subject_client, "/subject"));
  const pid_t other_pid = Need(Where(other_client, "/other")).pid;

  int failed = 0;
  int other_failed = 0;
  pid_t new_pid = before.pid;
  auto killed_at = Clock::now();
  double back_after_s = 0;
  for (int round = 0; round < 200; ++round) {
    if (round == 50) {
      killed_at = Clock::now();
      ASSERT_EQ(::kill(before.pid, SIGKILL), 0);
    }
    const auto answer = Where(subject_client, "/subject");
    if (!answer) ++failed;
    if (answer && new_pid == before.pid && answer->pid != before.pid) {
      new_pid = answer->pid;
      back_after_s = std::chrono::duration<double>(Clock::now() - killed_at).count();
    }
    const auto other = Where(other_client, "/other");
    if (!other || other->pid != other_pid) ++other_failed;
  }
  Found(fmt::format("{} failed of 200, {} of the other application", failed, other_failed),
        fmt::format("the replacement answered {:.2f} s after the kill", back_after_s));
  EXPECT_LE(failed, 1);
  EXPECT_EQ(other_failed, 0);
  EXPECT_NE(new_pid, before.pid) << "no replacement was seen";
}

TEST_F(HostingProcesses, ADaemonThatDiesInARequestIsReplaced) {
  About({.rule = "ERR-24",
         .title = "An application that ends its daemon process: its client, and the next request",
         .expected = "502 for its client, a new process for the next",
         .mode = "daemon/main"});
  Serve("WSGIDaemonProcess one threads=2\n" + Probe("subject", "one"));
  WillCrash();
  auto client = host().NewClient();
  const pid_t before = Need(Where(client, "/subject")).pid;
  const int status = Need(client.Post("/subject", "import os; os._exit(7)")).status;
  const ProbeAnswer after = Need(Where(client, "/subject"));
  Found(fmt::format("{} for its client, {} process for the next",
                    status,
                    after.pid == before ? "the same" : "a new"));
  EXPECT_EQ(status, StatusOfADeath());
  EXPECT_NE(after.pid, before);
}

TEST_F(HostingProcesses, AnExceptionEndsNoProcess) {
  About({.rule = "ERR-41",
         .title = "An application that raises, SystemExit included, does not end its process",
         .expected = "500 and 500, the same process",
         .mode = "daemon/main and embedded/main"});
  (void)Need(stage().Write("raises.wsgi",
                           "import sys\n"
                           "def application(environ, start_response):\n"
                           "    if environ['QUERY_STRING'] == 'exit': sys.exit(3)\n"
                           "    raise ValueError('on purpose')\n"));
  for (const std::string_view group : {"one", "%{GLOBAL}"}) {
    Serve("WSGIDaemonProcess one threads=2\n" + Probe("subject", group) +
          Alias("raises", fmt::format("process-group={} {}", group, kMain)));
    auto client = host().NewClient();
    const pid_t before = Need(Where(client, "/subject")).pid;
    EXPECT_EQ(Need(client.Get("/raises")).status, 500) << group;
    EXPECT_EQ(Need(client.Get("/raises?exit")).status, 500) << group;
    EXPECT_EQ(Need(Where(client, "/subject")).pid, before) << group;
    EXPECT_NE(host().Log().find("on purpose"), std::string::npos) << "the log does not say why";
  }
  Found("500 and 500, the same process");
}

}  // namespace suites::hosting
