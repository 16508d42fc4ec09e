#pragma once
// HeldAnswers: answers of a group of which a piece is here and waits for the next one, so that both go to the
// client together. A piece waits until nothing has come behind it for the group's delay; that begins anew
// with every piece. Nothing is held for a client that is behind with what it was sent.
//
// Owns:    a timer; the links are the group's.
// Threads: the leader's (serving/loop.h).
// Fails:   without a descriptor for the timer nothing is held.
// Source:  RESP-5, CFG-88 (response-flush-delay).

#include <chrono>
#include <cstdint>
#include <vector>

#include "hosts/base/deadline.h"
#include "hosts/base/unique_fd.h"
#include "hosts/serving/event_source.h"
#include "hosts/serving/loop.h"

namespace hosts::daemon {

class Link;

class HeldAnswers final : public serving::EventSource {
 public:
  // 0: nothing is held.
  HeldAnswers(serving::Loop& loop, std::chrono::milliseconds delay);
  ~HeldAnswers() override;

  // A piece has come. SendHeld() is called after the delay, unless another one comes before it.
  // False: it is not held.
  [[nodiscard]] bool Hold(Link& link);
  void Forget(const Link& link) {
    if (!held_.empty()) Remove(link);
  }

  void OnEvents(std::uint32_t events) override;

 private:
  struct Held {
    Link* link;
    base::Clock::time_point until;
  };

  void Remove(const Link& link);
  void SetTimer(base::Clock::time_point now);  // for the next one

  serving::Loop& loop_;
  const std::chrono::milliseconds delay_;
  base::UniqueFd timer_;
  std::vector<Held> held_;
  bool is_timer_set_ = false;
};

}  // namespace hosts::daemon
