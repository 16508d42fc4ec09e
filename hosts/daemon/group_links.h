#pragma once
// GroupLinks: the links of a front to all processes of one group, and the requests that wait for one.
//
// A request gets an idle link to the process with the fewest requests, or a new one to it, and waits in
// order while every process has enough. Ten times a second it is looked what has waited too long, and
// once a second what a process does not begin is given another way (wire.md).
//
// Owns:    the links; waiting errands are their requests'.
// Threads: the leader's (serving/loop.h).

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "hosts/base/deadline.h"
#include "hosts/daemon/errand.h"
#include "hosts/daemon/group_endpoint.h"
#include "hosts/daemon/held_answers.h"
#include "hosts/daemon/link.h"
#include "hosts/serving/loop.h"

namespace hosts::daemon {

class GroupLinks {
 public:
  GroupLinks(serving::Loop& loop, GroupEndpoint endpoint);

  [[nodiscard]] const GroupEndpoint& endpoint() const { return endpoint_; }
  [[nodiscard]] std::uint64_t ticks() const { return ticks_; }

  [[nodiscard]] HeldAnswers& held_answers() { return held_answers_; }

  void Assign(Errand& errand);
  // What was sent before and came back: before everybody who waits.
  void AssignFirst(Errand& errand);
  // As RELOAD-4 says, of one request.
  [[nodiscard]] int most_refusals() const { return 2 * static_cast<int>(links_.size()) + 1; }
  void Forget(Errand& errand) { std::erase(waiting_, &errand); }

  // A link became free or closed; waiting requests may go.
  void OnLinkChanged();
  // It ends, or has ended: what can go elsewhere does, until there was time to replace it.
  void OnProcessLeaving(std::size_t process);

 private:
  // Of one process. What could not be sent again, should the process die, does not wait in it.
  [[nodiscard]] std::size_t MostRequests(const Errand& errand) const;

  // An idle link to the process with the fewest requests, or a new one to it. A process that is being
  // replaced comes behind all others.
  Link* FreeLink(const Errand& errand);

  // For when the best process cannot be reached, e.g. as descriptors are used up.
  Link* LinkToAnother(std::size_t best, std::size_t most);
  Link* Open(std::size_t process);
  void SweepClosed();

  // What a busy moment has opened beyond the threads is given back.
  void TrimLinks();
  [[nodiscard]] std::size_t Busy(std::size_t process) const;

  // An idle link on which the request of this one would be begun at once, as far as one can see.
  [[nodiscard]] Link* IdleLinkBeside(const Link& waiting) const;

  // A process that keeps the GIL, or cannot accept, must not keep what another would answer.
  void TakeBackWhatNobodyBegins();

  // No process can be reached; a full group is just busy.
  [[nodiscard]] bool is_unreachable() const;
  void OnTick();
  void OnFineTick();
  void FailTheUnreachable(base::Clock::time_point now);

  // Their links close, which lets waiting ones go; those are asked again whether they waited too long.
  void FailTheUnanswered(base::Clock::time_point now);

  serving::Loop& loop_;
  GroupEndpoint endpoint_;
  HeldAnswers held_answers_;
  std::vector<std::vector<std::unique_ptr<Link>>> links_;
  std::vector<std::uint64_t> away_until_tick_;  // of each process
  std::vector<std::uint32_t> free_cells_;
  std::deque<Errand*> waiting_;
  bool is_failure_told_ = false;                              // since the last tick
  std::optional<base::Clock::time_point> unreachable_since_;  // the last try failed, too
  bool is_unreachable_for_good_ = false;
  std::uint64_t ticks_ = 0;
};

}  // namespace hosts::daemon
