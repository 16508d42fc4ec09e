#pragma once
// Dispatcher: the thread of a daemon process on which subscribers are called that no request calls: for
// signals, and for the end of the process (API-3, SHUT-1). They may take as long as they like: nothing but
// the end itself waits for this thread.
//
// Order:   ends before the ApplicationProcess, and then waits until all that was asked for has been told.
// Owns:    its thread and a pipe.
// Threads: made and destroyed on the thread that started the process; the rest on any. TellSignal is
//          async-signal-safe.

#include <atomic>
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

  // process_signal, in every interpreter.
  void TellSignal(int number) const;
  // process_stopping, in every interpreter; nothing is told after it.
  void TellEnd(std::string_view shutdown_reason);

 private:
  void Run();

  ApplicationProcess& process_;
  base::UniqueFd read_;
  base::UniqueFd write_;
  std::mutex mutex_;
  std::string shutdown_reason_;  // guarded
  std::thread thread_;
};

}  // namespace hosts::applications
