#include "harness/run/profile.h"

namespace harness::run {

using std::chrono::milliseconds;

std::optional<RunProfile> FindProfile(std::string_view name) {
  // Smoke: 32 cells and all checks within two minutes.
  if (name == "smoke")
    return RunProfile{"smoke", milliseconds(150), milliseconds(600), milliseconds(600)};
  if (name == "quick")
    return RunProfile{"quick", milliseconds(500), milliseconds(2000), milliseconds(2000)};
  if (name == "full")
    return RunProfile{"full", milliseconds(2000), milliseconds(10000), milliseconds(10000)};
  return std::nullopt;
}

}  // namespace harness::run
