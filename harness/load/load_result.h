#pragma once
// LoadResult: what one load phase did and saw, as values.
//
// The ledger balances: planned = sent + unsent, sent = done + failed + unfinished. Requests that
// were due and never sent or never answered are in the latency histogram with the age they had
// when the phase ended: the true latency is at least that.

#include <cstdint>
#include <optional>
#include <string>

#include "harness/load/profile.h"
#include "reports/histogram/histogram.h"

namespace harness::load {

using reports::histogram::Histogram;

struct LoadResult {
  LoadProfile profile;
  double seconds = 0;        // in which requests were sent
  std::int64_t planned = 0;  // open loop: slots of the schedule
  std::int64_t sent = 0;
  std::int64_t done = 0;        // answered, rightly or wrongly
  std::int64_t failed = 0;      // the connection broke
  std::int64_t unfinished = 0;  // no answer until the drain was over
  std::int64_t wrong_answers = 0;
  std::int64_t connects = 0;      // as many as connections, if the host keeps them
  std::int64_t done_in_time = 0;  // answered before sending ended
  Histogram latency;              // from the scheduled start; in the closed loop from the sending
  Histogram service;              // from the sending
  Histogram lateness;             // open loop: sending after both slot and connection were there
  double cpu_share = 0;           // of the generator's core, without waiting for a slot in a spin
  double waiting_share = 0;       // of the time, ready to run and without a core
  std::optional<std::string> first_problem;  // of the first failed or wrong answer
  std::optional<std::string> ended_early;

  [[nodiscard]] std::int64_t unsent() const { return planned - sent; }
  [[nodiscard]] double requests_per_s() const {
    return seconds > 0 ? static_cast<double>(done_in_time) / seconds : 0;
  }
};

// Why these numbers may be the generator's and not the host's; nothing when they can be believed.
[[nodiscard]] std::optional<std::string> WhyUnverified(const LoadResult& result);

}  // namespace harness::load
