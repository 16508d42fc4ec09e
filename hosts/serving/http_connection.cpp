#include "hosts/serving/http_connection.h"

#include <algorithm>
#include <utility>

#include "hosts/http1/target.h"
#include "hosts/serving/http_connection_forwarded.h"
#include "hosts/serving/loop.h"

namespace hosts::serving {

namespace {

constexpr std::size_t kReceiveAtOnce = 16 * 1024;

std::int64_t NowInMicroseconds() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

HttpConnection::HttpConnection(Loop& loop,
                               Service& service,
                               const HttpSettings& settings,
                               base::UniqueFd socket)
    : Connection(loop, std::move(socket)),
      service_(service),
      settings_(settings),
      peer_(PeerAddress(fd())),
      local_(LocalAddress(fd())) {}

HttpConnection::~HttpConnection() = default;

void HttpConnection::Proceed() {
  if (stream().backlog() > 0 || state_ == State::Closing) {
    const std::uint64_t before = stream().backlog();
    if (stream().Send({}) == Stream::Sending::Broken && !BreakOffFile()) {
      Die();
      return;
    }
    if (stream().wants_another_turn()) loop().TellAgain(fd(), *this);
    if (stream().backlog() < before) active_at_ = base::Clock::now();
    if (is_idle()) ReleaseBuffers();
    if (state_ == State::Forwarding && forwarding_ && !forwarded_->has_ended() &&
        stream().backlog() <= Stream::kLowWater && before > Stream::kLowWater) {
      forwarding_->OnDrained();
    }
  }
  while (Advance() == Step::Again) {
  }
}

HttpConnection::Step HttpConnection::Advance() {
  switch (state_) {
    case State::Reading:
      return ReadRequest();
    case State::Answering:
      return Step::Wait;
    case State::Chosen:
      return TakeChoice();
    case State::Forwarding:
      return ReadForwardedBody();
    case State::Sending:
      return FinishSending();
    case State::Draining:
      return Drain();
    case State::Closing:
      return Close();
    case State::Lingering:
      return Linger();
  }
  return Step::Wait;
}

bool HttpConnection::has_more_to_do() const {
  if (state_ != State::Reading || !in_.empty() || stream().can_receive()) return true;
  return loop().is_stopping();
}

bool HttpConnection::may_be_kept() const {
  const std::uint32_t most = settings_.limits.keep_alive_requests;
  return parser_->is_connection_kept() && settings_.limits.keep_alive && !loop().is_ending() &&
         (most == 0 || requests_ < most);
}

HttpConnection::Step HttpConnection::Die() {
  if (is_to_be_logged_) {
    has_broken_off_ = true;
    TellLog();
  }
  forwarding_.reset();
  loop().Destroy(*this);
  return Step::Gone;
}

Stream::Receiving HttpConnection::ReceiveMore() {
  const char* before = in_.data();
  const std::size_t size_before = in_.size();
  const auto received = stream().Receive(in_, kReceiveAtOnce);
  const http1::MovedBytes moved{before, size_before, in_.data()};
  if (parser_) parser_->Follow(moved);
  if (decision_.as_received) http1::Follow(moved, *decision_.as_received);
  if (received == Stream::Receiving::Some) {
    active_at_ = base::Clock::now();
    if (size_before == 0 && head_size_ == 0) began_at_ = active_at_;
    received_ += in_.size() - size_before;
    SetBusy(true);
  }
  return received;
}

http1::RequestParser::Progress HttpConnection::ParseMore() {
  const bool had_head = head_size_ > 0;
  const auto outcome = parser_->Parse(std::string_view(in_).substr(head_size_));
  request_bytes_ += outcome.used;
  if (!had_head && parser_->is_head_complete()) {
    head_size_ = outcome.used;
  } else if (had_head) {
    in_.erase(head_size_, outcome.used);  // the body lies decoded in the parser
  }
  return outcome.progress;
}

void HttpConnection::StartParser() {
  constexpr std::uint32_t kLeastHead = 64 * 1024;
  const deployment::HttpLimits& limits = settings_.limits;
  parser_.emplace(http1::ParseLimits{
      .head_bytes = std::max(kLeastHead, limits.request_line + 2 * limits.field_size),
      .request_line = limits.request_line,
      .field_size = limits.field_size,
      .fields = limits.fields});
  writer_.emplace(http1::AnswerWriter::Request{});
  is_head_taken_ = false;
  request_bytes_ = 0;
  sent_before_ = stream().sent();
}

HttpConnection::Step HttpConnection::ReadRequest() {
  using Progress = http1::RequestParser::Progress;
  if (unparsed() > 0) {
    if (!parser_) StartParser();
    const bool had_head = head_size_ > 0;
    const std::size_t unparsed_before = unparsed();
    const Progress progress = ParseMore();
    if (progress == Progress::Refused) {
      is_cut_ = true;
      Refuse(parser_->refused_status());
      return Step::Again;
    }
    if (!had_head && head_size_ > 0) return TakeHead();
    if (had_head) {
      const bool is_enough = parser_->body().size() >= settings_.body_read_first;
      if (parser_->is_complete() || is_enough) return HandOn();
      if (unparsed() != unparsed_before) return Step::Again;
    }
  }
  if (!stream().can_receive()) {
    if (loop().is_stopping() && is_idle()) return Die();
    return Step::Wait;
  }
  switch (ReceiveMore()) {
    case Stream::Receiving::Some:
      return Step::Again;
    case Stream::Receiving::Nothing:
      return stream().is_hung_up() ? Die() : Step::Wait;
    case Stream::Receiving::Ended:
      return TakeClientsEnd();
    case Stream::Receiving::Broken:
      return Die();
  }
  return Step::Wait;
}

// The client sends no more. One that only half closed still reads: what waits for it, and what is
// answered to a request whose body it broke off.
HttpConnection::Step HttpConnection::TakeClientsEnd() {
  if (stream().is_hung_up()) return Die();
  has_client_ended_ = true;
  if (head_size_ > 0) return HandOn();  // whoever reads the body sees its end (INP-3)
  if (stream().backlog() == 0) return Die();
  state_ = State::Closing;
  return Step::Again;
}

HttpConnection::Step HttpConnection::TakeHead() {
  exchange::RequestHead& head = parser_->head();
  head.received_at_us = NowInMicroseconds();
  began_at_ = active_at_;
  received_ = unparsed();
  ++requests_;
  is_to_be_logged_ = settings_.request_log != nullptr;
  is_head_taken_ = true;
  is_continue_sent_ = false;
  decision_ = Decision{};
  client_timeout_ = settings_.limits.timeout;
  head.remote_address = peer_.address;
  head.remote_port = peer_.port;
  head.local_address = local_.address;
  head.local_port = local_.port;
  writer_.emplace(http1::AnswerWriter::Request{.is_head = head.method == "HEAD",
                                               .version_minor = head.version_minor,
                                               .keep_alive = may_be_kept()});
  http1::Target target = http1::ParseTarget(head.target, head.method);
  http1::HostName host = http1::ParseHost(parser_->host_header());
  if (!target.authority.empty() && host.is_valid) {
    host = http1::ParseHost(target.authority);
    parser_->ReplaceHost(target.authority);
  }
  if (target.refused_status != 0 || !host.is_valid) {
    constexpr int kNotFound = 404;  // an encoded slash: what follows can still be read
    is_cut_ = target.refused_status != kNotFound;
    Refuse(target.refused_status != 0 ? target.refused_status : 400);
    return Step::Again;
  }
  if (target.path == "*") {
    Reply(http1::EmptyHead(), {});
    return Step::Again;
  }
  head.query = target.query;
  decision_.path = std::move(target.path);
  decision_.host_name = std::move(host.name);
  head.host_name = decision_.host_name;
  head.host_port = host.port;
  service_.Decide(head, decision_);
  if (decision_.what == Decision::What::Refuse) {
    Refuse(decision_.status);
    return Step::Again;
  }
  if (decision_.body_limit != 0) parser_->LimitBody(decision_.body_limit);
  // Who waits for "100 Continue" sends nothing before somebody asks for the body (INP-6).
  if (parser_->is_complete() || parser_->is_continue_expected()) return HandOn();
  return Step::Again;
}

HttpConnection::Step HttpConnection::TakeChoice() {
  const auto choice = std::exchange(choice_, std::nullopt);
  service_.DecideAgain(parser_->head(), *choice, decision_);
  if (decision_.what != Decision::What::Refuse) return HandOn();
  Refuse(decision_.status);
  return Step::Again;
}

HttpConnection::Step HttpConnection::HandOn() {
  if (decision_.what == Decision::What::Run) {
    state_ = State::Answering;
    loop().Submit(*this);
    return Step::Wait;
  }
  state_ = State::Forwarding;
  if (is_continue_awaited()) SendContinue();
  forwarded_ = std::make_unique<Forwarded>(*this);
  forwarded_->set_calling_back(true);
  forwarding_ = service_.Forward(*forwarded_);
  if (forwarding_ != nullptr) {
    client_timeout_ = forwarding_->client_timeout().value_or(settings_.limits.timeout);
  }
  forwarded_->set_calling_back(false);
  return Step::Again;
}

HttpConnection::Step HttpConnection::ReadForwardedBody() {
  if (forwarded_->has_ended()) {
    forwarding_.reset();
    forwarded_.reset();
    loop().BeginRound();
    EndRequest();
    return Step::Again;
  }
  if (stream().is_hung_up()) return Die();
  const bool wants_body = !parser_->is_complete();
  if (wants_body &&
      (!forwarded_->is_reading() || parser_->body().size() >= settings_.body_read_first)) {
    forwarded_->set_reading(false);  // the other process is slow: let the client wait
    return Step::Wait;
  }
  if (wants_body && unparsed() > 0) {
    const std::size_t before = unparsed();
    if (ParseMore() == http1::RequestParser::Progress::Refused) {
      is_cut_ = true;
      forwarded_->Fail(parser_->refused_status());
      return Step::Again;
    }
    if (unparsed() != before) {
      forwarded_->set_calling_back(true);
      forwarding_->OnBody();
      forwarded_->set_calling_back(false);
      return Step::Again;
    }
  }
  if (!stream().can_receive() || in_.size() > head_size_ + Stream::kLowWater) return Step::Wait;
  switch (ReceiveMore()) {
    case Stream::Receiving::Some:
      return Step::Again;
    case Stream::Receiving::Nothing:
      return Step::Wait;
    case Stream::Receiving::Ended:
      has_client_ended_ = true;  // a half-closed client still reads
      if (!wants_body) return Step::Wait;
      forwarded_->Fail(500);  // ERR-19; the other process sees its link end
      return Step::Again;
    case Stream::Receiving::Broken:
      return Die();
  }
  return Step::Wait;
}

void HttpConnection::Refuse(int status) {
  // Only a connection whose next bytes are certain to be a request, and soon, can be kept.
  if (!parser_->is_complete() &&
      (parser_->is_continue_expected() || !parser_->is_head_complete() ||
       parser_->head().content_length.value_or(0) > settings_.body_drained)) {
    is_cut_ = true;
  }
  is_to_be_logged_ = settings_.request_log != nullptr;
  Reply(http1::ErrorHead(status), http1::ErrorPage(status));
}

// The server's own answer, and the end of the request.
void HttpConnection::Reply(const exchange::AnswerHead& head, std::string_view page) {
  if (is_cut_) {
    const bool is_head =
        writer_.has_value() && parser_->is_head_complete() && parser_->head().method == "HEAD";
    writer_.emplace(
        http1::AnswerWriter::Request{.is_head = is_head, .version_minor = 1, .keep_alive = false});
  }
  writer_->Begin(head, framed_);
  Remember(head);
  writer_->Body(page, framed_);
  writer_->End(framed_);
  if (stream().Send(framed_) == Stream::Sending::Broken) is_cut_ = has_broken_off_ = true;
  framed_.clear();
  loop().BeginRound();
  EndRequest();
}

// The answer is with the stream: what is to become of the connection?
void HttpConnection::EndRequest() {
  NoteAnswered();
  active_at_ = base::Clock::now();
  const bool must_wait = is_to_be_logged_ ? stream().backlog() > 0 : stream().has_file();
  if (must_wait && !has_broken_off_) {
    state_ = State::Sending;
    SetBusy(false);  // it needs no thread
    return;
  }
  if (is_to_be_logged_) TellLog();
  if (!is_to_be_kept() || loop().is_stopping()) {
    state_ = State::Closing;
    return;
  }
  if (!parser_->is_complete()) {
    drained_ = 0;
    state_ = State::Draining;
    return;
  }
  if (in_.size() == head_size_) {
    in_.clear();
    ReleaseBuffers();
    SetBusy(false);
  } else {
    in_.erase(0, head_size_);
    began_at_ = active_at_;
  }
  received_ = in_.size();
  head_size_ = 0;
  parser_.reset();
  state_ = State::Reading;
}

// Many connections are idle for long: one keeps no more than its next small request needs.
void HttpConnection::ReleaseBuffers() {
  ReleaseIfEmpty(in_);
  ReleaseIfEmpty(framed_);
  stream().ReleaseBuffer();
}

HttpConnection::Step HttpConnection::FinishSending() {
  if (stream().is_hung_up()) return Die();
  if (stream().backlog() > 0) return Step::Wait;
  SetBusy(true);
  EndRequest();
  return Step::Again;
}

HttpConnection::Step HttpConnection::Drain() {
  while (true) {
    parser_->body().clear();
    if (unparsed() > 0) {
      const std::size_t before = unparsed();
      if (ParseMore() == http1::RequestParser::Progress::Refused) {
        state_ = State::Closing;
        return Step::Again;
      }
      drained_ += before - unparsed();
      if (parser_->is_complete()) {
        EndRequest();
        return Step::Again;
      }
      if (drained_ > settings_.body_drained) {
        state_ = State::Closing;
        return Step::Again;
      }
      if (unparsed() != before) continue;
    }
    if (!stream().can_receive()) return Step::Wait;
    switch (ReceiveMore()) {
      case Stream::Receiving::Some:
        continue;
      case Stream::Receiving::Nothing:
        return stream().is_hung_up() ? Die() : Step::Wait;
      case Stream::Receiving::Ended:
        has_client_ended_ = true;
        state_ = State::Closing;
        return Step::Again;
      case Stream::Receiving::Broken:
        return Die();
    }
  }
}

HttpConnection::Step HttpConnection::Close() {
  if (stream().is_hung_up()) return Die();
  if (stream().backlog() > 0) return Step::Wait;
  stream().ShutdownWrites();
  if (has_client_ended_) return Die();
  state_ = State::Lingering;
  active_at_ = base::Clock::now();
  return Step::Again;
}

HttpConnection::Step HttpConnection::Linger() {
  while (stream().can_receive()) {
    in_.clear();
    head_size_ = 0;
    parser_.reset();
    const auto received = stream().Receive(in_, Stream::kLowWater);
    if (received == Stream::Receiving::Nothing) break;
    if (received != Stream::Receiving::Some) return Die();
  }
  return stream().is_hung_up() || loop().is_stopping() ? Die() : Step::Wait;
}

void HttpConnection::OnStop() {
  if (state_ == State::Lingering || (is_idle() && stream().backlog() == 0)) Die();
}

}  // namespace hosts::serving
