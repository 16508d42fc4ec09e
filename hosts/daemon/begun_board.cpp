#include "hosts/daemon/begun_board.h"

#include <sys/mman.h>

#include <new>

#include "hosts/base/check.h"

namespace hosts::daemon {

namespace {

std::uint64_t Waiting(std::uint32_t turn) {
  return std::uint64_t{turn} * 2;
}

std::uint64_t Begun(std::uint32_t turn) {
  return Waiting(turn) + 1;
}

}  // namespace

BegunBoard::BegunBoard(std::size_t cells) : size_(cells) {
  void* memory = ::mmap(nullptr,
                        cells * sizeof(std::atomic<std::uint64_t>),
                        PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS,
                        -1,
                        0);
  CHECK(memory != MAP_FAILED, "no memory for the board of begun requests");
  cells_ = static_cast<std::atomic<std::uint64_t>*>(memory);
  for (std::size_t i = 0; i < cells; ++i)
    new (&cells_[i]) std::atomic<std::uint64_t>(0);
}

BegunBoard::~BegunBoard() {
  ::munmap(cells_, size_ * sizeof(std::atomic<std::uint64_t>));
}

Ticket BegunBoard::Issue(std::uint32_t cell) {
  CHECK(cell < size_, "a channel has no cell on the board");
  const std::uint64_t last = cells_[cell].load(std::memory_order_acquire) / 2;
  const Ticket ticket{cell, static_cast<std::uint32_t>(last + 1)};
  cells_[cell].store(Waiting(ticket.turn), std::memory_order_release);
  return ticket;
}

bool BegunBoard::TakeBack(Ticket ticket) {
  CHECK(ticket.cell < size_, "a channel has no cell on the board");
  std::uint64_t waiting = Waiting(ticket.turn);
  return cells_[ticket.cell].compare_exchange_strong(
      waiting, Waiting(ticket.turn + 1), std::memory_order_acq_rel);
}

bool BegunBoard::Begin(Ticket ticket) {
  if (ticket.cell >= size_) return false;
  std::uint64_t waiting = Waiting(ticket.turn);
  return cells_[ticket.cell].compare_exchange_strong(
      waiting, Begun(ticket.turn), std::memory_order_acq_rel);
}

bool BegunBoard::has_begun(Ticket ticket) const {
  CHECK(ticket.cell < size_, "a channel has no cell on the board");
  return cells_[ticket.cell].load(std::memory_order_acquire) == Begun(ticket.turn);
}

}  // namespace hosts::daemon
