#pragma once
// Repeatedly: a thread that does something again and again, at a pace, until it is stopped.
//
// It is due at fixed instants, whatever the times before took; one that is late is done at once.
//
// Owns:    the thread, which ends with it.
// Threads: made and stopped by one; what is done is done on the thread.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace suites::hosts_under_test {

class Repeatedly {
 public:
  Repeatedly(std::chrono::milliseconds between, std::function<void()> action);
  Repeatedly(const Repeatedly&) = delete;
  Repeatedly& operator=(const Repeatedly&) = delete;
  ~Repeatedly() { Stop(); }

  // When it returns nothing is done any more.
  void Stop();

 private:
  void Run();

  const std::chrono::milliseconds between_;
  const std::function<void()> action_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool must_stop_ = false;
  std::thread thread_;
};

}  // namespace suites::hosts_under_test
