#pragma once
// TruthCase: a server whose latencies are drawn from a known distribution, and the load it is given.
// TruthRow:  a percentile as that server itself saw it, and as the generator did.
//
// What the server did is what is compared with, not what it was asked to do: a machine that is busy makes it
// late, and the generator must see that, too.

#include <chrono>
#include <string>
#include <vector>

#include "harness/load/load_result.h"
#include "harness/load/testing/known_server.h"

namespace harness::load {

struct TruthCase {
  std::string name;
  KnownServer::Behaviour behaviour;
  LoadProfile profile;
};

struct TruthRow {
  double percentile = 0;
  std::int64_t server_ns = 0;   // from when the request should have come; of a stall, from its slot
  std::int64_t latency_ns = 0;  // of the generator, from the schedule
  std::int64_t service_ns = 0;  // of the generator, from the sending

  // Within 1 %, or 20 us.
  [[nodiscard]] bool is_true() const;
};

struct Truth {
  std::string name;
  std::vector<TruthRow> rows;
  LoadResult result;
};

// Constant, lognormal, bimodal, and a stall of 100 ms in each second; 1,000 requests a second.
[[nodiscard]] std::vector<TruthCase> TruthCases(std::chrono::nanoseconds duration);
[[nodiscard]] Truth FindTruth(const TruthCase& asked);

}  // namespace harness::load
