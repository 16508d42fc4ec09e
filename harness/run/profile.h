#pragma once
// RunProfile: how long each cell is measured and with how many connections.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace harness::run {

struct RunProfile {
  std::string name;
  std::chrono::milliseconds warm_up;
  std::chrono::milliseconds closed_loop;
  std::chrono::milliseconds open_loop;
  int closed_connections = 8;
  int open_connections = 16;
  double open_share = 0.5;                    // of the rate that the closed loop reached
  std::chrono::milliseconds patience{30000};  // for the answer to one request before the load
};

// "smoke", "quick" or "full".
[[nodiscard]] std::optional<RunProfile> FindProfile(std::string_view name);

}  // namespace harness::run
