#pragma once
// StackOfNewThreads: how large the stacks of threads are that are started while it lives. std::thread
// takes no size; glibc gives every thread the default, which this changes and brings back.
//
// Owns:    the default, as it was before.
// Threads: one at a time in a process: others that are started meanwhile have the size, too.
// Fails:   a size that no thread can have is logged (H0152), and stacks are as usual.
// Source:  CFG-97.

#include <pthread.h>

#include <cstddef>

namespace hosts::serving {

class StackOfNewThreads {
 public:
  explicit StackOfNewThreads(std::size_t bytes);  // 0: as usual
  StackOfNewThreads(const StackOfNewThreads&) = delete;
  StackOfNewThreads& operator=(const StackOfNewThreads&) = delete;
  ~StackOfNewThreads();

 private:
  pthread_attr_t before_{};
  bool is_changed_ = false;
};

}  // namespace hosts::serving
