#include "harness/load/arrival.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <array>

#include "harness/load/endpoint.h"
#include "harness/load/testing/known_server.h"
#include "hosts/base/unique_fd.h"

namespace harness::load {
namespace {

using hosts::base::Clock;

// Read 20 ms after it came, an answer is said to have come before. The kernel begins to stamp some moments after the
// first socket of the machine has asked for it: until then there is none.
TEST(Arrival, IsWhenTheBytesCameNotWhenTheyWereRead) {
  const KnownServer server({});
  const auto endpoint = FindEndpoint({"127.0.0.1", server.port()});
  ASSERT_TRUE(endpoint);
  const hosts::base::UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(::connect(fd.get(), endpoint->address(), endpoint->size), 0);
  AskForStamps(fd.get());
  const auto deadline = hosts::base::Deadline::After(std::chrono::seconds(60));
  Received received;
  Clock::time_point sent;
  Clock::time_point seen;
  while (received.at == Clock::time_point() && !deadline.has_passed()) {
    sent = Clock::now();
    ASSERT_EQ(::send(fd.get(), "GET", 3, 0), 3);
    pollfd entry{fd.get(), POLLIN, 0};
    ASSERT_EQ(::poll(&entry, 1, 60'000), 1);
    seen = Clock::now();
    ASSERT_EQ(::poll(nullptr, 0, 20), 0);  // what is not read does not come later
    std::array<char, 100> space{};
    received = ReceiveStamped(fd.get(), space);
    ASSERT_GT(received.count, 10);
  }
  EXPECT_GE(received.at, sent);
  EXPECT_LE(received.at, seen);
}

TEST(Arrival, WithoutAStampItIsUnknown) {
  int pair[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
  const hosts::base::UniqueFd one(pair[0]);
  const hosts::base::UniqueFd other(pair[1]);
  ASSERT_EQ(::send(one.get(), "x", 1, 0), 1);
  std::array<char, 10> space{};
  const Received received = ReceiveStamped(other.get(), space);
  EXPECT_EQ(received.count, 1);
  EXPECT_EQ(received.at, Clock::time_point());
}

}  // namespace
}  // namespace harness::load
