#include "harness/sampling/hiccups.h"

#include <sys/prctl.h>

#include <algorithm>
#include <utility>

namespace harness::sampling {

using std::chrono::nanoseconds;

namespace {

constexpr std::chrono::milliseconds kInterval{1};

}  // namespace

void RecordLate(nanoseconds late, nanoseconds interval, Histogram& histogram) {
  histogram.Record(late.count());
  for (nanoseconds hidden = late - interval; hidden >= interval; hidden -= interval)
    histogram.Record(hidden.count());
}

Hiccups::Hiccups() : thread_([this](const std::stop_token& stop) { Watch(stop); }) {}

void Hiccups::Watch(const std::stop_token& stop) {
  ::prctl(PR_SET_TIMERSLACK, 1);  // of this thread: else the kernel may be 50 us late on purpose
  while (!stop.stop_requested()) {
    const auto began = std::chrono::steady_clock::now();
    std::this_thread::sleep_for(kInterval);
    const auto slept = std::chrono::steady_clock::now() - began;
    RecordLate(std::max(nanoseconds(0), nanoseconds(slept - kInterval)), kInterval, late_);
  }
}

Histogram Hiccups::Stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
  return std::move(late_);
}

}  // namespace harness::sampling
