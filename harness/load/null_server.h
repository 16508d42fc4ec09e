#pragma once
// NullServer: answers every GET at once with the same few bytes: what a generator can do at most, and
// which latency is its own, shows beside it.
//
// Owns:    a listening socket on the loopback address and a thread that serves it; destruction ends both.
// Fails:   Start() when the system refuses.

#include <atomic>
#include <memory>
#include <set>
#include <thread>

#include "hosts/base/result.h"
#include "hosts/base/unique_fd.h"

namespace harness::load {

class NullServer {
 public:
  static constexpr const char* kBody = "Hello, world!";
  // Spinning: looks for requests all the time, so that no rate is lost to waking up.
  enum class Waiting { Asleep, Spinning };

  [[nodiscard]] static hosts::base::Result<std::unique_ptr<NullServer>> Start(
      Waiting waiting = Waiting::Asleep, int port = 0);
  NullServer(const NullServer&) = delete;
  NullServer& operator=(const NullServer&) = delete;
  ~NullServer();

  [[nodiscard]] int port() const { return port_; }

 private:
  NullServer(Waiting waiting,
             int port,
             hosts::base::UniqueFd listener,
             hosts::base::UniqueFd epoll,
             hosts::base::UniqueFd stop);
  void Serve();
  void Accept(std::set<int>& connections);
  bool Answer(int fd);

  Waiting waiting_;
  int port_;
  hosts::base::UniqueFd listener_;
  hosts::base::UniqueFd epoll_;
  hosts::base::UniqueFd stop_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace harness::load
