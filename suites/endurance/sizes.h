#pragma once
// Sizes: how much of everything the checks in bad weather do: little, so that they are quick among all other
// checks, or as much as is promised, when the environment says WSGILAB_ENDURANCE=full (scripts/endure).

#include <chrono>
#include <cstddef>

namespace suites::endurance {

struct Sizes {
  bool is_full = false;
  int idle_connections = 2'000;
  std::size_t body_mib = 96;
  int latency_rounds = 2;
  int requests_a_round = 500;
  std::chrono::seconds patience{20};  // for one body
};

// As the environment of this process says; an unknown word there ends the process.
[[nodiscard]] const Sizes& TheSizes();

}  // namespace suites::endurance
