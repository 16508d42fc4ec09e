#include "hosts/daemon/errand.h"

#include <unistd.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "hosts/base/files.h"
#include "hosts/base/log.h"
#include "hosts/daemon/group_links.h"
#include "hosts/daemon/link.h"
#include "hosts/daemon/wire.h"
#include "hosts/serving/stream.h"

namespace hosts::daemon {

namespace {

std::int64_t NowInMicroseconds() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

Errand::Errand(GroupLinks& group, serving::ForwardedRequest& request)
    : group_(group), request_(request) {
  if (auto* counter = group_.endpoint().forwarded) counter->Begin();
}

Errand::~Errand() {
  if (auto* counter = group_.endpoint().forwarded) {
    counter->End();
    counter->NoteAnswer();
  }
  group_.Forget(*this);
  if (link_ == nullptr) return;
  link_->Abandon();
  group_.OnLinkChanged();
}

bool Errand::has_waited_too_long(base::Clock::time_point now) const {
  const bool is_clients_turn =
      (link_ != nullptr && !is_body_sent_ && !is_body_held_back_ && link_->has_room()) ||
      request_.backlog() > serving::Stream::kLowWater;
  const auto own = group_.endpoint().answer_timeout;
  const auto timeout = own.count() > 0 ? own : request_.timeout();
  return !has_ended_ && !is_clients_turn && now - progress_at_ > timeout;
}

void Errand::FailBecauseUnanswered() {
  const base::LogChoice choice(request_.head().error_log);
  base::Log(base::LogLevel::Error,
            "H0212",
            "group {} did not answer {} {} in time",
            group_.endpoint().name,
            request_.head().method,
            request_.head().target);
  group_.Forget(*this);
  Fail(504);
  if (Link* link = std::exchange(link_, nullptr)) {
    link->Abandon();
    group_.OnLinkChanged();
  }
}

void Errand::StartOn(Link& link) {
  link_ = &link;
  sent_at_tick_ = group_.ticks();
  const Ticket ticket = link.Start(*this);
  exchange::RequestHead head = request_.head();
  head.queued_at_us = NowInMicroseconds();
  head.server_pid = ::getpid();
  is_body_inline_ = request_.is_body_complete();
  is_body_sent_ = is_body_inline_;
  is_body_held_back_ = !is_body_inline_ && head.reloads_scripts;
  // The process that has it now may have loaded what came after the request.
  if (is_sent_again_ && head.reloads_scripts) {
    head.script_changed_at_ns = base::ChangedAtNs(head.script).value_or(0);
  }
  std::string frames;
  AppendRequest(frames,
                head,
                ticket,
                is_body_inline_ ? std::optional<std::string_view>(request_.body()) : std::nullopt);
  link.Send(frames);
  if (!is_body_sent_) PushBody();
}

void Errand::OnBody() {
  PushBody();
}

void Errand::PushBody() {
  if (link_ == nullptr || is_body_sent_ || is_body_held_back_ || !link_->has_room()) return;
  std::string frames;
  AppendBodyFrames(frames, FrameType::Body, request_.body());
  request_.body().clear();
  if (request_.is_body_complete()) {
    is_body_sent_ = true;
    AppendFrame(frames, FrameType::BodyEnd, {});
  }
  if (!frames.empty()) {
    NoteProgress();
    link_->Send(frames);
  }
  if (!is_body_sent_) request_.ReceiveMore();
}

void Errand::OnDrained() {
  NoteProgress();
  if (link_ != nullptr) link_->Resume();
}

std::optional<std::chrono::milliseconds> Errand::client_timeout() const {
  const auto own = group_.endpoint().client_timeout;
  if (own.count() == 0) return std::nullopt;
  return own;
}

void Errand::OnLinkLost(bool has_begun) {
  link_ = nullptr;
  if (has_ended_) return;
  constexpr int kMostLosses = 8;
  const bool can_repeat = !has_begun && is_all_here() && ++losses_ < kMostLosses;
  if (can_repeat) {
    is_sent_again_ = true;
    {
      const base::LogChoice choice(request_.head().error_log);
      base::Log(base::LogLevel::Info,
                "H0211",
                "a process of group {} ended before it began with a request; sending it again",
                group_.endpoint().name);
    }
    group_.AssignFirst(*this);
  } else {
    Fail(502);
  }
}

bool Errand::OnAccepted() {
  if (!std::exchange(is_body_held_back_, false)) return false;
  PushBody();
  return true;
}

void Errand::OnRefused(Refusal refusal) {
  link_ = nullptr;
  is_sent_again_ = true;
  if (refusal == Refusal::ForItsScript) ++refusals_;
  if (refusals_ < group_.most_refusals()) {
    if (refusal == Refusal::ForItsScript) {
      const base::LogChoice choice(request_.head().error_log);
      base::Log(base::LogLevel::Info,
                "H0216",
                "Reconnecting after WSGI daemon process of group '{}' refused {} {}",
                group_.endpoint().name,
                request_.head().method,
                request_.head().target);
    }
    return group_.AssignFirst(*this);
  }
  const base::LogChoice choice(request_.head().error_log);
  base::Log(
      base::LogLevel::Error,
      "H0215",
      "{} {} was refused {} times by processes of group {}: each found that its script {} has "
      "changed",
      request_.head().method,
      request_.head().target,
      refusals_,
      group_.endpoint().name,
      request_.head().script);
  Fail(503);
}

}  // namespace hosts::daemon
