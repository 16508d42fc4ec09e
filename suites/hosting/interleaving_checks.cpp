// Hosting/Interleaving: one process, one application in the main interpreter and one in a sub-interpreter,
// several threads, thousands of requests in random order: each runs in its own interpreter, and
// each script is loaded once.
//
// The interpreter is asked for its id inside every request; what environ says proves nothing: the real
// mod_wsgi runs main-interpreter requests in the sub-interpreter and names the main one.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <future>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "suites/hosting/configured.h"
#include "suites/hosting/held_requests.h"
#include "suites/hosts_under_test/check.h"
#include "suites/hosts_under_test/host_words.h"

namespace suites::hosting {

using client::HttpClient;
using hosts_under_test::EventsOn;
using hosts_under_test::Execute;
using hosts_under_test::Need;
using hosts_under_test::ThreadsPerChildFor;
using hosts_under_test::Where;

namespace {

constexpr int kClients = 4;
constexpr int kThreads = 4;
constexpr int kRequestsEach = 2500;

// Where one application's requests ran.
struct Seen {
  int answers = 0;
  std::set<pid_t> pids;
  std::set<long> interpreters;
  std::set<std::string> loads;
  std::set<long> threads;

  void Add(const Seen& other) {
    answers += other.answers;
    pids.insert(other.pids.begin(), other.pids.end());
    interpreters.insert(other.interpreters.begin(), other.interpreters.end());
    loads.insert(other.loads.begin(), other.loads.end());
    threads.insert(other.threads.begin(), other.threads.end());
  }
};
using SeenByUrl = std::map<std::string, Seen>;

SeenByUrl AskInRandomOrder(int port, unsigned seed) {
  HttpClient client(port);
  std::mt19937 random(seed);
  SeenByUrl seen;
  for (int count = 0; count < kRequestsEach; ++count) {
    const std::string url = random() % 2 == 0 ? "/in_main" : "/in_sub";
    const auto answer = Where(client, url);
    if (!answer) continue;
    Seen& here = seen[url];
    ++here.answers;
    here.pids.insert(answer->pid);
    here.interpreters.insert(answer->interpreter);
    here.loads.insert(answer->load);
    here.threads.insert(answer->thread);
  }
  return seen;
}

class Interleaving : public hosts_under_test::Check,
                     public testing::WithParamInterface<ProcessKind> {
 protected:
  Interleaving() : Check("hosting") {}

  // Holds a request in every thread at once, in the sub-interpreter: from then on the real mod_wsgi runs there whatever
  // comes to that thread.
  void BeginInSub() const;
};

void Interleaving::BeginInSub() const {
  const std::string python = MeetInside(kThreads);
  std::vector<std::future<std::string>> inside;
  for (int index = 0; index < kThreads; ++index) {
    inside.push_back(std::async(std::launch::async, [&python, port = host().port()] {
      HttpClient client(port);
      const auto answer = Execute(client, "/in_sub", python);
      return answer ? answer->result : answer.error().Text();
    }));
  }
  for (auto& one : inside)
    EXPECT_EQ(one.get(), "true") << "not all threads were there";
}

}  // namespace

// Issue 2, "Shown by" h.
TEST_P(Interleaving, EveryRequestRunsInItsOwnInterpreter) {
  About({.rule = "INTERP-6",
         .title = "10,000 requests in random order to main and sub-interpreter, 4 threads",
         .expected = "every answer from its own interpreter, each script loaded once",
         .mode = fmt::format("{}/main and {}/sub", Name(GetParam()), Name(GetParam()))});
  (void)Need(stage().Copy("probe.wsgi", "in_main.wsgi"));
  (void)Need(stage().Copy("probe.wsgi", "in_sub.wsgi"));
  const std::string process_group(ProcessGroupOf(GetParam()));
  // One option only: loaded by whichever thread serves the first request.
  Serve(fmt::format("ThreadsPerChild {}\nWSGIDaemonProcess one threads={}\n"
                    "WSGIProcessGroup {}\n",
                    ThreadsPerChildFor(kThreads, kClients),
                    kThreads,
                    process_group) +
        Alias("in_main", "application-group=%{GLOBAL}") + Alias("in_sub", "application-group=sub"));

  BeginInSub();
  std::vector<SeenByUrl> by_client(kClients);
  std::vector<std::thread> threads;
  for (unsigned index = 0; index < kClients; ++index) {
    threads.emplace_back([&by_client, index, port = host().port()] {
      by_client[index] = AskInRandomOrder(port, index);
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  Seen in_main;
  Seen in_sub;
  for (SeenByUrl& seen : by_client) {
    in_main.Add(seen["/in_main"]);
    in_sub.Add(seen["/in_sub"]);
  }

  const int answers = in_main.answers + in_sub.answers;
  const bool is_right = in_main.interpreters == std::set{0L} && in_sub.interpreters.size() == 1 &&
                        !in_sub.interpreters.contains(0);
  Found(fmt::format("{} of {} answered, {} interpreter, {} + {} loads",
                    answers,
                    kClients * kRequestsEach,
                    is_right ? "each in its own" : "NOT each in its own",
                    in_main.loads.size(),
                    in_sub.loads.size()),
        fmt::format("{} and {} requests on {} and {} threads",
                    in_main.answers,
                    in_sub.answers,
                    in_main.threads.size(),
                    in_sub.threads.size()));
  EXPECT_EQ(answers, kClients * kRequestsEach);
  EXPECT_TRUE(is_right);
  EXPECT_EQ(in_main.pids, in_sub.pids);
  EXPECT_EQ(in_main.pids.size(), 1U);
  EXPECT_EQ(in_main.loads.size(), 1U);
  EXPECT_EQ(in_sub.loads.size(), 1U);
  EXPECT_EQ(EventsOn(stage(), "import").size(), 2U) << "scripts were loaded more often";
}

INSTANTIATE_TEST_SUITE_P(Hosting,
                         Interleaving,
                         testing::Values(ProcessKind::Embedded, ProcessKind::Daemon),
                         NameOfKind);

}  // namespace suites::hosting
