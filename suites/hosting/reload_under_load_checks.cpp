// HostingReloadUnderLoad: a script is replaced fifty times in a row while clients ask for it: nobody fails,
// and whoever asks after a change is answered by it. RELOAD-1, RELOAD-3, RELOAD-4, SHUT-2.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "suites/hosting/changing_script.h"
#include "suites/hosting/configured.h"
#include "suites/hosts_under_test/check.h"
#include "suites/hosts_under_test/host_words.h"

namespace suites::hosting {

using client::HttpClient;
using hosts_under_test::Need;
using hosts_under_test::ThreadsPerChildFor;

namespace {

struct LoadCase {
  std::string_view name;
  std::string_view directives;
};

constexpr LoadCase kLoadCases[] = {
    {"embedded_in_one_process", "StartServers 1\nThreadsPerChild {}\n"},
    {"embedded_in_two_processes", "StartServers 2\nThreadsPerChild {}\n"},
    {"daemon_of_one_process", "WSGIDaemonProcess d processes=1 threads=3\nWSGIProcessGroup d\n"},
    {"daemon_of_three_processes",
     "WSGIDaemonProcess d processes=3 threads=3\nWSGIProcessGroup d\n"},
};

// One client, again and again, until it is told to stop.
class Asker {
 public:
  Asker(int port, std::string body, const std::atomic<int>& published)
      : port_(port), body_(std::move(body)), published_(published) {}

  void Run(const std::atomic<bool>& is_over) {
    HttpClient client(port_);
    while (!is_over && failure_.empty())
      AskOnce(client);
  }
  void AskOnce(HttpClient& client) {
    const int at_least = published_;
    const auto answer = body_.empty() ? client.Get("/subject") : client.Post("/subject", body_);
    ++asked_;
    if (!answer) {
      failure_ = answer.error().Text();
      return;
    }
    const VersionAnswer parsed = ParseVersionAnswer(*answer);
    const std::string expected = fmt::format("{}-", body_.size());
    if (parsed.status != 200 || parsed.version < at_least || !parsed.body.starts_with(expected)) {
      failure_ = fmt::format("status {}, version {} where {} was there before, body {} of {} bytes",
                             parsed.status,
                             parsed.version,
                             at_least,
                             parsed.body,
                             body_.size());
    }
  }

  [[nodiscard]] int asked() const { return asked_; }
  [[nodiscard]] const std::string& failure() const { return failure_; }

 private:
  int port_;
  std::string body_;
  const std::atomic<int>& published_;
  int asked_ = 0;
  std::string failure_;
};

class HostingReloadUnderLoad : public hosts_under_test::Check,
                               public testing::WithParamInterface<LoadCase> {
 protected:
  HostingReloadUnderLoad() : Check("hosting") {}
};

std::string NameOfLoadCase(const testing::TestParamInfo<LoadCase>& parameter) {
  return std::string(parameter.param.name);
}

}  // namespace

TEST_P(HostingReloadUnderLoad, NobodyFailsAndNobodyGetsOldCode) {
  constexpr int kChanges = 50;
  About({.rule = "RELOAD-4",
         .title =
             "A script is replaced 50 times in a row while five clients ask: GET, small bodies, "
             "bodies of 1 MB",
         .expected = "0 failed, 0 answered by code older than the request",
         .mode = std::string(GetParam().name)});
  ChangingScript script(stage(), "subject");
  constexpr int kClients = 6;
  Serve(fmt::format(fmt::runtime(GetParam().directives), ThreadsPerChildFor(3, kClients)) +
        "WSGIApplicationGroup %{GLOBAL}\n" + Alias("subject"));
  std::atomic<int> published{1};
  std::atomic<bool> is_over{false};
  std::vector<std::unique_ptr<Asker>> askers;
  const std::vector<size_t> sizes{0, 0, 100, 100'000, 1'000'000};
  for (const size_t size : sizes)
    askers.push_back(std::make_unique<Asker>(host().port(), std::string(size, 'b'), published));
  std::vector<std::thread> threads;
  for (const auto& asker : askers)
    threads.emplace_back([&is_over, &asker = *asker] { asker.Run(is_over); });

  Asker first(host().port(), "", published);  // who asks right after each change
  HttpClient client(host().port());
  for (int i = 0; i < kChanges && first.failure().empty(); ++i) {
    published = script.Change();
    first.AskOnce(client);
  }
  is_over = true;
  for (auto& thread : threads)
    thread.join();

  int asked = first.asked();
  int failed = first.failure().empty() ? 0 : 1;
  EXPECT_EQ(first.failure(), "");
  for (const auto& asker : askers) {
    EXPECT_EQ(asker->failure(), "");
    EXPECT_GT(asker->asked(), 0);
    asked += asker->asked();
    failed += asker->failure().empty() ? 0 : 1;
  }
  Found(fmt::format("{} of {} failed", failed, asked), fmt::format("{} changes", kChanges));
  EXPECT_EQ(script.version(), kChanges + 1);
}

INSTANTIATE_TEST_SUITE_P(Hosting,
                         HostingReloadUnderLoad,
                         testing::ValuesIn(kLoadCases),
                         NameOfLoadCase);

}  // namespace suites::hosting
