#pragma once
// KnownServer: an HTTP server for tests of the load generator that answers after a known time.
//
// Owns:    a listening socket and a thread that serves it; destruction ends both.
// Threads: the functions are called on the server's thread; exchanges() after Stop() only.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "hosts/base/deadline.h"
#include "hosts/base/unique_fd.h"

namespace harness::load {

class KnownServer {
 public:
  struct Behaviour {
    // How long the nth answer takes.
    std::function<std::chrono::nanoseconds(std::int64_t)> delay = [](std::int64_t) {
      return std::chrono::nanoseconds(0);
    };
    // The nth answer as bytes; empty: the connection is closed instead.
    std::function<std::string(std::int64_t)> answer = [](std::int64_t) {
      return std::string("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    };
    // Where given, it is asked instead, with the request as it came.
    std::function<std::string(std::int64_t, std::string_view)> answer_to = nullptr;
    // Every so often it does nothing at all for a while; 0: never.
    std::chrono::nanoseconds stall_every{0};
    std::chrono::nanoseconds stall_lasts{0};
    // At this request the server closes its socket and ends; 0: never.
    std::int64_t ends_after = 0;
  };

  explicit KnownServer(Behaviour behaviour);
  KnownServer(const KnownServer&) = delete;
  KnownServer& operator=(const KnownServer&) = delete;
  ~KnownServer();

  [[nodiscard]] int port() const { return port_; }
  void Stop();
  // So far, on any thread.
  [[nodiscard]] std::int64_t served() const { return served_; }
  // What it did, in the order of its answers.
  struct Exchange {
    hosts::base::Clock::time_point came;  // the request reached this socket
    hosts::base::Clock::time_point sent;  // the answer was given to the kernel
  };
  [[nodiscard]] const std::vector<Exchange>& exchanges() const { return exchanges_; }

 private:
  void Serve();
  void MayStall(hosts::base::Clock::time_point start) const;

  Behaviour behaviour_;
  hosts::base::UniqueFd listener_;
  int port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::int64_t> served_ = 0;
  std::vector<Exchange> exchanges_;
  std::thread thread_;
};

}  // namespace harness::load
