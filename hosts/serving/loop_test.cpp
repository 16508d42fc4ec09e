#include "hosts/serving/loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>

#include <atomic>
#include <barrier>
#include <latch>
#include <mutex>
#include <semaphore>
#include <set>

#include "hosts/serving/testing/raw_client.h"

namespace hosts::serving {

using testing::RawClient;
using testing::RunEverything;
using testing::TestServer;

namespace {

void SayOk(exchange::AnswerSink& sink) {
  exchange::AnswerHead head;
  head.content_length = 2;
  (void)sink.Begin(std::move(head));
  (void)sink.Write("ok", exchange::AnswerSink::Then::More);
  (void)sink.Finish();
}

void Ask(RawClient& client, const std::string& path = "/") {
  client.Send("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n");
}

}  // namespace

// The point of the monitor: a slow application gets all its threads.
TEST(Loop, RunsAsManySlowRequestsAtOnceAsThereAreThreads) {
  constexpr int kThreads = 4;
  RunEverything service;
  std::barrier all_inside(kThreads);
  TestServer server(kThreads, service, [&]() -> AnswerFunction {
    return [&](const auto&, auto&, auto& sink) {
      all_inside.arrive_and_wait();  // passes only when all of them are inside together
      SayOk(sink);
    };
  });
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < kThreads; ++i)
    clients.push_back(std::make_unique<RawClient>(server.port()));
  for (int round = 0; round < 20; ++round) {
    for (auto& client : clients)
      Ask(*client);
    for (auto& client : clients)
      client->ReadUntil("\r\n\r\nok");
  }
}

// With every thread inside the application the monitor leads: what comes is read, refused or queued.
TEST(Loop, ReadsAndQueuesWhileEveryThreadIsInside) {
  RunEverything service;
  std::counting_semaphore<> may_leave(0);
  std::atomic<int> entered{0};
  TestServer server(1, service, [&]() -> AnswerFunction {
    return [&](const auto&, auto&, auto& sink) {
      ++entered;
      may_leave.acquire();
      SayOk(sink);
    };
  });
  RawClient first(server.port());
  RawClient second(server.port());
  RawClient third(server.port());
  Ask(first);
  while (entered == 0)
    std::this_thread::yield();
  Ask(second);
  Ask(third, "/missing");
  third.ReadUntil("</html>\n");
  EXPECT_TRUE(second.is_quiet());
  may_leave.release(2);
  first.ReadUntil("\r\n\r\nok");
  second.ReadUntil("\r\n\r\nok");
  EXPECT_EQ(entered, 2);
}

// Answers of one round leave together, but never wait for a request of the round that takes long.
TEST(Loop, SendsAnAnswerWhileTheNextRequestOfItsRoundIsInside) {
  RunEverything service;
  std::counting_semaphore<> may_leave(0);
  TestServer server(2, service, [&]() -> AnswerFunction {
    return [&](const exchange::RequestHead& head, auto&, auto& sink) {
      if (head.path_info == "/slow") may_leave.acquire();
      SayOk(sink);
    };
  });
  RawClient fast(server.port());
  RawClient slow(server.port());
  for (int i = 0; i < 200; ++i) {  // in some of them both come in one round
    Ask(fast);
    Ask(slow, "/slow");
    fast.ReadUntil("\r\n\r\nok");
    may_leave.release();
    slow.ReadUntil("\r\n\r\nok");
  }
}

TEST(Loop, HoldsNoAnswersBackFromOneClientThatPipelines) {
  RunEverything service;
  TestServer server(1, service, [&]() -> AnswerFunction {
    return [](const auto&, auto&, auto& sink) { SayOk(sink); };
  });
  RawClient client(server.port());
  std::string together;
  for (int i = 0; i < 50; ++i)
    together += "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  client.Send(together);
  for (int i = 0; i < 50; ++i)
    client.ReadUntil("\r\n\r\nok");
}

// Found by fuzz_connection: bytes of an answer were sent twice. A forwarded request that ended at once
// had the connection looked at again, when its next request was already with a thread: the leader and the
// thread then sent from one buffer.
TEST(Loop, LeavesAConnectionAloneThatIsToBeLookedAtAgainAndWasGivenToAThread) {
  class Revisited final : public Connection {
   public:
    using Connection::Connection;
    void Answer(const AnswerFunction&) override {
      is_inside = true;
      may_leave.acquire();
      is_inside = false;
    }
    void Conclude() override {}
    void Proceed() override {
      if (is_inside) was_disturbed = true;
      if (was_submitted) return;
      was_submitted = true;
      loop().Revisit(*this);
      loop().Submit(*this);
    }
    void OnTick(base::Clock::time_point) override {}
    void OnStop() override { loop().Destroy(*this); }
    [[nodiscard]] bool has_more_to_do() const override { return false; }
    std::counting_semaphore<> may_leave{0};
    std::atomic<bool> is_inside{false};
    std::atomic<bool> was_disturbed{false};
    bool was_submitted = false;
  };
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  const base::UniqueFd other_end(ends[1]);
  Revisited* connection = nullptr;
  RunEverything service;
  TestServer server(
      1,
      service,
      [] { return AnswerFunction([](const auto&, auto&, auto& sink) { SayOk(sink); }); },
      {},
      [&](Loop& loop) {
        auto made = std::make_unique<Revisited>(loop, base::UniqueFd(ends[0]));
        connection = made.get();
        loop.Own(std::move(made));
      });
  while (!connection->is_inside)
    std::this_thread::yield();
  // Two answers of the loop: it has gone round, and looked at what was to be looked at again.
  RawClient client(server.port());
  for (int round = 0; round < 2; ++round) {
    Ask(client, "/missing");
    client.ReadUntil("</html>\n");
  }
  EXPECT_FALSE(connection->was_disturbed);
  connection->may_leave.release();
}

