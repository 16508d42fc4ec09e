#pragma once
// OwnCost: what the generator's thread took of its core: the time it worked, without the spins in which it
// waited for a slot, and the time it was ready to work and did not get a core.
//
// Threads: the one that made it.

#include <chrono>

#include "hosts/base/deadline.h"

namespace harness::load {

// Tells the kernel that this thread has little to do, but at once: it is woken when it asked for, not
// up to 50 us later, and before others that have longer work (Linux 6.12 and later; others ignore it).
void BePunctual();

class OwnCost {
 public:
  OwnCost();

  // Lets others run, and does not count it as work. Whoever has got the core then may keep it for a whole
  // slice, milliseconds: after that it is not let go again for a while.
  void Spin();
  // How long before an instant a sleeper that must not miss it should wake. On a core that others want
  // it is awake when it is woken; an idle one takes its time.
  [[nodiscard]] std::chrono::nanoseconds WakeBefore() const;
  // Shares of `seconds`, since it was made.
  [[nodiscard]] double CpuShare(double seconds) const;
  [[nodiscard]] double WaitingShare(double seconds) const;

 private:
  std::chrono::nanoseconds cpu_at_start_;
  std::chrono::nanoseconds waiting_at_start_;
  std::chrono::nanoseconds spun_{0};
  hosts::base::Clock::time_point now_{};
  hosts::base::Clock::time_point wanted_by_others_until_{};
};

}  // namespace harness::load
