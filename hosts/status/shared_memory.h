#pragma once
// SharedMemory: anonymous memory that a process shares with those it forks from then on, zeroed.
//
// Each is a mapping of its own: who unmaps it cannot get at it again, and who has one cannot grow it into
// another.
//
// Owns:    this process's mapping.
// Threads: any, as what is in it allows.
// Fails:   without memory: CHECK.

#include <cstddef>

namespace hosts::status {

class SharedMemory {
 public:
  explicit SharedMemory(std::size_t size);
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;
  ~SharedMemory();

  [[nodiscard]] std::byte* data() const { return data_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  // In this process.
  void MakeReadOnly() const;

 private:
  std::size_t size_;
  std::byte* data_;
};

}  // namespace hosts::status
