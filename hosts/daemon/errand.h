#pragma once
// Errand: one request that a front has sent to a daemon process, or that waits for a link to one.
//
// Owns:    nothing; the request outlives it, and so does its group.
// As long as nobody has begun it, and none of its body was given away, it can be sent again: to another
// process, or to the one that comes after the one that refused it. So where scripts are reloaded a body
// that is still on its way is held back until the process has accepted the request (RELOAD-3).
//
// Threads: the leader's (serving/loop.h).
// Fails:   502 when its process died inside the application (ERR-24), 503 when none can be reached
//          (ERR-20, ERR-21) or too many refused it (ERR-27), 504 when none answers in time (ERR-23).

#include <chrono>
#include <cstdint>
#include <optional>

#include "hosts/base/deadline.h"
#include "hosts/serving/service.h"

namespace hosts::daemon {

class GroupLinks;
class Link;

class Errand final : public serving::Forwarding {
 public:
  Errand(GroupLinks& group, serving::ForwardedRequest& request);
  ~Errand() override;

  void OnBody() override;
  void OnDrained() override;
  [[nodiscard]] std::optional<std::chrono::milliseconds> client_timeout() const override;

  void StartOn(Link& link);
  void OnLinkWritable() {
    NoteProgress();
    PushBody();
  }
  void OnLinkLost(bool has_begun);
  // The process wants the body; false: it was not held back, or no longer.
  [[nodiscard]] bool OnAccepted();
  // By a process that found its script changed; or, unseen, by one that was ending already.
  enum class Refusal { ForItsScript, Unseen };
  void OnRefused(Refusal refusal);
  void FailBecauseUnreachable() { Fail(503); }
  void FailBecauseUnanswered();
  void Fail(int status) {
    has_ended_ = true;
    request_.Fail(status);
  }

  [[nodiscard]] serving::ForwardedRequest& request() { return request_; }
  [[nodiscard]] bool is_body_sent() const { return is_body_sent_; }
  [[nodiscard]] bool can_be_sent_again() const { return request_.is_body_complete(); }
  // As it was sent, whole.
  [[nodiscard]] bool can_be_taken_back() const { return is_body_inline_; }
  [[nodiscard]] bool is_all_here() const { return is_body_inline_ || is_body_held_back_; }
  [[nodiscard]] std::uint64_t sent_at_tick() const { return sent_at_tick_; }
  [[nodiscard]] base::Clock::time_point since() const { return since_; }
  // Something came from the process, or went to it.
  void NoteProgress() { progress_at_ = base::Clock::now(); }
  // For the process, and not for the client.
  [[nodiscard]] bool has_waited_too_long(base::Clock::time_point now) const;
  void Release() {
    link_ = nullptr;
    has_ended_ = true;
  }

 private:
  void PushBody();

  GroupLinks& group_;
  serving::ForwardedRequest& request_;
  Link* link_ = nullptr;
  base::Clock::time_point since_ = base::Clock::now();
  base::Clock::time_point progress_at_ = since_;
  bool is_body_inline_ = false;     // it went with the head, and is still here to be sent again
  bool is_body_held_back_ = false;  // until the process accepts the request
  bool is_body_sent_ = false;
  bool is_sent_again_ = false;
  bool has_ended_ = false;
  std::uint64_t sent_at_tick_ = 0;  // of the group
  int losses_ = 0;                  // of links
  int refusals_ = 0;                // for its script
};

}  // namespace hosts::daemon
