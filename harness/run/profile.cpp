#include "harness/run/profile.h"

namespace harness::run {

using std::chrono::milliseconds;

std::optional<RunProfile> FindProfile(std::string_view name) {
  RunProfile profile;
  profile.name = name;
  profile.noise_probe = milliseconds(1000);
  if (name == "smoke") {  // 32 cells and all checks within two minutes
    profile.warm_up = milliseconds(150);
    profile.closed_loop = profile.open_loop = milliseconds(600);
    return profile;
  }
  profile.memory_slices = 12;  // Theil-Sen wants ten points
  if (name == "quick") {
    profile.warm_up = milliseconds(500);
    profile.closed_loop = profile.open_loop = milliseconds(2000);
    profile.memory_slice = milliseconds(100);
    return profile;
  }
  if (name == "full") {
    profile.warm_up = milliseconds(2000);
    profile.closed_loop = profile.open_loop = milliseconds(10000);
    profile.memory_slice = milliseconds(500);
    return profile;
  }
  return std::nullopt;
}

}  // namespace harness::run
