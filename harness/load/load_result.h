#pragma once
// LoadResult: what one load phase did and saw, as values.
// Standing:   whether its numbers can be believed.
//
// The ledger balances: planned = sent + unsent, sent = done + failed + unfinished. Requests that
// were due and never sent or never answered are in the latency histogram with the age they had
// when the phase ended, and are called censored: the true latency is at least that, so a percentile at
// or beyond the least of them is a lower bound.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/load/profile.h"
#include "reports/histogram/histogram.h"

namespace harness::load {

using reports::histogram::Histogram;

// The generator against a server that does nothing (calibration.h): what it can do at most, and the
// latency that is its own and the kernel's.
struct Calibration {
  double ceiling_per_s = 0;   // closed loop
  std::int64_t floor_ns = 0;  // p50 of an open loop at a low rate
};

struct LoadResult {
  LoadProfile profile;
  double seconds = 0;  // in which requests were sent
  std::int64_t planned =
      0;  // open loop: slots of the schedule, to its end or to where it was ended
  std::int64_t sent = 0;
  std::int64_t unsent = 0;      // open loop: due, and never sent
  std::int64_t done = 0;        // answered, rightly or wrongly
  std::int64_t failed = 0;      // the connection broke, or there was none
  std::int64_t unfinished = 0;  // no answer until the drain was over
  std::int64_t wrong_answers = 0;
  std::int64_t crosstalk = 0;     // answers with the token of another request
  std::int64_t lost_tokens = 0;   // answers without any
  std::int64_t connects = 0;      // as many as connections, if the host keeps them
  std::int64_t done_in_time = 0;  // answered before sending ended
  // From the scheduled start, less the generator's own lateness: waiting for a connection, and service. In
  // the closed loop from the sending.
  Histogram latency;
  Histogram service;     // from the sending
  Histogram lateness;    // open loop: sending after slot and some connection were there
  Histogram connect;     // until a connection stood
  Histogram first_byte;  // from the sending
  std::optional<std::int64_t> least_censored_ns;
  double cpu_share = 0;      // of the generator's core, without waiting for a slot in a spin
  double waiting_share = 0;  // of the time, ready to run and without a core
  std::optional<Calibration> calibration;    // of this machine and as many connections
  std::optional<std::string> first_problem;  // of the first failed or wrong answer
  std::optional<std::string> ended_early;

  [[nodiscard]] std::int64_t censored() const { return unsent + unfinished; }
  [[nodiscard]] double requests_per_s() const {
    return seconds > 0 ? static_cast<double>(done_in_time) / seconds : 0;
  }
};

// What does not add up, which is a bug of ours; nothing when the ledger balances.
[[nodiscard]] std::optional<std::string> LedgerFault(const LoadResult& result);

// Which of mean, p50, p90, p99, p999 and max of the latency are only lower bounds.
[[nodiscard]] std::vector<std::string_view> LowerBounds(const LoadResult& result);

struct Standing {
  enum class State {
    Verified,
    LowerBound,  // the host is at least this good, or a latency at least this long
    Unverified,  // these numbers may be the generator's and not the host's
  };
  State state = State::Verified;
  std::optional<std::string> reason;  // of anything but verified
};

[[nodiscard]] Standing StandingOf(const LoadResult& result);

}  // namespace harness::load
