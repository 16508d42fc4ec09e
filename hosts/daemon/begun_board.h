#pragma once
// BegunBoard: memory that a front and a daemon process share, with one cell for every channel: has
// the application begun with the request on it?
//
// When a daemon process dies, the front sends the requests that nobody had begun to another one;
// only a request that was inside the application is lost (DAEMON-4, ERR-24). A cell costs one store
// a request, an acknowledgement through the channel would cost a system call and a wake-up.
//
// Made by the supervisor before it forks; shared by all processes of one group and all fronts.
//
// Owns:    the mapping.
// Threads: cells are atomic; a cell belongs to one channel.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace hosts::daemon {

class BegunBoard {
 public:
  explicit BegunBoard(std::size_t cells);
  BegunBoard(const BegunBoard&) = delete;
  BegunBoard& operator=(const BegunBoard&) = delete;
  ~BegunBoard();

  void Clear(std::uint32_t ticket);      // front, before it sends a request
  void MarkBegun(std::uint32_t ticket);  // daemon process; a ticket beyond the board is ignored
  [[nodiscard]] bool has_begun(std::uint32_t ticket) const;
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::atomic<std::uint32_t>* cells_ = nullptr;
  std::size_t size_;
};

}  // namespace hosts::daemon