// INTERP-6: what belongs to a thread stays with it; with one thread there is one.
TEST(Loop, UsesNoMoreThreadsThanItWasGiven) {
  RunEverything service;
  std::mutex mutex;
  std::set<std::thread::id> seen;
  std::counting_semaphore<> slow(0);
  TestServer server(1, service, [&]() -> AnswerFunction {
    return [&](const exchange::RequestHead& head, auto&, auto& sink) {
      {
        const std::lock_guard lock(mutex);
        seen.insert(std::this_thread::get_id());
      }
      if (head.path_info == "/slow") slow.acquire();
      SayOk(sink);
    };
  });
  RawClient client(server.port());
  RawClient other(server.port());
  for (int i = 0; i < 20; ++i) {
    Ask(client, "/slow");
    Ask(other, "/missing");
    other.ReadUntil("</html>\n");
    Ask(other);
    slow.release();
    client.ReadUntil("\r\n\r\nok");
    other.ReadUntil("\r\n\r\nok");
  }
  EXPECT_EQ(seen.size(), 1U);
}

TEST(Loop, AnswersEveryRequestOfManyClientsOnManyThreads) {
  RunEverything service;
  std::atomic<int> answered{0};
  TestServer server(4, service, [&]() -> AnswerFunction {
    return [&, count = 0](const auto&, auto&, auto& sink) mutable {
      if (++count % 16 == 0) {  // now and then one is slow enough to lose the leadership
        const auto until = base::Clock::now() + std::chrono::milliseconds(1);
        while (base::Clock::now() < until) {
        }
      }
      ++answered;
      SayOk(sink);
    };
  });
  constexpr int kClients = 8;
  constexpr int kRequests = 400;
  std::vector<std::thread> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.emplace_back([&server] {
      RawClient client(server.port());
      for (int j = 0; j < kRequests; ++j) {
        Ask(client);
        client.ReadUntil("\r\n\r\nok");
      }
    });
  }
  for (auto& client : clients)
    client.join();
  EXPECT_EQ(answered, kClients * kRequests);
}

TEST(Loop, StopsAtOnceWhenIdleAndLetsARunningRequestFinish) {
  RunEverything service;
  std::binary_semaphore entered(0);
  std::binary_semaphore may_leave(0);
  TestServer server(2, service, [&]() -> AnswerFunction {
    return [&](const exchange::RequestHead& head, auto&, auto& sink) {
      if (head.path_info == "/slow") {
        entered.release();
        may_leave.acquire();
      }
      SayOk(sink);
    };
  });
  RawClient idle(server.port());
  Ask(idle);
  idle.ReadUntil("\r\n\r\nok");
  RawClient busy(server.port());
  Ask(busy, "/slow");
  entered.acquire();
  server.loop().RequestStop();
  EXPECT_EQ(idle.ReadToEnd(), "");  // closed although the other one is still being answered
  may_leave.release();
  EXPECT_THAT(busy.ReadToEnd(), ::testing::EndsWith("\r\n\r\nok"));
  // The connection that a thread gives back is the last: nobody waits for the next tick.
  const auto given_back = base::Clock::now();
  EXPECT_EQ(server.Stop(), Loop::Ended::Cleanly);
  EXPECT_LT(base::Clock::now() - given_back, std::chrono::milliseconds(500));
}

TEST(Loop, LeavesWithItsClients) {
  RunEverything service;
  TestServer server(1, service, [&]() -> AnswerFunction {
    return [](const auto&, auto&, auto& sink) { SayOk(sink); };
  });
  RawClient kept(server.port());
  Ask(kept);
  EXPECT_EQ(kept.ReadUntil("\r\n\r\nok").find("Connection: close"), std::string::npos);
  server.loop().RequestLeave();
  while (!server.loop().is_ending())
    std::this_thread::yield();
  RawClient late(server.port());  // for whoever accepts there now
  Ask(late);
  Ask(kept);
  EXPECT_THAT(kept.ReadToEnd(), ::testing::HasSubstr("Connection: close"));
  kept.Reset();
  EXPECT_EQ(server.WaitForEnd(), Loop::Ended::Cleanly);
  EXPECT_TRUE(late.is_quiet());
}

