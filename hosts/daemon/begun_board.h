#pragma once
// BegunBoard: memory that a front and a daemon process share, with one cell for every channel: has
// the application begun with the request on it?
//
// When a daemon process dies, the front sends the requests that nobody had begun to another one;
// only a request that was inside the application is lost (DAEMON-4, ERR-24). The front may also take
// a request back from a process that does not get round to it; whoever is first, the front or the
// process, has it. A cell costs one exchange a request, an acknowledgement through the channel would
// cost a system call and a wake-up.
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

// Names one request on a channel: its cell, and the how manyth request of that cell it is. A process
// that reads a request only when it was taken back holds a ticket of an earlier turn.
struct Ticket {
  std::uint32_t cell = 0;
  std::uint32_t turn = 0;
  bool operator==(const Ticket&) const = default;
};

class BegunBoard {
 public:
  explicit BegunBoard(std::size_t cells);
  BegunBoard(const BegunBoard&) = delete;
  BegunBoard& operator=(const BegunBoard&) = delete;
  ~BegunBoard();

  // Front, before it sends a request: the next turn of that cell. Tickets of earlier turns are void.
  [[nodiscard]] Ticket Issue(std::uint32_t cell);
  // Front: true if nobody has begun; then nobody will.
  [[nodiscard]] bool TakeBack(Ticket ticket);
  // Daemon process: false if the ticket is void, or of no cell; then the request is not to be run.
  [[nodiscard]] bool Begin(Ticket ticket);
  [[nodiscard]] bool has_begun(Ticket ticket) const;
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::atomic<std::uint64_t>* cells_ = nullptr;  // twice the turn, and one if it has begun
  std::size_t size_;
};

}  // namespace hosts::daemon
