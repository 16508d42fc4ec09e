#pragma once
// MisbehavingClients: a thread of clients that do what clients should not, so many a second, each kind in
// turn: what a host must bear without a good client noticing.
//
// Owns:    their sockets and the thread; destruction ends both.
// Threads: made and destroyed by one; Visits() after Stop().
// Fails:   never: a client that cannot connect is counted as one that was kept out.

#include <array>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

#include "hosts/base/deadline.h"
#include "hosts/base/unique_fd.h"

namespace suites::soak {

struct Misdeed {
  std::string_view name;
  enum class Ending { Close, Reset, HalfClose } ending;
  bool is_trickled;  // a byte at a time
  bool is_read;      // what is answered
  bool is_short;     // ends as soon as all is sent; else after a second, or when the host ends it
  std::string_view what;
};
// Every kind, in the order of their turns.
inline constexpr std::size_t kMisdeeds = 10;
[[nodiscard]] const std::array<Misdeed, kMisdeeds>& Misdeeds();

class MisbehavingClients {
 public:
  MisbehavingClients(int port, double per_second);
  MisbehavingClients(const MisbehavingClients&) = delete;
  MisbehavingClients& operator=(const MisbehavingClients&) = delete;
  ~MisbehavingClients() { Stop(); }

  void Stop();
  // How often each kind was there.
  [[nodiscard]] const std::array<std::int64_t, kMisdeeds>& visits() const { return visits_; }
  [[nodiscard]] std::int64_t kept_out() const { return kept_out_; }

 private:
  struct Visitor {
    hosts::base::UniqueFd socket;
    const Misdeed* misdeed = nullptr;
    hosts::base::Clock::time_point until;
    std::size_t sent = 0;
    bool has_finished = false;  // half closed
  };
  void Run();
  void Begin(std::size_t kind);
  // False: the visit is over.
  [[nodiscard]] bool GoOn(Visitor& visitor, hosts::base::Clock::time_point now) const;
  [[nodiscard]] static bool SendSome(Visitor& visitor, std::string_view text);

  const int port_;
  const double per_second_;
  std::vector<Visitor> visitors_;
  std::array<std::int64_t, kMisdeeds> visits_{};
  std::int64_t kept_out_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool must_stop_ = false;
  std::thread thread_;
};

}  // namespace suites::soak
