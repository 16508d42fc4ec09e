// HttpConnection, what comes of time that passes: looked at by the loop once a second.

#include "hosts/serving/http_connection.h"
#include "hosts/serving/http_connection_forwarded.h"

namespace hosts::serving {

std::optional<base::Clock::time_point> HttpConnection::ReadDeadline() const {
  const bool is_body = parser_ && parser_->is_head_complete();
  const auto& timeout = is_body ? settings_.limits.body_timeout : settings_.limits.head_timeout;
  if (timeout.first.count() == 0) return std::nullopt;
  return began_at_ + timeout.For(received_);
}

void HttpConnection::OnTickWhileReading(base::Clock::time_point now) {
  const auto quiet = now - active_at_;
  if (in_.empty() && stream().backlog() == 0) {
    if (quiet > settings_.limits.keep_alive_timeout) Die();
    return;
  }
  const auto deadline = in_.empty() ? std::nullopt : ReadDeadline();
  const auto patience = stream().backlog() > 0 ? client_timeout_ : settings_.limits.timeout;
  if (quiet <= patience && !(deadline && now > *deadline)) return;
  if (in_.empty() || stream().backlog() > 0) {
    Die();
    return;
  }
  if (!parser_) StartParser();
  is_cut_ = true;
  Refuse(408);
  Proceed();
}

// While the other process takes it, a body must come fast enough.
void HttpConnection::OnTickWhileForwarding(base::Clock::time_point now) {
  if (stream().backlog() > 0) {
    if (now - active_at_ > client_timeout_) Die();
    return;
  }
  if (parser_->is_complete() || !forwarded_->is_reading() || forwarded_->has_ended()) return;
  const auto deadline = ReadDeadline();
  if (!deadline || now <= *deadline) return;
  forwarded_->Fail(408);
  forwarding_.reset();
}

void HttpConnection::OnTick(base::Clock::time_point now) {
  const auto quiet = now - active_at_;
  switch (state_) {
    case State::Reading:
      return OnTickWhileReading(now);
    case State::Answering:
    case State::Chosen:
      return;
    case State::Forwarding:
      return OnTickWhileForwarding(now);
    case State::Sending:
    case State::Draining:
    case State::Closing:
      if (quiet > (stream().backlog() > 0 ? client_timeout_ : settings_.limits.timeout)) Die();
      return;
    case State::Lingering:
      if (quiet > settings_.linger) Die();
      return;
  }
}

}  // namespace hosts::serving
