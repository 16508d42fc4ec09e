// The load generator's inner loops: a latency recorded, an answer read and checked. The floors: one
// counter counted up, and the bytes of the answer copied.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "harness/load/answer_check.h"
#include "harness/load/answer_reader.h"
#include "harness/load/canary.h"
#include "harness/load/schedule.h"
#include "hosts/base/check.h"
#include "reports/histogram/histogram.h"

namespace suites::micro {
namespace {

constexpr std::string_view kAnswer =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n"
    "Date: Sat, 28 Nov 2026 12:00:00 GMT\r\nServer: wsgilab\r\n\r\nHello, world!";

// Latencies from a microsecond to seconds, always the same.
class Latencies {
 public:
  [[nodiscard]] std::int64_t Next() {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return 1'000 + static_cast<std::int64_t>((state_ >> 33) >> (state_ >> 59));
  }

 private:
  std::uint64_t state_ = 1;
};

void Latency_Record(benchmark::State& state) {
  reports::histogram::Histogram histogram;
  Latencies latencies;
  for (auto _ : state)
    histogram.Record(latencies.Next());
  CHECK(histogram.count() == static_cast<std::int64_t>(state.iterations()), "each is recorded");
}

void Latency_Floor_Count(benchmark::State& state) {
  std::vector<std::int64_t> counts(4096);
  Latencies latencies;
  for (auto _ : state)
    ++counts[static_cast<std::size_t>(latencies.Next()) % counts.size()];
  benchmark::DoNotOptimize(counts.data());
}

void Answer_ReadAndCheck(benchmark::State& state) {
  harness::load::AnswerReader reader;
  harness::load::AnswerCheck check;
  check.body = "Hello, world!";
  for (auto _ : state) {
    const auto space = reader.Space();
    std::memcpy(space.data(), kAnswer.data(), kAnswer.size());
    const auto now = reader.Received(kAnswer.size());
    CHECK(now == harness::load::AnswerReader::State::Whole, "a whole answer was received");
    CHECK(IsAsExpected(check, reader.status(), reader.body()), "and the one that is expected");
    reader.Next();
  }
}

void Answer_Floor_Copy(benchmark::State& state) {
  char copy[kAnswer.size()];
  for (auto _ : state) {
    std::memcpy(copy, kAnswer.data(), kAnswer.size());
    benchmark::DoNotOptimize(copy);
    benchmark::ClobberMemory();
  }
}

void Answer_FindToken(benchmark::State& state) {
  const harness::load::Token token(7, 1);
  std::string head(kAnswer.substr(0, kAnswer.size() - 13));
  head.insert(head.size() - 2, "X-Wsgilab-Canary: " + std::string(token.text()) + "\r\n");
  for (auto _ : state) {
    const auto echo = harness::load::FindEcho(head, "Hello, world!", token);
    CHECK(echo == harness::load::Echo::Own, "the answer holds its own token");
  }
}

void Schedule_Next(benchmark::State& state) {
  harness::load::LoadProfile profile;
  profile.loop = harness::load::Loop::Open;
  profile.rate_per_s = 1000;
  profile.arrivals =
      state.range(0) == 0 ? harness::load::Arrivals::Even : harness::load::Arrivals::Poisson;
  harness::load::Schedule schedule(profile, {});
  for (auto _ : state) {
    schedule.Pass();
    benchmark::DoNotOptimize(schedule.due());
  }
}

BENCHMARK(Answer_FindToken);
BENCHMARK(Schedule_Next)->ArgName("poisson")->Arg(0)->Arg(1);
BENCHMARK(Latency_Record);
BENCHMARK(Latency_Floor_Count);
BENCHMARK(Answer_ReadAndCheck);
BENCHMARK(Answer_Floor_Copy);

}  // namespace
}  // namespace suites::micro
