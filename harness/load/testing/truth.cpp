#include "harness/load/testing/truth.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <random>

#include "harness/load/driver.h"
#include "hosts/base/check.h"

namespace harness::load {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

namespace {

constexpr double kRate = 1000;
// Each stall begins elsewhere between two slots, so that its latencies are spread and not some few values.
constexpr double kStallRate = 997;
constexpr int kConnections = 64;  // more than are ever busy
constexpr int kFewConnections = 4;

// Not the library's distributions: the same numbers everywhere.
class Random {
 public:
  double Uniform() { return (static_cast<double>(random_() >> 11U) + 0.5) * 0x1p-53; }
  double Normal() {
    return std::sqrt(-2 * std::log(Uniform())) * std::cos(2 * std::numbers::pi * Uniform());
  }

 private:
  std::mt19937_64 random_{20261129};
};

LoadProfile OpenLoop(int connections, nanoseconds duration) {
  return {
      .loop = Loop::Open, .connections = connections, .rate_per_s = kRate, .duration = duration};
}

TruthCase Drawn(const std::string& name,
                nanoseconds duration,
                std::function<nanoseconds(std::int64_t)> delay) {
  return {name, {.delay = std::move(delay)}, OpenLoop(kConnections, duration)};
}

Histogram InServer(const TruthCase& asked, std::vector<KnownServer::Exchange> exchanges) {
  Histogram histogram;
  if (asked.behaviour.stall_every.count() == 0) {
    for (const auto& exchange : exchanges)
      histogram.Record((exchange.sent - exchange.came).count());
    return histogram;
  }
  // Requests come in the order of their slots, on few connections: one waited from its slot until a connection was free, which is
  // when the answer so many before it was sent. The earliest arrival, against its slot, says when the schedule began.
  std::ranges::sort(exchanges, {}, &KnownServer::Exchange::came);
  const auto slot = [&asked](std::size_t index) {
    return nanoseconds(std::llround(static_cast<double>(index) * 1e9 / asked.profile.rate_per_s));
  };
  auto start = exchanges.front().came;
  for (std::size_t index = 0; index < exchanges.size(); ++index)
    start = std::min(start, exchanges[index].came - slot(index));
  const auto connections = static_cast<std::size_t>(asked.profile.connections);
  for (std::size_t index = 0; index < exchanges.size(); ++index) {
    const auto due = start + slot(index);
    const auto possible =
        index < connections ? due : std::max(due, exchanges[index - connections].sent);
    const auto& exchange = exchanges[index];
    histogram.Record((possible - due + (exchange.sent - exchange.came)).count());
  }
  return histogram;
}

}  // namespace

bool TruthRow::is_true() const {
  const std::int64_t allowed = std::max<std::int64_t>(20'000, server_ns / 100);
  return std::llabs(latency_ns - server_ns) <= allowed;
}

std::vector<TruthCase> TruthCases(nanoseconds duration) {
  std::vector<TruthCase> cases;
  cases.push_back(Drawn("constant", duration, [](std::int64_t) { return milliseconds(5); }));
  cases.push_back(Drawn("lognormal", duration, [random = Random()](std::int64_t) mutable {
    return nanoseconds(std::llround(4e6 * std::exp(0.5 * random.Normal())));
  }));
  cases.push_back(Drawn("bimodal", duration, [random = Random()](std::int64_t) mutable {
    return random.Uniform() < 0.1 ? milliseconds(20) : milliseconds(2);
  }));
  TruthCase stall = Drawn("stall", duration, [](std::int64_t) { return microseconds(0); });
  stall.behaviour.stall_every = std::chrono::seconds(1);
  stall.behaviour.stall_lasts = milliseconds(100);
  stall.profile.connections = kFewConnections;
  stall.profile.rate_per_s = kStallRate;
  stall.profile.duration += milliseconds(500);  // ends far from a stall: all that is due is sent
  cases.push_back(std::move(stall));
  return cases;
}

Truth FindTruth(const TruthCase& asked) {
  KnownServer server(asked.behaviour);
  AnswerCheck check;
  check.body = "ok";
  auto result = RunLoad({"127.0.0.1", server.port()},
                        {{asked.name, FormatGet("localhost", "/"), check}},
                        asked.profile);
  server.Stop();
  CHECK(result.has_value(), "a server of ours answers");
  const Histogram in_server = InServer(asked, server.exchanges());
  Truth truth{asked.name, {}, std::move(*result)};
  // A tenth of the time is stalled: at p90 any request more or less is a jump from 0 to 100 ms.
  const bool stalls = asked.behaviour.stall_every.count() > 0;
  for (const double percentile : {50.0, stalls ? 95.0 : 90.0, 99.0, 99.9}) {
    if (!in_server.Supports(percentile)) continue;
    truth.rows.push_back({percentile,
                          in_server.ValueAt(percentile),
                          truth.result.latency.ValueAt(percentile),
                          truth.result.service.ValueAt(percentile)});
  }
  return truth;
}

}  // namespace harness::load
