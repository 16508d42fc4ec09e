#pragma once
// RequestInFlight: a request to a probe script that has begun and waits inside it until it is let go.
//
// Owns:    the thread of its client; destruction lets it go and waits for it.
// Threads: one.

#include <atomic>
#include <string>
#include <thread>

#include "suites/hosts_under_test/probe.h"
#include "suites/hosts_under_test/stage.h"

namespace suites::isolation {

class RequestInFlight {
 public:
  // `wanted` as in ExecuteWhere; "" is wherever it comes.
  RequestInFlight(const hosts_under_test::Stage& stage,
                  int port,
                  const std::string& url,
                  const std::string& wanted = "");
  RequestInFlight(const RequestInFlight&) = delete;
  RequestInFlight& operator=(const RequestInFlight&) = delete;
  ~RequestInFlight();

  // Waits until it has, or has been answered without.
  [[nodiscard]] bool HasBegun() const;
  [[nodiscard]] hosts::base::Result<hosts_under_test::ProbeAnswer> LetGo();

 private:
  const hosts_under_test::Stage& stage_;
  const std::string name_;  // of its files on the stage
  hosts::base::Result<hosts_under_test::ProbeAnswer> answer_;
  std::atomic<bool> is_answered_{false};
  std::thread thread_;
};

}  // namespace suites::isolation
