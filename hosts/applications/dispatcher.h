#pragma once
// Dispatcher: the thread of a daemon process on which subscribers are called that no request calls: for
// signals, and for the end of the process (API-3, SHUT-1). They may take as long as they like: nothing but
// the end itself waits for this thread.
//
// Order:   ends before the ApplicationProcess, and then waits until all that was asked for has been told.
// Owns:    its thread and an eventfd.
// Threads: made and destroyed on the thread that started the process; the rest on any. TellSignal is
//          async-signal-safe.

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "hosts/applications/application_process.h"
#include "hosts/base/unique_fd.h"

namespace hosts::applications {

class Dispatcher {
 public:
  explicit Dispatcher(ApplicationProcess& process);
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;
  ~Dispatcher();

  // process_signal, in every interpreter; one that comes again before it was told is told once.
  void TellSignal(int number) const;
  // process_stopping, in every interpreter; nothing is told after it.
  void TellEnd(std::string_view shutdown_reason);

 private:
  void Ask(std::uint64_t what) const;
  void Run();

  ApplicationProcess& process_;
  base::UniqueFd wake_;
  mutable std::atomic<std::uint64_t> asked_{0};  // a bit for each signal, and for the end
  std::mutex mutex_;
  std::string shutdown_reason_;  // guarded
  std::thread thread_;
};

}  // namespace hosts::applications
