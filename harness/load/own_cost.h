#pragma once
// OwnCost: what the generator's thread took of its core: the time it worked, without the spins in which it
// waited for a slot, and the time it was ready to work and did not get a core.
//
// Threads: the one that made it.

#include <chrono>

namespace harness::load {

class OwnCost {
 public:
  OwnCost();

  // Lets others run, and does not count it as work.
  void Spin();
  // Shares of `seconds`, since it was made.
  [[nodiscard]] double CpuShare(double seconds) const;
  [[nodiscard]] double WaitingShare(double seconds) const;

 private:
  std::chrono::nanoseconds cpu_at_start_;
  std::chrono::nanoseconds waiting_at_start_;
  std::chrono::nanoseconds spun_{0};
};

}  // namespace harness::load
