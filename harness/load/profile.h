#pragma once
// LoadProfile: how requests are offered. LoadRequest: one of them, ready to be sent.
//
// Closed loop: every connection sends its next request when its answer has come. Shows capacity.
// Open loop:   one global schedule, start + i / rate; any idle connection takes the next slot.
//              Shows what clients who do not wait for each other would see.

#include <chrono>
#include <string>

#include "harness/load/answer_check.h"

namespace harness::load {

enum class Loop { Closed, Open };

struct LoadProfile {
  Loop loop = Loop::Closed;
  int connections = 8;
  double rate_per_s = 0;  // open loop only
  std::chrono::nanoseconds duration{std::chrono::seconds(1)};
  // How long answers that are still out are waited for after the last request was sent.
  std::chrono::nanoseconds drain{std::chrono::seconds(1)};
};

struct LoadRequest {
  std::string name;   // for messages
  std::string bytes;  // head and body, as they go over the wire
  AnswerCheck check;
};

// A GET of HTTP/1.1. `fields` is further header lines, each with its line end.
[[nodiscard]] std::string FormatGet(const std::string& host,
                                    const std::string& target,
                                    const std::string& fields = {});

}  // namespace harness::load
