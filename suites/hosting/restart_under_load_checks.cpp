// HostingRestartUnderLoad: the server is restarted again and again while clients ask: nobody fails, and nothing
// accumulates.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "suites/hosting/configured.h"
#include "suites/hosting/restart_check.h"
#include "suites/hosts_under_test/family.h"
#include "suites/hosts_under_test/place.h"

namespace suites::hosting {

using client::HttpClient;
using hosts_under_test::HoldingsOf;
using hosts_under_test::kPlacesMain;
using hosts_under_test::ModeOf;
using hosts_under_test::Place;
using hosts_under_test::PlacedIn;

namespace {

constexpr int kRestarts = 20;

class HostingRestartUnderLoad : public RestartCheck, public testing::WithParamInterface<Place> {
 protected:
  [[nodiscard]] std::ptrdiff_t SocketFiles() const {
    return std::ranges::count_if(std::filesystem::directory_iterator(stage().path("sockets")),
                                 [](const auto& file) { return file.is_socket(); });
  }
};

// One client, again and again, on a connection that it keeps as long as it may.
class Client {
 public:
  Client(int port, std::size_t body) : port_(port), body_(body, 'b') {}

  void Run(const std::atomic<bool>& is_over) {
    HttpClient client(port_);
    while (!is_over && failure_.empty()) {
      const auto answer = body_.empty() ? client.Get("/subject") : client.Post("/subject", body_);
      ++asked_;
      if (!answer) {
        failure_ = answer.error().Text();
      } else if (answer->status != 200 ||
                 !answer->body.ends_with(fmt::format(" {}", body_.size()))) {
        failure_ = fmt::format("{}: {}", answer->status, answer->body);
      }
    }
  }
  [[nodiscard]] int asked() const { return asked_; }
  [[nodiscard]] const std::string& failure() const { return failure_; }

 private:
  int port_;
  std::string body_;
  int asked_ = 0;
  std::string failure_;
};

}  // namespace

TEST_P(HostingRestartUnderLoad, NobodyFailsAndNothingAccumulates) {
  About({.rule = "SHUT-8",
         .title = "20 restarts in a row while clients ask: GET, small bodies, bodies of 1 MB",
         .expected = "0 failed; processes, descriptors and sockets as before",
         .mode = ModeOf(GetParam())});
  std::filesystem::create_directory(stage().path("sockets"));
  const std::string placed =
      "WSGISocketPrefix {stage}/sockets/s\nStartServers 2\n" + PlacedIn(GetParam());
  ServeNamed("0", placed);
  const auto processes = ChildrenNow().size();
  const auto sockets = SocketFiles();
  const long descriptors = HoldingsOf(host().supervisor()).descriptors;
  std::atomic<bool> is_over{false};
  std::vector<std::unique_ptr<Client>> clients;
  for (const std::size_t body : {0U, 0U, 100U, 1'000'000U})
    clients.push_back(std::make_unique<Client>(host().port(), body));
  std::vector<std::thread> threads;
  for (const auto& client : clients)
    threads.emplace_back([&is_over, &client = *client] { client.Run(is_over); });
  bool has_served = true;
  for (int i = 1; i <= kRestarts && has_served; ++i) {
    Reconfigure(Named(std::to_string(i), placed), i % 2 == 0 ? SIGHUP : SIGUSR1);
    has_served = HaveServed(i);
    EXPECT_TRUE(has_served) << i;
    EXPECT_TRUE(IsAnsweredBy(std::to_string(i)));
  }
  is_over = true;
  for (auto& thread : threads)
    thread.join();
  int asked = 0;
  for (const auto& client : clients) {
    EXPECT_EQ(client->failure(), "");
    EXPECT_GT(client->asked(), 0);
    asked += client->asked();
  }
  EXPECT_TRUE(HaveEnded(kRestarts));
  Found(fmt::format("{} asked, {} restarts", asked, kRestarts));
  EXPECT_EQ(ChildrenNow().size(), processes);
  EXPECT_EQ(SocketFiles(), sockets);
  EXPECT_EQ(HoldingsOf(host().supervisor()).descriptors, descriptors);
}

INSTANTIATE_TEST_SUITE_P(Hosting,
                         HostingRestartUnderLoad,
                         testing::ValuesIn(kPlacesMain),
                         [](const auto& place) { return NameOf(place.param); });

}  // namespace suites::hosting
