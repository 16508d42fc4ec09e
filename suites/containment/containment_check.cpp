#include "suites/containment/containment_check.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <regex>
#include <sstream>
#include <utility>

#include "harness/launch/descendants.h"
#include "hosts/base/files.h"
#include "suites/containment/log_words.h"
#include "suites/hosts_under_test/chosen_host.h"
#include "suites/hosts_under_test/eventually.h"
#include "suites/hosts_under_test/host_words.h"

namespace suites::containment {

using client::HttpClient;
using hosts_under_test::Eventually;
using hosts_under_test::Need;
using hosts_under_test::Soon;

namespace {

constexpr int kThreads = 3;
constexpr int kAnswersToGoOn = 5;
constexpr std::string_view kNeighbours[] = {"/two", "/three", "/embedded"};

std::string Alias(std::string_view name, std::string_view group) {
  return fmt::format(
      "WSGIScriptAlias /{} {{stage}}/resident.wsgi process-group={} "
      "application-group=%{{GLOBAL}}\n",
      name,
      group);
}

// Whether the server has a connection on this port that it has not closed, says the kernel: those of its end that
// are established, or that the client alone has closed.
bool HasClient(int port) {
  constexpr std::string_view kStates[] = {"01", "08"};
  std::istringstream table(Need(hosts::base::ReadFile("/proc/net/tcp")));
  const std::string own_end = fmt::format(":{:04X}", port);
  std::string line;
  while (std::getline(table, line)) {
    std::istringstream fields(line);
    std::string number;
    std::string local;
    std::string remote;
    std::string state;
    fields >> number >> local >> remote >> state;
    if (local.ends_with(own_end) && std::ranges::find(kStates, state) != std::end(kStates)) {
      return true;
    }
  }
  return false;
}

Resident ParseResident(const client::Answer& answer) {
  Resident resident;
  std::istringstream text(answer.body);
  text >> resident.pid;
  std::getline(text, resident.state);
  return resident;
}

}  // namespace

void ContainmentCheck::SetUp() {
  if (hosts_under_test::AreChecksNamedOnly()) return Check::SetUp();
  const Needs needs = GetParam().needs;
  const bool is_spoilt = needs == Needs::NoSanitizer || needs == Needs::RootAndNoSanitizer;
  if (is_spoilt && hosts_under_test::IsHostSanitized()) {
    GTEST_SKIP() << "a sanitizer's own memory, stacks and threads change what comes of it";
  }
  if ((needs == Needs::Root || needs == Needs::RootAndNoSanitizer) && ::geteuid() != 0) {
    GTEST_SKIP() << "only root can start processes of another user";
  }
  Check::SetUp();
}

void ContainmentCheck::ServeAll() {
  const auto source = std::filesystem::path(WSGILAB_CONTAINMENT_DIRECTORY) / "resident.wsgi";
  (void)Need(stage().Write("resident.wsgi", Need(hosts::base::ReadFile(source))));
  constexpr int kClients = kThreads + static_cast<int>(std::size(kNeighbours));
  Serve(fmt::format(
      "StartServers 1\nThreadsPerChild {6}\n"
      "WSGIDaemonProcess faulty threads={0} {1}\n"
      "WSGIDaemonProcess two threads={0}\nWSGIDaemonProcess three threads={0}\n{2}{3}{4}{5}",
      kThreads,
      GetParam().remedy,
      Alias("faulty", "faulty"),
      Alias("two", "two"),
      Alias("three", "three"),
      Alias("embedded", "%{GLOBAL}"),
      hosts_under_test::ThreadsPerChildFor(kThreads, kClients)));
}

void ContainmentCheck::BeginWithALaterProcess() {
  const Resident first = Faulty();
  ASSERT_EQ(::kill(first.pid, SIGTERM), 0);
  (void)Successor(first.pid);
  log_begin_ = Log().size();
}

void ContainmentCheck::WarmUp() const {
  static int times = 0;
  const int time = ++times;
  const auto name = [time](int i) { return fmt::format("warm-{}-{}", time, i); };
  std::vector<std::future<int>> requests;
  for (int i = 0; i < kThreads; ++i) {
    requests.push_back(Begin(Inside(name(i))));
    ASSERT_TRUE(IsInside(name(i)));
  }
  for (int i = 0; i < kThreads; ++i)
    Release(name(i));
  for (auto& request : requests)
    EXPECT_EQ(request.get(), 200);
  for (const std::string_view path : kNeighbours) {
    auto client = host().NewClient();
    EXPECT_EQ(Need(client.Get(std::string(path))).status, 200);
  }
}

Holding ContainmentCheck::Held() const {
  EXPECT_TRUE(Eventually([&] { return !HasClient(host().port()); }, Soon()));
  Holding held;
  for (const auto& process : harness::launch::FamilyOf(host().supervisor())) {
    ++held.processes;
    held.descriptors += hosts_under_test::HoldingsOf(process.pid).descriptors;
  }
  return held;
}

void ContainmentCheck::LetNeighboursAsk() {
  for (const std::string_view path : kNeighbours)
    neighbours_.push_back(std::make_unique<Neighbour>(host().port(), std::string(path)));
}

bool ContainmentCheck::NeighboursGoOn() const {
  std::vector<int> before;
  for (const auto& neighbour : neighbours_)
    before.push_back(neighbour->asked());
  return Eventually(
      [&] {
        for (std::size_t i = 0; i < neighbours_.size(); ++i)
          if (neighbours_[i]->asked() < before[i] + kAnswersToGoOn) return false;
        return true;
      },
      Soon());
}

std::string ContainmentCheck::JudgeNeighbours() {
  int asked = 0;
  int lost = 0;
  double longest_s = 0;
  for (const auto& neighbour : neighbours_) {
    neighbour->Stop();
    asked += neighbour->asked();
    lost += neighbour->lost();
    longest_s = std::max(longest_s, neighbour->longest_s());
    EXPECT_EQ(neighbour->lost(), 0) << neighbour->path() << ": " << neighbour->first_failure();
    EXPECT_EQ(neighbour->changed(), 0) << neighbour->path() << ": " << neighbour->first_failure();
  }
  neighbours_.clear();
  return fmt::format("elsewhere {} of {} lost, the longest took {:.3f} s", lost, asked, longest_s);
}

std::future<int> ContainmentCheck::Begin(std::string python) const {
  return std::async(std::launch::async, [port = host().port(), text = std::move(python)] {
    HttpClient client(port);
    const auto answer = client.Post("/faulty", text);
    return answer ? answer->status : 0;
  });
}

std::string ContainmentCheck::Inside(std::string_view name) {
  return fmt::format(
      "open(HERE + '/{0}.inside', 'w').close()\nassert wait_for(lambda: exists('{0}.go'))\n", name);
}

bool ContainmentCheck::IsInside(std::string_view name) const {
  return Eventually(
      [&] { return std::filesystem::exists(stage().path(fmt::format("{}.inside", name))); },
      Soon());
}

void ContainmentCheck::Release(std::string_view name) const {
  (void)Need(stage().Write(fmt::format("{}.go", name), ""));
}

Resident ContainmentCheck::Faulty() const {
  auto client = host().NewClient();
  return ParseResident(Need(client.Get("/faulty")));
}

Resident ContainmentCheck::Successor(pid_t before) const {
  Resident now;
  EXPECT_TRUE(Eventually([&] { return (now = Faulty()).pid != before; }, Soon()))
      << "process " << before << " still answers";
  return now;
}

bool ContainmentCheck::IsLogged(std::string_view code_and_words) const {
  const std::regex pattern(PatternOf(code_and_words));
  const auto is_there = [&] {
    std::istringstream log(Log().substr(log_begin_));
    std::string line;
    while (std::getline(log, line)) {
      if (std::regex_search(line, pattern)) return true;
    }
    return false;
  };
  return Eventually(is_there, Soon());
}

}  // namespace suites::containment
