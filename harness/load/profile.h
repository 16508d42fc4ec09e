#pragma once
// LoadProfile: how requests are offered. LoadRequest: one of them, ready to be sent.
//
// Closed loop: every connection sends its next request when its answer has come. Shows capacity.
// Open loop:   one global schedule (schedule.h); any idle connection takes the next slot.
//              Shows what clients who do not wait for each other would see.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "harness/load/answer_check.h"

namespace harness::load {

enum class Loop { Closed, Open };
// Even: equal gaps. Poisson: as clients come who know nothing of each other.
enum class Arrivals { Even, Poisson };
enum class Connecting { Once, ForEachRequest };
enum class Canary { Off, On };  // canary.h

struct LoadProfile {
  Loop loop = Loop::Closed;
  int connections = 8;
  double rate_per_s = 0;  // open loop only
  std::chrono::nanoseconds duration{std::chrono::seconds(1)};
  // How long answers that are still out are waited for after the last request was sent.
  std::chrono::nanoseconds drain{std::chrono::seconds(1)};
  std::optional<double> ramp_to_per_s =
      std::nullopt;  // open loop: the rate changes evenly until it is this
  Arrivals arrivals = Arrivals::Even;
  std::uint64_t seed = 1;  // of Poisson arrivals: the same seed is the same schedule
  Connecting connecting = Connecting::Once;
  Canary canary = Canary::Off;
  std::int64_t most_requests = 0;  // no more than these; 0: as many as the duration has room for
};

struct LoadRequest {
  std::string name;   // for messages
  std::string bytes;  // head and body, as they go over the wire
  AnswerCheck check;
  int weight = 1;  // of a mix: how many of its turns it has
};

// A GET of HTTP/1.1. `fields` is further header lines, each with its line end.
[[nodiscard]] std::string FormatGet(const std::string& host,
                                    const std::string& target,
                                    const std::string& fields = {});

}  // namespace harness::load
