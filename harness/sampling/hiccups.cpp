#include "harness/sampling/hiccups.h"

#include <sys/prctl.h>

#include <algorithm>
#include <cmath>

namespace harness::sampling {

using std::chrono::nanoseconds;

namespace {

constexpr std::chrono::milliseconds kInterval{1};
constexpr std::size_t kLeastForP99 = 1000;  // ten above it

}  // namespace

HiccupSummary Summarize(std::vector<nanoseconds> late, nanoseconds interval) {
  HiccupSummary summary;
  const std::size_t seen = late.size();
  for (std::size_t index = 0; index < seen; ++index) {
    for (nanoseconds hidden = late[index] - interval; hidden >= interval; hidden -= interval)
      late.push_back(hidden);
  }
  summary.count = static_cast<std::int64_t>(late.size());
  if (late.empty()) return summary;
  std::ranges::sort(late);
  summary.max = late.back();
  if (late.size() >= kLeastForP99) {
    const auto rank = static_cast<std::size_t>(std::ceil(0.99 * static_cast<double>(late.size())));
    summary.p99 = late[rank - 1];
  }
  return summary;
}

Hiccups::Hiccups() : thread_([this](const std::stop_token& stop) { Watch(stop); }) {}

void Hiccups::Watch(const std::stop_token& stop) {
  ::prctl(PR_SET_TIMERSLACK, 1);  // of this thread: else the kernel may be 50 us late on purpose
  late_.reserve(4096);
  while (!stop.stop_requested()) {
    const auto began = std::chrono::steady_clock::now();
    std::this_thread::sleep_for(kInterval);
    late_.push_back(
        std::max(nanoseconds(0),
                 nanoseconds(std::chrono::steady_clock::now() - began - nanoseconds(kInterval))));
  }
}

HiccupSummary Hiccups::Stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
  return Summarize(std::move(late_), kInterval);
}

}  // namespace harness::sampling
