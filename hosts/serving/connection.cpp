#include "hosts/serving/connection.h"

#include <sys/epoll.h>

#include "hosts/serving/loop.h"

namespace hosts::serving {

Connection::Connection(Loop& loop, base::UniqueFd socket)
    : loop_(loop), stream_(std::move(socket)) {
  SetBusy(true);
}

Connection::~Connection() {
  SetBusy(false);
}

void Connection::SetBusy(bool is_busy) {
  if (is_busy == is_busy_) return;
  is_busy_ = is_busy;
  loop_.busy_.fetch_add(is_busy ? 1 : -1, std::memory_order_relaxed);
}

bool Connection::has_other_side_gone() const {
  return (word_.load(std::memory_order_acquire) & (EPOLLHUP | EPOLLRDHUP | EPOLLERR)) != 0;
}

void Connection::OnEvents(std::uint32_t events) {
  const std::uint32_t before = word_.fetch_or(events, std::memory_order_acq_rel);
  if ((before & kOwned) != 0) return;  // whoever answers will find the bits
  const bool is_old = answered_at_.load(std::memory_order_relaxed) == loop_.polls();
  ProceedAsLeader(is_old ? Seen::Before : Seen::InThisRound);
}

void Connection::ProceedAsLeader(Seen seen) {
  const std::uint32_t events = word_.exchange(0, std::memory_order_acq_rel);
  if (seen == Seen::Before || (events & EPOLLIN) == 0) loop_.BeginRound();
  stream_.NoteEvents(events & ~(kOwned | kLookAgain));
  Proceed();
}

void Connection::NoteAnswered() {
  answered_at_.store(loop_.polls(), std::memory_order_relaxed);  // word_ publishes it
}

void Connection::StopUnlessOwned() {
  const std::uint32_t before = word_.fetch_or(kLookAgain, std::memory_order_acq_rel);
  if ((before & kOwned) != 0) return;
  stream_.NoteEvents(word_.exchange(0, std::memory_order_acq_rel) & ~kLookAgain);
  OnStop();
}

bool Connection::TryRelease() {
  if (has_more_to_do()) return false;
  std::uint32_t expected = kOwned;
  return word_.compare_exchange_strong(expected, 0, std::memory_order_acq_rel);
}

}  // namespace hosts::serving
