#pragma once
// HttpLimits:  how large a request may be, how slow a client, and how long a connection is kept.
// HttpChoices: what a configuration says about them; the rest is the default.
//
// Source: Apache 2.4's core and mod_reqtimeout, whose names and defaults these are, where
//         hosts/deviations.md says nothing else.

#include <chrono>
#include <cstdint>
#include <optional>

namespace hosts::deployment {

// From the first byte on: `first`, and a second more for every `bytes_per_second` that came, but
// not more than `most`. Zero: no limit, no rate.
struct ReadTimeout {
  std::chrono::milliseconds first{0};
  std::chrono::milliseconds most{0};
  std::uint64_t bytes_per_second = 0;

  [[nodiscard]] std::chrono::milliseconds For(std::uint64_t bytes) const;
  bool operator==(const ReadTimeout&) const = default;
};

struct HttpLimits {
  std::uint32_t request_line = 8190;  // bytes
  std::uint32_t field_size = 8190;    // bytes of a header's line
  std::uint32_t fields = 100;         // 0: any number
  bool keep_alive = true;
  std::uint32_t keep_alive_requests = 0;  // on one connection; 0: any number
  std::chrono::milliseconds keep_alive_timeout{5'000};
  std::chrono::milliseconds timeout{60'000};  // of a single wait for the client
  ReadTimeout head_timeout{
      std::chrono::milliseconds(20'000), std::chrono::milliseconds(40'000), 500};
  ReadTimeout body_timeout{std::chrono::milliseconds(20'000), std::chrono::milliseconds(0), 500};
};

struct HttpChoices {
  std::optional<std::uint32_t> request_line;
  std::optional<std::uint32_t> field_size;
  std::optional<std::uint32_t> fields;
  std::optional<bool> keep_alive;
  std::optional<std::uint32_t> keep_alive_requests;
  std::optional<std::chrono::milliseconds> keep_alive_timeout;
  std::optional<std::chrono::milliseconds> timeout;
  std::optional<ReadTimeout> head_timeout;
  std::optional<ReadTimeout> body_timeout;

  // What is said replaces what was there.
  void LayOver(HttpLimits& limits) const;
};

}  // namespace hosts::deployment
