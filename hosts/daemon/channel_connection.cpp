#include "hosts/daemon/channel_connection.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "hosts/base/check.h"
#include "hosts/base/log.h"
#include "hosts/serving/loop.h"

namespace hosts::daemon {

namespace {
constexpr std::size_t kReceiveAtOnce = 64 * 1024;
}

// ---- the application thread's side ----

class ChannelConnection::Body final : public exchange::RequestBody {
 public:
  Body(ChannelConnection& connection, std::string_view first)
      : connection_(connection), current_(first) {}

  [[nodiscard]] std::string_view buffered() const override { return current_; }
  void Consume(std::size_t size) override { current_.remove_prefix(size); }

  [[nodiscard]] base::Result<bool> Fill() override {
    while (current_.empty()) {
      if (!connection_.body_follows_) return false;
      if (auto asked = AskForIt(); !asked) return asked.error();
      connection_.in_.erase(0, std::exchange(frame_size_, 0));
      auto next = NextFrame(connection_.in_);
      if (!next) return next.error();
      if (!next->has_value()) {
        if (auto received = Receive(); !received) return received.error();
        continue;
      }
      const Frame frame = **next;
      if (frame.type == FrameType::BodyEnd) {
        connection_.body_follows_ = false;
        connection_.in_.erase(0, frame.size);
      } else if (frame.type == FrameType::Body) {
        current_ = frame.payload;
        frame_size_ = frame.size;
      } else {
        return base::Error{base::ErrorKind::InvalidInput, "a frame that is no body"};
      }
    }
    return true;
  }

  // An application that knows the length of its body need not look for its end. What has come of
  // it without waiting is thrown away, so that the link can be kept.
  void SkipWhatIsHere() {
    constexpr std::size_t kMostSkipped = 256 * 1024;
    std::size_t skipped = 0;
    while (connection_.body_follows_ && !connection_.is_body_held_back_ &&
           !connection_.must_close_ && skipped <= kMostSkipped) {
      skipped += current_.size();
      current_ = {};
      connection_.in_.erase(0, std::exchange(frame_size_, 0));
      const auto next = NextFrame(connection_.in_);
      const bool is_whole = next && next->has_value();
      if (is_whole || !next) {
        if (!Fill()) connection_.must_close_ = true;
      } else if (connection_.stream().Receive(connection_.in_, kReceiveAtOnce) !=
                 serving::Stream::Receiving::Some) {
        return;
      }
    }
  }

 private:
  base::Result<void> AskForIt() {
    if (!std::exchange(connection_.is_body_held_back_, false)) return {};
    AppendFrame(connection_.framed_, FrameType::Accepted, {});
    if (connection_.SendFramed()) return {};
    return base::Error{base::ErrorKind::Closed, "the client is gone"};
  }

  base::Result<void> Receive() {
    if (auto ready = connection_.stream().WaitForInput(connection_.settings_.timeout); !ready) {
      return ready;
    }
    const auto received = connection_.stream().Receive(connection_.in_, kReceiveAtOnce);
    if (received == serving::Stream::Receiving::Ended ||
        received == serving::Stream::Receiving::Broken) {
      connection_.must_close_ = true;
      return base::Error{base::ErrorKind::Closed, "the client left before the end of the body"};
    }
    return {};
  }

  ChannelConnection& connection_;
  std::string_view current_;
  std::size_t frame_size_ = 0;  // of the frame that current_ points into, still in in_
};

class ChannelConnection::Sink final : public exchange::AnswerSink {
 public:
  explicit Sink(ChannelConnection& connection) : connection_(connection) {}

  [[nodiscard]] base::Result<void> Begin(exchange::AnswerHead head) override {
    has_begun_ = true;
    head.pid = ::getpid();
    AppendAnswerHead(connection_.framed_, head);
    return {};
  }

