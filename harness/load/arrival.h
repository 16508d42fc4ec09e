#pragma once
// Received: bytes, and when they reached the socket: the kernel's stamp, on our clock.
//
// Fails:   as recv() does: -1, with errno. Without a stamp, or after somebody has set the clock, `at` is the
//          epoch.

#include <sys/types.h>

#include <span>

#include "hosts/base/deadline.h"

namespace harness::load {

struct Received {
  ssize_t count = 0;
  hosts::base::Clock::time_point at{};  // of the last of them
};

// The kernel stamps what this socket receives; the first of the machine that asks waits a moment for it.
void AskForStamps(int fd);
[[nodiscard]] Received ReceiveStamped(int fd, std::span<char> space);

}  // namespace harness::load
