#include "hosts/daemon/begun_board.h"

#include <sys/mman.h>

#include <new>

#include "hosts/base/check.h"

namespace hosts::daemon {

BegunBoard::BegunBoard(std::size_t cells) : size_(cells) {
  void* memory = ::mmap(nullptr,
                        cells * sizeof(std::atomic<std::uint32_t>),
                        PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS,
                        -1,
                        0);
  CHECK(memory != MAP_FAILED, "no memory for the board of begun requests");
  cells_ = static_cast<std::atomic<std::uint32_t>*>(memory);
  for (std::size_t i = 0; i < cells; ++i)
    new (&cells_[i]) std::atomic<std::uint32_t>(0);
}

BegunBoard::~BegunBoard() {
  ::munmap(cells_, size_ * sizeof(std::atomic<std::uint32_t>));
}

void BegunBoard::Clear(std::uint32_t ticket) {
  CHECK(ticket < size_, "a channel has no cell on the board");
  cells_[ticket].store(0, std::memory_order_release);
}

void BegunBoard::MarkBegun(std::uint32_t ticket) {
  if (ticket < size_) cells_[ticket].store(1, std::memory_order_release);
}

bool BegunBoard::has_begun(std::uint32_t ticket) const {
  CHECK(ticket < size_, "a channel has no cell on the board");
  return cells_[ticket].load(std::memory_order_acquire) != 0;
}

}  // namespace hosts::daemon