  [[nodiscard]] base::Result<void> Write(std::string_view bytes, Then then) override {
    while (bytes.size() > serving::Stream::kHighWater) {  // the buffers stay small
      auto written = Write(bytes.substr(0, serving::Stream::kHighWater), Then::Flush);
      if (!written) return written;
      bytes.remove_prefix(serving::Stream::kHighWater);
    }
    if (bytes.size() >= serving::Stream::kSentFromWhereItIs) {
      if (auto sent = SendBlock(bytes); !sent) return sent;
    } else {
      AppendBodyFrames(connection_.framed_, FrameType::AnswerBody, bytes);
      if (then == Then::More && connection_.framed_.size() < serving::Stream::kLowWater) return {};
      if (auto sent = Send(); !sent) return sent;
    }
    return connection_.stream().WaitForRoom(connection_.settings_.timeout);
  }

  [[nodiscard]] base::Result<void> Finish() override {
    is_finished_ = true;
    return {};  // Answer() ends it, Conclude() sends it
  }

  [[nodiscard]] bool is_finished() const { return is_finished_; }

  void Choose(exchange::Choice) override {
    CHECK(false, "a dispatch script was asked where no choice is taken");
  }

  void Refuse() override {
    CHECK(!has_begun_, "an answer that has begun was refused");
    is_refused_ = true;
  }
  [[nodiscard]] bool is_refused() const { return is_refused_; }

  void Abort() override {
    if (!has_begun_) {
      AppendAnswerHead(connection_.framed_,
                       {.status = 500, .reason = {}, .headers = {}, .content_length = 0});
    }
    AppendFrame(connection_.framed_, FrameType::AnswerCut, {});
    connection_.must_close_ = true;
  }

 private:
  // What the socket takes of a large block is not copied before.
  base::Result<void> SendBlock(std::string_view bytes) {
    while (!bytes.empty()) {
      const std::string_view part = bytes.substr(0, kMaxBodyFrame);
      AppendFrameHead(
          connection_.framed_, FrameType::AnswerBody, static_cast<std::uint32_t>(part.size()));
      if (auto sent = Send(part); !sent) return sent;
      bytes.remove_prefix(part.size());
    }
    return {};
  }

  base::Result<void> Send(std::string_view behind = {}) {
    if (connection_.SendFramed(behind)) return {};
    return base::Error{base::ErrorKind::Closed, "the client is gone"};
  }

