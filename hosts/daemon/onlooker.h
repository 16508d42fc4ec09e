#pragma once
// Onlooker: who is told what becomes of the supervisor's processes, to show it. It decides nothing.
//
// Threads: the supervisor's only one.

#include <sys/types.h>

#include <vector>

#include "hosts/daemon/generation.h"

namespace hosts::daemon {

class Onlooker {
 public:
  virtual ~Onlooker() = default;
  // A process of this generation has ended; what it was is there still.
  virtual void OnEnded(const Generation& generation, std::size_t index, int wait_status) = 0;
  // Something may have changed; these are the generations that there are, the newest last.
  virtual void OnChange(const std::vector<const Generation*>& generations) = 0;
};

}  // namespace hosts::daemon
