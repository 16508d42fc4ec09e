#include "hosts/serving/not_for_children.h"

#include <pthread.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "hosts/base/check.h"

namespace hosts::serving {

namespace {

constexpr std::size_t kBits = 64;
constexpr std::size_t kMost = 1 << 20;  // Linux lets nobody have more, unless it is told to

// Of all descriptors, those that are in the list. A lock could be held by a thread that a child does not have.
std::array<std::atomic<std::uint64_t>, kMost / kBits> listed{};
std::atomic<std::size_t> words_used{0};
std::atomic<bool> is_forked_child{false};

std::uint64_t BitOf(int fd) {
  return std::uint64_t{1} << (static_cast<std::size_t>(fd) % kBits);
}

void CloseInChild() {
  is_forked_child = true;
  for (std::size_t word = 0; word < words_used; ++word) {
    std::uint64_t bits = listed[word].exchange(0);
    for (std::size_t bit = 0; bits != 0; ++bit, bits >>= 1U) {
      if ((bits & 1U) != 0) ::close(static_cast<int>(word * kBits + bit));
    }
  }
}

void WatchForks() {
  static const int status = ::pthread_atfork(nullptr, nullptr, CloseInChild);
  CHECK(status == 0, "no memory for a handler of fork()");
}

bool CanBeListed(int fd) {
  return fd >= 0 && static_cast<std::size_t>(fd) < kMost;
}

}  // namespace

NotForChildren::NotForChildren(int fd) : fd_(fd) {
  if (!CanBeListed(fd)) return;
  WatchForks();
  const std::size_t word = static_cast<std::size_t>(fd) / kBits;
  listed[word].fetch_or(BitOf(fd), std::memory_order_relaxed);
  std::size_t used = words_used.load();
  while (used <= word && !words_used.compare_exchange_weak(used, word + 1)) {
  }
}

NotForChildren::~NotForChildren() {
  if (!CanBeListed(fd_)) return;
  const std::size_t word = static_cast<std::size_t>(fd_) / kBits;
  listed[word].fetch_and(~BitOf(fd_), std::memory_order_relaxed);
}

bool IsForkedChild() {
  return is_forked_child.load(std::memory_order_relaxed);
}

}  // namespace hosts::serving