  ChannelConnection& connection_;
  bool has_begun_ = false;
  bool is_finished_ = false;
  bool is_refused_ = false;
};

void ChannelConnection::Answer(const serving::AnswerFunction& answer) {
  // A request that waited for a thread while its client left: nobody wants the answer. One whose body
  // broke off is the application's to notice (INP-3).
  if (!body_follows_ && (stream().is_hung_up() || has_other_side_gone())) {
    state_ = State::Closing;
    return;
  }
  auto decoded = DecodeRequest(request_frame_);
  if (!decoded) {
    base::Log(base::LogLevel::Error, "H0221", "{}", decoded.error().message);
    state_ = State::Closing;
    return;
  }
  is_body_held_back_ = body_follows_ && decoded->head.reloads_scripts;
  const bool has_front_all_of_it = !body_follows_ || is_body_held_back_;
  if (has_front_all_of_it && loop().is_told_to_stop()) return Refuse(kUnseen);
  // Void: the front has taken it back, which it does not with one whose body was on its way: that client
  // has left.
  if (!settings_.board->Begin(decoded->ticket) && !body_follows_) {
    state_ = State::Closing;
    return;
  }
  Body body(*this, decoded->body);
  Sink sink(*this);
  answer(decoded->head, body, sink);
  if (sink.is_refused()) {
    CHECK(has_front_all_of_it, "a request was refused of which the front has given parts away");
    if (settings_.on_reload) settings_.on_reload();
    return Refuse(0);
  }
  if (!sink.is_finished()) return;
  body.SkipWhatIsHere();
  must_close_ = must_close_ || body_follows_ || loop().is_told_to_stop();
  AppendFrame(framed_, FrameType::AnswerEnd, {}, must_close_ ? kLinkEnds : std::uint8_t{0});
}

void ChannelConnection::Refuse(std::uint8_t flags) {
  AppendFrame(framed_, FrameType::Refused, {}, flags);
  must_close_ = true;
}

// False: the front is gone.
bool ChannelConnection::SendFramed(std::string_view behind) {
  const auto sending = stream().Send(framed_, behind);
  framed_.clear();
  if (sending == serving::Stream::Sending::Broken) must_close_ = true;
  return sending != serving::Stream::Sending::Broken;
}

void ChannelConnection::Conclude() {
  if (state_ == State::Closing) return;
  (void)SendFramed();  // a link that broke is closed below
  state_ = must_close_ ? State::Closing : State::Idle;
  request_frame_.clear();
  for (std::string* buffer : {&in_, &framed_, &request_frame_})
    serving::ReleaseIfEmpty(*buffer);
  stream().ReleaseBuffer();
}

// ---- the loop's side ----

ChannelConnection::ChannelConnection(serving::Loop& loop,
                                     const ChannelSettings& settings,
                                     base::UniqueFd socket)
    : Connection(loop, std::move(socket)), settings_(settings) {}

bool ChannelConnection::has_more_to_do() const {
  return state_ != State::Idle || !in_.empty() || stream().can_receive();
}

bool ChannelConnection::is_peer_trusted() const {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(fd(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
  return peer.uid == 0 || peer.uid == ::geteuid() ||
         std::find(settings_.peers.begin(), settings_.peers.end(), peer.uid) !=
             settings_.peers.end();
}

void ChannelConnection::Proceed() {
  if (stream().Send({}) == serving::Stream::Sending::Broken) {
    Die();
    return;
  }
  while (true) {
    if (state_ == State::Closing) {
      if (stream().backlog() == 0 || stream().is_hung_up()) Die();
      return;
    }
    if (TakeFrame()) {
      if (state_ == State::Answering) return;
      continue;
    }
    if (state_ == State::Closing) continue;
    if (!stream().can_receive()) {
      if (loop().is_stopping() && stream().backlog() == 0) Die();
      return;
    }
    const auto received = stream().Receive(in_, kReceiveAtOnce);
    if (received == serving::Stream::Receiving::Nothing) {
      if (!stream().is_hung_up()) return;
      Die();
      return;
    }
    if (received != serving::Stream::Receiving::Some) {
      Die();
      return;
    }
  }
}

bool ChannelConnection::TakeFrame() {
  auto next = NextFrame(in_);
  if (next && !next->has_value()) return false;
  const bool is_greeting = state_ == State::Greeting;
  const FrameType wanted = is_greeting ? FrameType::Hello : FrameType::Request;
  const bool is_refused =
      !next || (*next)->type != wanted ||
      (is_greeting && ((*next)->payload != settings_.token || !is_peer_trusted()));
  if (is_refused) {
    base::Log(base::LogLevel::Error,
              "H0220",
              "a connection to the group's socket was refused: {}",
              is_greeting ? "it does not have the group's token" : "it sent a malformed frame");
    state_ = State::Closing;
    return false;
  }
  const Frame frame = **next;
  if (is_greeting) {
    state_ = State::Idle;
  } else {
    request_frame_.assign(frame.payload);
    body_follows_ = (frame.flags & kBodyFollows) != 0;
    state_ = State::Answering;
  }
  in_.erase(0, frame.size);
  if (state_ == State::Answering) loop().Submit(*this);
  return true;
}

void ChannelConnection::Die() {
  loop().Destroy(*this);
}

void ChannelConnection::OnStop() {
  if (state_ == State::Greeting || (state_ == State::Idle && stream().backlog() == 0)) Die();
}

}  // namespace hosts::daemon