TEST(Loop, StopsThoughItIsLeaving) {
  RunEverything service;
  TestServer server(1, service, [&]() -> AnswerFunction {
    return [](const auto&, auto&, auto& sink) { SayOk(sink); };
  });
  RawClient kept(server.port());
  Ask(kept);
  kept.ReadUntil("\r\n\r\nok");
  server.loop().RequestLeave();
  server.loop().RequestStop();
  EXPECT_EQ(kept.ReadToEnd(), "");
  EXPECT_EQ(server.Stop(), Loop::Ended::Cleanly);
}

// Timeouts of groups are looked at there: more often than once a second, and only while somebody waits.
TEST(Loop, TicksFinelyWhileARequestIsThere) {
  RunEverything service;
  std::binary_semaphore may_leave(0);
  std::atomic<int> fine{0};
  std::atomic<int> coarse{0};
  TestServer server(
      2,
      service,
      [&]() -> AnswerFunction {
        return [&](const auto&, auto&, auto& sink) {
          may_leave.acquire();
          SayOk(sink);
        };
      },
      {},
      [&](Loop& loop) {
        loop.OnFineTick([&fine] { ++fine; });
        loop.OnTick([&coarse] {
          ++coarse;
          coarse.notify_all();
        });
      });
  coarse.wait(0);
  EXPECT_EQ(fine, 0);
  RawClient client(server.port());
  Ask(client);
  const int before = coarse;
  coarse.wait(before);
  coarse.wait(before + 1);
  EXPECT_GT(fine, 2);
  may_leave.release();
  client.ReadUntil("\r\n\r\nok");
}

namespace {

std::size_t OwnStack() {
  pthread_attr_t attributes;
  ::pthread_getattr_np(::pthread_self(), &attributes);
  std::size_t bytes = 0;
  ::pthread_attr_getstacksize(&attributes, &bytes);
  ::pthread_attr_destroy(&attributes);
  return bytes;
}

std::size_t UsualStack() {
  pthread_attr_t attributes;
  ::pthread_getattr_default_np(&attributes);
  std::size_t bytes = 0;
  ::pthread_attr_getstacksize(&attributes, &bytes);
  ::pthread_attr_destroy(&attributes);
  return bytes;
}

// Of the loop's thread. glibc gives a new thread the stack of an ended one, if that is large enough:
// the first that is asked for here must be the smallest.
std::size_t StackOf(LoopSettings settings) {
  Loop loop(settings);
  std::size_t stack = 0;
  const auto ended = loop.Run([&]() -> AnswerFunction {
    stack = OwnStack();
    loop.RequestStop();
    return {};
  });
  EXPECT_EQ(ended, Loop::Ended::Cleanly);
  return stack;
}

}  // namespace

// CFG-97.
TEST(Loop, GivesItsThreadsTheirStacksAndNobodyElse) {
  // Larger than any stack of the tests before: glibc gives a thread one that it has kept, if that is enough.
  constexpr std::size_t kSize = 16 << 20;
  const std::size_t usual = UsualStack();
  ASSERT_NE(usual, kSize);
  EXPECT_EQ(StackOf({.threads = 1, .stack_size = kSize}), kSize);
  EXPECT_EQ(UsualStack(), usual) << "the default did not come back";
  EXPECT_EQ(StackOf({.threads = 1, .stack_size = 1}), usual) << "no thread has so little";
}

TEST(LoopDeathTest, SaysWhenAnApplicationDoesNotReturn) {
  RunEverything service;
  static std::binary_semaphore entered(0);
  static std::latch never(1);
  Loop loop({.threads = 1, .stop_grace = std::chrono::milliseconds(50)});
  auto listening = std::make_unique<base::UniqueFd>(
      ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(listening->get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
            0);
  ASSERT_EQ(::listen(listening->get(), 8), 0);
  const HttpSettings settings;
  EXPECT_EXIT(
      {
        const Listener listener(loop, listening->get(), [&](base::UniqueFd socket) {
          return std::make_unique<HttpConnection>(loop, service, settings, std::move(socket));
        });
        std::thread in_child([&loop, port = LocalAddress(listening->get()).port] {
          RawClient client(port);
          Ask(client);
          entered.acquire();
          loop.RequestStop();
        });
        const auto ended = loop.Run([]() -> AnswerFunction {
          return [](const auto&, auto&, auto&) {
            entered.release();
            never.wait();
          };
        });
        in_child.join();
        ::_exit(ended == Loop::Ended::WithThreadsInside ? 7 : 8);
      },
      ::testing::ExitedWithCode(7),
      "");
}

}  // namespace hosts::serving
