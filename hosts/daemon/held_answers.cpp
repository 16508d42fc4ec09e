#include "hosts/daemon/held_answers.h"

#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>

#include "hosts/base/check.h"
#include "hosts/daemon/link.h"

namespace hosts::daemon {

namespace {

using std::chrono::nanoseconds;

// At least 1 ns: 0 would stop a timer.
timespec AsTimespec(nanoseconds duration) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration);
  return {.tv_sec = seconds.count(),
          .tv_nsec = std::max<nanoseconds::rep>((duration - seconds).count(), 1)};
}

}  // namespace

HeldAnswers::HeldAnswers(serving::Loop& loop, std::chrono::milliseconds delay)
    : loop_(loop), delay_(delay) {
  if (delay_.count() == 0) return;
  timer_ = base::UniqueFd(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
  if (timer_.is_open()) loop_.Watch(timer_.get(), *this);
}

HeldAnswers::~HeldAnswers() {
  if (timer_.is_open()) loop_.Unwatch(timer_.get(), *this);
}

bool HeldAnswers::Hold(Link& link) {
  if (!timer_.is_open()) return false;
  const auto now = base::Clock::now();
  const auto known = std::ranges::find(held_, &link, &Held::link);
  if (known != held_.end()) {
    known->until = now + delay_;
  } else {
    held_.push_back({&link, now + delay_});
  }
  if (!is_timer_set_) SetTimer(now);
  return true;
}

void HeldAnswers::Remove(const Link& link) {
  std::erase_if(held_, [&link](const Held& held) { return held.link == &link; });
}

// A timer that is set stays as it is when a piece puts its answer off: it fires and is set again, which is
// cheaper than a system call for every piece.
void HeldAnswers::OnEvents(std::uint32_t) {
  std::uint64_t times = 0;
  (void)::read(timer_.get(), &times, sizeof times);
  is_timer_set_ = false;
  const auto now = base::Clock::now();
  std::vector<Link*> due;
  for (const Held& held : held_) {
    if (held.until <= now) due.push_back(held.link);
  }
  for (Link* link : due)
    link->SendHeld();
  if (!held_.empty()) SetTimer(now);
}

void HeldAnswers::SetTimer(base::Clock::time_point now) {
  const auto next = std::ranges::min(held_, {}, &Held::until).until;
  itimerspec when{};
  when.it_value = AsTimespec(std::max(next - now, base::Clock::duration(0)));
  CHECK(::timerfd_settime(timer_.get(), 0, &when, nullptr) == 0, "a timer cannot be set");
  is_timer_set_ = true;
}

}  // namespace hosts::daemon
