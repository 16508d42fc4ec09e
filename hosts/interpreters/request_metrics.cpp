#include "hosts/interpreters/request_metrics.h"

#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <utility>

namespace hosts::interpreters {

namespace {

double InSeconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

ProcessorTime TimeOf(int whose) {
  rusage usage{};
  ::getrusage(whose, &usage);
  return {InSeconds(usage.ru_utime), InSeconds(usage.ru_stime)};
}

std::size_t BucketOf(double seconds) {
  constexpr double kFirst = 1.25e-3;
  constexpr double kBucketsForTwice = 4;
  if (seconds < kFirst) return 0;
  const double place = 1 + std::floor(kBucketsForTwice * std::log2(seconds / kFirst));
  return static_cast<std::size_t>(std::min<double>(place, Durations::kBuckets - 1));
}

// From one moment to the next; clocks of two processes are compared, and may be set.
double Between(double from, double to) {
  return std::max(to - from, 0.0);
}

}  // namespace

ProcessorTime ProcessorTimeOfProcess() {
  return TimeOf(RUSAGE_SELF);
}

ProcessorTime ProcessorTimeOfThread() {
  return TimeOf(RUSAGE_THREAD);
}

double SecondsSinceEpoch() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

void Durations::Note(double seconds) {
  shortest = count == 0 ? seconds : std::min(shortest, seconds);
  longest = std::max(longest, seconds);
  total += seconds;
  ++count;
  ++buckets[BucketOf(seconds)];
}

void RequestMetrics::StartRecording() {
  const std::lock_guard lock(mutex_);
  if (is_recording_.load()) return;
  const ProcessorTime used = ProcessorTimeOfProcess();
  interval_.start = SecondsSinceEpoch();
  interval_.cpu_user_time = used.user;
  interval_.cpu_system_time = used.system;
  Want();
  is_recording_.store(true, std::memory_order_release);
}

void RequestMetrics::Begin(int thread, double at) {
  const std::lock_guard lock(mutex_);
  all_[thread].busy_since = at;
}

void RequestMetrics::End(int thread, const RequestCost& cost) {
  const double took = Between(cost.application_start, cost.application_finish);
  const std::lock_guard lock(mutex_);
  OfThread& always = all_[thread];
  OfThread& now = interval_.threads[thread];
  const double since = std::max(std::exchange(always.busy_since, 0), interval_.start);
  always.busy_time += took;
  now.busy_time += Between(since, cost.application_finish);
  for (OfThread* of_thread : {&always, &now}) {
    ++of_thread->completed;
    of_thread->cpu_time += cost.cpu_user_time + cost.cpu_system_time;
    of_thread->longest = std::max(of_thread->longest, took);
  }
  ++interval_.requests;
  const int first_digit = cost.status / 100;
  if (first_digit > 0 && first_digit < static_cast<int>(interval_.by_class.size())) {
    ++interval_.by_class[static_cast<std::size_t>(first_digit)];
  }
  interval_.input_bytes += cost.input_bytes;
  interval_.input_reads += cost.input_reads;
  interval_.output_bytes += cost.output_bytes;
  interval_.output_writes += cost.output_writes;
  interval_.gil_wait_count += cost.gil_wait_count;
  const bool is_daemon = cost.queue_start > 0;
  const double served = is_daemon ? cost.queue_start : cost.application_start;
  interval_.server.Note(Between(cost.request_start, served));
  if (is_daemon) {
    interval_.queue.Note(Between(cost.queue_start, cost.daemon_start));
    interval_.daemon.Note(Between(cost.daemon_start, cost.application_start));
  }
  interval_.application.Note(took);
  interval_.request.Note(Between(cost.request_start, cost.application_finish));
  interval_.gil_wait.Note(cost.gil_wait_time);
  interval_.input.Note(cost.input_time);
  interval_.output.Note(cost.output_time);
}

void RequestMetrics::Forget(int thread) {
  const std::lock_guard lock(mutex_);
  all_[thread].busy_since = 0;
}

RequestMetrics::Totals RequestMetrics::totals() const {
  const std::lock_guard lock(mutex_);
  Totals totals;
  totals.threads = all_;
  for (const auto& [number, of_thread] : all_) {
    totals.requests += of_thread.completed;
    totals.busy_time += of_thread.busy_time;
    if (of_thread.busy_since > 0) ++totals.active;
  }
  return totals;
}

RequestMetrics::Interval RequestMetrics::TakeInterval() {
  const double now = SecondsSinceEpoch();
  const ProcessorTime used = ProcessorTimeOfProcess();
  const std::lock_guard lock(mutex_);
  Interval next;
  next.start = now;
  next.cpu_user_time = used.user;
  next.cpu_system_time = used.system;
  Interval taken = std::exchange(interval_, next);
  taken.stop = now;
  taken.cpu_user_time = used.user - taken.cpu_user_time;
  taken.cpu_system_time = used.system - taken.cpu_system_time;
  for (const auto& [number, of_thread] : all_) {
    OfThread& in_it = taken.threads[number];
    in_it.busy_since = of_thread.busy_since;
    if (of_thread.busy_since == 0) continue;
    ++taken.active;
    in_it.busy_time += Between(std::max(of_thread.busy_since, taken.start), now);
  }
  return taken;
}

}  // namespace hosts::interpreters
