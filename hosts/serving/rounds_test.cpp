// What is found out about the world once in a round of the loop holds for all requests of that round: each of them must
// have come before anybody looked. (hosts/command/files_of_a_round.h looks at scripts that way: RELOAD-4.)

#include <gtest/gtest.h>

#include <atomic>
#include <charconv>
#include <string>
#include <thread>
#include <vector>

#include "hosts/serving/testing/behaviours.h"
#include "hosts/serving/testing/raw_client.h"

namespace hosts::serving {
namespace {

using testing::RawClient;
using testing::TestServer;

// Looks at `world` once in a round. The path of a request says what it was when the client asked.
class LooksOnce final : public Service {
 public:
  explicit LooksOnce(const std::atomic<int>& world) : world_(world) {}

  void Decide(exchange::RequestHead& head, Decision& decision) override {
    if (loop->round() != round_) {
      round_ = loop->round();
      seen_ = world_;
    }
    int when_asked = 0;
    const std::string_view number = std::string_view(decision.path).substr(1);
    std::from_chars(number.data(), number.data() + number.size(), when_asked);
    if (seen_ < when_asked) ++stale;
    decision.path_info = decision.path;
    head.path_info = decision.path_info;
    decision.what = Decision::What::Run;
  }
  std::unique_ptr<Forwarding> Forward(ForwardedRequest& request) override {
    return std::make_unique<testing::Echoing>(request);
  }

  Loop* loop = nullptr;
  int stale = 0;  // the leader's; read when the loop has ended

 private:
  const std::atomic<int>& world_;
  std::uint64_t round_ = 0;
  int seen_ = 0;
};

// Asks again and again, and changes the world after each answer, as whoever replaces a script and looks at the result.
void AskAndChange(int port, std::size_t size, std::atomic<int>& world) {
  constexpr int kRequests = 1000;
  RawClient client(port);
  const std::string body(size, 'b');
  for (int i = 0; i < kRequests; ++i) {
    client.Send("POST /" + std::to_string(world) + " HTTP/1.1\r\nHost: h\r\nContent-Length: " +
                std::to_string(size) + "\r\n\r\n" + body);
    (void)client.ReadUntil("done");
    ++world;
  }
}

// Bodies that the application reads itself: events come for bytes that a thread has read long ago.
TEST(Rounds, ALookIsNeverOlderThanTheRequestThatItIsFor) {
  std::atomic<int> world{1};
  LooksOnce service(world);
  const AnswerFunction read_all = [](const auto&, auto& body, exchange::AnswerSink& sink) {
    std::string text;
    if (!testing::ReadBody(body, text)) return sink.Abort();
    testing::AnswerWith(testing::HeadWithLength(200, 4), {"done"}, sink);
  };
  TestServer server(
      3,
      service,
      [&] { return read_all; },
      HttpSettings{},
      [&](Loop& loop) { service.loop = &loop; });
  std::vector<std::thread> clients;
  for (const std::size_t size : {0U, 0U, 100U, 200'000U, 400'000U})
    clients.emplace_back(AskAndChange, server.port(), size, std::ref(world));
  for (std::thread& client : clients)
    client.join();
  server.Stop();
  EXPECT_EQ(service.stale, 0);
}

}  // namespace
}  // namespace hosts::serving
