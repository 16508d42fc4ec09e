#include "harness/load/arrival.h"

#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>

#include <array>
#include <cstring>

namespace harness::load {

using hosts::base::Clock;

namespace {

// What nothing takes: an older stamp is of another time than ours.
constexpr std::chrono::hours kOldest{1};

// The stamp is of the clock that people set; what lies between it and now is the same on ours.
Clock::time_point OnOurClock(const timespec& stamp) {
  timespec real{};
  ::clock_gettime(CLOCK_REALTIME, &real);
  const Clock::time_point now = Clock::now();
  const std::chrono::nanoseconds age = std::chrono::seconds(real.tv_sec - stamp.tv_sec) +
                                       std::chrono::nanoseconds(real.tv_nsec - stamp.tv_nsec);
  return age.count() < 0 || age > kOldest ? Clock::time_point() : now - age;
}

}  // namespace

void AskForStamps(int fd) {
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
}

Received ReceiveStamped(int fd, std::span<char> space) {
  iovec piece{space.data(), space.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(timespec))> control;  // the kernel writes it
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  Received received{::recvmsg(fd, &message, 0), {}};
  const cmsghdr* stamped = received.count > 0 ? CMSG_FIRSTHDR(&message) : nullptr;
  if (stamped == nullptr || stamped->cmsg_type != SCM_TIMESTAMPNS) return received;
  timespec stamp{};
  std::memcpy(&stamp, CMSG_DATA(stamped), sizeof(stamp));
  received.at = OnOurClock(stamp);
  return received;
}

}  // namespace harness::load
