#include "hosts/command/leave_notice.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

namespace hosts::command {

LeaveNotice::LeaveNotice() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void LeaveNotice::Give() const {
  const std::uint64_t one = 1;
  if (event_.is_open()) {
    [[maybe_unused]] const ssize_t written = ::write(event_.get(), &one, sizeof one);
  }
}

// Nobody reads it: all processes of the generation are to hear of it, each once.
LeaveOnNotice::LeaveOnNotice(serving::Loop& loop, const LeaveNotice& notice)
    : loop_(loop), notice_(notice) {
  if (notice_.event().is_open()) loop_.Watch(notice_.event().get(), *this);
}

LeaveOnNotice::~LeaveOnNotice() {
  if (notice_.event().is_open()) loop_.Unwatch(notice_.event().get(), *this);
}

void LeaveOnNotice::OnEvents(std::uint32_t events) {
  if ((events & EPOLLIN) != 0) loop_.RequestLeave();  // it can be written to at any time
}

}  // namespace hosts::command
