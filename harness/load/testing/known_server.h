#pragma once
// KnownServer: an HTTP server for tests of the load generator that answers after a known time.
//
// Owns:    a listening socket and a thread that serves it; destruction ends both.
// Threads: the two functions are called on the server's thread; served() after Stop() only.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

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
    // At this request the server closes its socket and ends; 0: never.
    std::int64_t ends_after = 0;
  };

  explicit KnownServer(Behaviour behaviour);
  KnownServer(const KnownServer&) = delete;
  KnownServer& operator=(const KnownServer&) = delete;
  ~KnownServer();

  [[nodiscard]] int port() const { return port_; }
  void Stop();
  [[nodiscard]] std::int64_t served() const { return served_; }

 private:
  void Serve();

  Behaviour behaviour_;
  hosts::base::UniqueFd listener_;
  int port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::int64_t served_ = 0;
  std::thread thread_;
};

}  // namespace harness::load
