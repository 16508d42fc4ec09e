#pragma once
// LeaveNotice: how a generation's server processes hear that another one serves in their place, whatever an
// application has made of SIGUSR1 (faulthandler.register takes it for itself).
// LeaveOnNotice: lets a loop leave then.
//
// Owns:    an eventfd that the supervisor and the server processes of one generation share.
// Threads: Give: the supervisor's only one. LeaveOnNotice: the leader's (serving/loop.h).
// Fails:   without a descriptor there is no notice, and the signal has to do.
// Source:  SHUT-8.

#include "hosts/base/unique_fd.h"
#include "hosts/serving/event_source.h"
#include "hosts/serving/loop.h"

namespace hosts::command {

class LeaveNotice {
 public:
  LeaveNotice();

  void Give() const;
  // In a process that is not to hear it (SEC-10).
  void Close() { event_.reset(); }
  [[nodiscard]] const base::UniqueFd& event() const { return event_; }

 private:
  base::UniqueFd event_;
};

class LeaveOnNotice final : public serving::EventSource {
 public:
  // Both outlive it.
  LeaveOnNotice(serving::Loop& loop, const LeaveNotice& notice);
  ~LeaveOnNotice() override;

  void OnEvents(std::uint32_t events) override;

 private:
  serving::Loop& loop_;
  const LeaveNotice& notice_;
};

}  // namespace hosts::command
