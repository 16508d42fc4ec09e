#pragma once
// RequestCost:    what one request has cost.
// RequestMetrics: what the requests of this process have cost since somebody asked for it, for
//                 mod_wsgi.process_metrics() and mod_wsgi.request_metrics() (API-4). All interpreters share it.
//
// Knows nothing of Python.
//
// Owns:    its figures.
// Threads: any; a lock is held for a moment, and nothing is waited for meanwhile. `are_wanted` and
//          `is_recording` cost a load.
// Fails:   never.

#include <sys/types.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>

namespace hosts::interpreters {

struct RequestCost {
  int status = 0;
  // Seconds since the epoch; 0: it has no such part.
  double request_start = 0;  // its head was here
  double queue_start = 0;    // it was sent to a daemon process
  double daemon_start = 0;   // a thread there began with it
  double application_start = 0;
  double application_finish = 0;
  std::uint64_t input_bytes = 0;
  std::uint64_t input_reads = 0;
  double input_time = 0;  // seconds, waiting for the body
  std::uint64_t output_bytes = 0;
  std::uint64_t output_writes = 0;
  double output_time = 0;      // seconds, waiting for whoever takes the answer
  double cpu_user_time = 0;    // seconds, of the thread
  double cpu_system_time = 0;  // seconds, of the thread
  double gil_wait_time = 0;    // seconds
  std::uint64_t gil_wait_count = 0;
};

// Of many requests, in seconds. The first bucket has what is shorter than 1.25 ms, each of the others goes to the
// fourth root of two times the one before, the last has the rest.
struct Durations {
  static constexpr std::size_t kBuckets = 65;
  std::uint64_t count = 0;
  double total = 0;
  double shortest = 0;
  double longest = 0;
  std::array<std::uint64_t, kBuckets> buckets{};

  void Note(double seconds);
  [[nodiscard]] double mean() const { return count > 0 ? total / static_cast<double>(count) : 0; }
};

[[nodiscard]] double SecondsSinceEpoch();
// Of a moment that is given in microseconds since the epoch.
[[nodiscard]] inline double InSeconds(std::int64_t microseconds) {
  return static_cast<double>(microseconds) / 1e6;
}

class RequestMetrics {
 public:
  explicit RequestMetrics(int threads) : threads_(threads) {}

  [[nodiscard]] double made_at() const { return made_at_; }  // seconds since the epoch
  // Not in a child that an application has forked: its figures are another process's, and may be locked.
  [[nodiscard]] bool is_of_this_process() const { return ::getpid() == pid_; }

  // Somebody hears of events, or of metrics: costs are to be measured.
  void Want() { are_wanted_.store(true, std::memory_order_relaxed); }
  [[nodiscard]] bool are_wanted() const { return are_wanted_.load(std::memory_order_relaxed); }

  void StartRecording();  // further calls change nothing
  [[nodiscard]] bool is_recording() const { return is_recording_.load(std::memory_order_acquire); }

  // The number of a thread counts from 1. Begin only while recording; End only after it.
  void Begin(int thread, double at);
  void End(int thread, const RequestCost& cost);
  void Forget(int thread);  // in place of End: the request is another process's

  struct OfThread {
    std::uint64_t completed = 0;
    double busy_time = 0;
    double cpu_time = 0;
    double longest = 0;
    double busy_since = 0;  // seconds since the epoch; 0: it is not
  };
  using Threads = std::map<int, OfThread>;

  struct Totals {
    std::uint64_t requests = 0;
    double busy_time = 0;
    int active = 0;
    Threads threads;
  };
  [[nodiscard]] Totals totals() const;

  struct Interval {
    double start = 0;  // seconds since the epoch
    double stop = 0;
    double cpu_user_time = 0;  // of the process
    double cpu_system_time = 0;
    std::uint64_t requests = 0;
    std::array<std::uint64_t, 6> by_class{};  // of the status: its first digit
    std::uint64_t input_bytes = 0;
    std::uint64_t input_reads = 0;
    std::uint64_t output_bytes = 0;
    std::uint64_t output_writes = 0;
    std::uint64_t gil_wait_count = 0;
    Durations server;  // until it was sent, or until the application began
    Durations queue;   // until a thread of a daemon process began with it
    Durations daemon;  // from there until the application began
    Durations application;
    Durations request;  // all of it
    Durations gil_wait;
    Durations input;
    Durations output;
    Threads threads;  // their times within the interval
    int active = 0;
  };
  // Since the last one was taken, or since recording began.
  [[nodiscard]] Interval TakeInterval();
  [[nodiscard]] int threads() const { return threads_; }

 private:
  const int threads_;
  const double made_at_ = SecondsSinceEpoch();
  const pid_t pid_ = ::getpid();
  std::atomic<bool> are_wanted_{false};
  std::atomic<bool> is_recording_{false};
  mutable std::mutex mutex_;
  Threads all_;
  Interval interval_;
};

struct ProcessorTime {
  double user = 0;  // seconds
  double system = 0;
};
[[nodiscard]] ProcessorTime ProcessorTimeOfProcess();
[[nodiscard]] ProcessorTime ProcessorTimeOfThread();

}  // namespace hosts::interpreters
