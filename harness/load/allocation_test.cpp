// In the steady state the generator allocates nothing: a load of many requests makes as many allocations
// as one of few.

#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "harness/load/driver.h"
#include "harness/load/testing/known_server.h"

namespace {

thread_local std::int64_t allocations = 0;

}  // namespace

// Where both are inlined, GCC does not see that they belong together.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
#endif

// Of this whole program, for counting; nothrow and array forms come to these.
void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t /*size*/) noexcept {
  std::free(memory);
}

namespace harness::load {
namespace {

constexpr std::int64_t kFew = 200;
constexpr std::int64_t kMany = 4000;

// Of this thread; the server's are on its own.
std::int64_t AllocationsOf(const KnownServer& server, LoadProfile profile, std::int64_t requests) {
  profile.most_requests = requests;
  AnswerCheck check;
  check.body = "ok";
  check.contains = {"k"};
  const std::vector<LoadRequest> list{{"ok", FormatGet("localhost", "/"), check, 2},
                                      {"too", FormatGet("localhost", "/too"), check, 1}};
  const std::int64_t before = allocations;
  const auto result = RunLoad({"127.0.0.1", server.port()}, list, profile);
  const std::int64_t after = allocations;
  EXPECT_TRUE(result);
  EXPECT_EQ(result->done, requests);
  EXPECT_EQ(result->wrong_answers, 0);
  return after - before;
}

void ExpectAsManyForMany(const KnownServer& server, const LoadProfile& profile) {
  const std::int64_t few = AllocationsOf(server, profile, kFew);
  EXPECT_GT(few, 0) << "they are counted";
  // What /proc says at the end may be longer.
  EXPECT_LE(AllocationsOf(server, profile, kMany), few + 4);
}

TEST(Allocations, NoneForEachRequest) {
  const KnownServer server({});
  LoadProfile profile{.connections = 4, .duration = std::chrono::seconds(60)};
  ExpectAsManyForMany(server, profile);
  profile.canary = Canary::On;
  ExpectAsManyForMany(server, profile);
  profile.loop = Loop::Open;
  profile.rate_per_s = 20'000;
  profile.arrivals = Arrivals::Poisson;
  ExpectAsManyForMany(server, profile);
}

TEST(Allocations, NoneForChunks) {
  const KnownServer server({.answer = [](std::int64_t) {
    return std::string(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n");
  }});
  ExpectAsManyForMany(server, {.connections = 4, .duration = std::chrono::seconds(60)});
}

}  // namespace
}  // namespace harness::load
