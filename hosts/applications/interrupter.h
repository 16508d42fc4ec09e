#pragma once
// Interrupter: raises mod_wsgi.RequestTimeout in requests that take too long (DAEMON-36), on a thread of its
// own, which waits for the GIL so that nobody else has to.
//
// It attaches to the interpreter of the request and to no other: on Python 3.11 a thread that waits in
// another interpreter does not make a busy loop let go of the GIL. For the same reason it is not the
// GilWatch's thread.
//
// Order:   ends before the ApplicationProcess; its end waits for the GIL, as the GilWatch's does.
// Owns:    its thread.
// Threads: made and destroyed on the thread that started the process; Interrupt on any.

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "hosts/applications/application_process.h"
#include "hosts/applications/interruptible.h"
#include "hosts/interpreters/interpreter_pool.h"

namespace hosts::applications {

class Interrupter {
 public:
  explicit Interrupter(ApplicationProcess& process);
  Interrupter(const Interrupter&) = delete;
  Interrupter& operator=(const Interrupter&) = delete;
  ~Interrupter();

  // Soon, and only if that request is still inside.
  void Interrupt(std::shared_ptr<const Interruptible> worker, std::uint64_t turn);

 private:
  struct Order {
    std::shared_ptr<const Interruptible> worker;
    std::uint64_t turn = 0;
  };
  void Run();
  void Execute(const Order& order, interpreters::WorkerStates& states) const;

  ApplicationProcess& process_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Order> orders_;
  bool must_stop_ = false;
  std::thread thread_;
};

}  // namespace hosts::applications
