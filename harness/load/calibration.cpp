#include "harness/load/calibration.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "harness/load/driver.h"
#include "harness/load/null_server.h"

namespace harness::load {

using std::chrono::milliseconds;

namespace {

// The best of several: whatever else the machine does can only take from a ceiling.
constexpr int kWindows = 4;
constexpr milliseconds kWindow{60};
constexpr milliseconds kQuiet{200};
constexpr double kLowRate = 500;

std::optional<Calibration> Calibrate(int connections, Connecting connecting) {
  const auto server = NullServer::Start();
  if (!server) return std::nullopt;
  const Target target{"127.0.0.1", (*server)->port()};
  AnswerCheck check;
  check.body = NullServer::kBody;
  const std::vector<LoadRequest> requests{{"the null server", FormatGet("localhost", "/"), check}};
  LoadProfile profile{.connections = connections, .duration = kWindow, .connecting = connecting};
  Calibration found;
  for (int window = 0; window < kWindows; ++window) {
    const auto result = RunLoad(target, requests, profile);
    if (!result) return std::nullopt;
    found.ceiling_per_s = std::max(found.ceiling_per_s, result->requests_per_s());
  }
  profile.loop = Loop::Open;
  profile.rate_per_s = kLowRate;
  profile.duration = kQuiet;
  const auto result = RunLoad(target, requests, profile);
  if (!result) return std::nullopt;
  found.floor_ns = result->latency.ValueAt(50);
  return found;
}

}  // namespace

std::optional<Calibration> CalibrationFor(int connections, Connecting connecting) {
  static std::mutex mutex;
  static std::map<std::pair<int, Connecting>, std::optional<Calibration>> known;
  const std::lock_guard lock(mutex);
  const auto [entry, is_new] = known.try_emplace({connections, connecting});
  if (is_new) entry->second = Calibrate(connections, connecting);
  return entry->second;
}

}  // namespace harness::load
