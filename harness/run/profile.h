#pragma once
// RunProfile: how long each cell is measured and with how many connections.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace harness::run {

struct RunProfile {
  std::string name;
  std::chrono::milliseconds warm_up{0};
  std::chrono::milliseconds closed_loop{0};
  std::chrono::milliseconds open_loop{0};
  int closed_connections = 8;
  int open_connections = 16;
  double open_share = 0.5;                    // of the rate that the closed loop reached
  std::chrono::milliseconds patience{30000};  // for the answer to one request before the load
  // Behind everything that is timed, memory is looked at after each of so many stretches of load: whether it grows.
  int memory_slices = 0;
  std::chrono::milliseconds memory_slice{0};
  std::chrono::milliseconds noise_probe{0};  // of the machine, before the first cell
};

// "smoke", "quick" or "full".
[[nodiscard]] std::optional<RunProfile> FindProfile(std::string_view name);

}  // namespace harness::run
