// HttpConnection, the application thread's side: the request's body and the answer.

#include <algorithm>
#include <utility>

#include "hosts/base/check.h"
#include "hosts/base/log.h"
#include "hosts/serving/http_connection.h"

namespace hosts::serving {

class HttpConnection::Body final : public exchange::RequestBody {
 public:
  explicit Body(HttpConnection& connection) : connection_(connection) {}

  [[nodiscard]] std::string_view buffered() const override {
    return std::string_view(connection_.parser_->body()).substr(consumed_);
  }

  void Consume(std::size_t size) override {
    consumed_ += size;
    if (consumed_ == connection_.parser_->body().size()) {
      connection_.parser_->body().clear();
      consumed_ = 0;
    }
  }

  [[nodiscard]] base::Result<bool> Fill() override {
    http1::RequestParser& parser = *connection_.parser_;
    const std::size_t before = parser.body().size();
    while (parser.body().size() == before) {
      if (parser.is_complete()) return false;
      if (connection_.unparsed() > 0) {
        const std::size_t unparsed = connection_.unparsed();
        if (connection_.ParseMore() == http1::RequestParser::Progress::Refused) {
          return base::Error{base::ErrorKind::InvalidInput, parser.refused_reason()};
        }
        if (connection_.unparsed() != unparsed) continue;
      }
      if (auto received = Receive(); !received) return received.error();
    }
    return true;
  }

 private:
  base::Result<void> Receive() {
    if (connection_.is_continue_awaited() && !connection_.writer_->has_begun()) {
      connection_.SendContinue();
    }
    auto span = connection_.settings_.limits.timeout;
    if (const auto deadline = connection_.ReadDeadline()) {
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(*deadline - base::Clock::now());
      span = std::clamp(left, std::chrono::milliseconds(0), span);
    }
    if (auto ready = connection_.stream().WaitForInput(span); !ready) return ready;
    const auto received = connection_.ReceiveMore();
    if (received == Stream::Receiving::Ended || received == Stream::Receiving::Broken) {
      connection_.has_client_ended_ = true;
      return base::Error{base::ErrorKind::Closed, "the client left before the end of the body"};
    }
    return {};
  }

  HttpConnection& connection_;
  std::size_t consumed_ = 0;
};

class HttpConnection::Sink final : public exchange::AnswerSink {
 public:
  explicit Sink(HttpConnection& connection) : connection_(connection) {}

  [[nodiscard]] base::Result<void> Begin(exchange::AnswerHead head) override {
    // The client may send its body yet, or another request instead (RFC 9110, 10.1.1).
    if (connection_.is_continue_awaited()) connection_.writer_->CloseAfterwards();
    connection_.writer_->Begin(head, connection_.framed_);
    connection_.Remember(std::move(head));
    return {};
  }

  [[nodiscard]] base::Result<void> Write(std::string_view bytes, Then then) override {
    while (bytes.size() > Stream::kHighWater) {  // however large a block is, the buffers are not
      if (auto written = Write(bytes.substr(0, Stream::kHighWater), Then::Flush); !written) {
        return written;
      }
      bytes.remove_prefix(Stream::kHighWater);
    }
    if (bytes.size() >= Stream::kSentFromWhereItIs) {
      if (auto sent = Noted(connection_.SendBlock(bytes)); !sent) return sent;
    } else {
      connection_.writer_->Body(bytes, connection_.framed_);
      const bool is_enough = connection_.framed_.size() >= Stream::kLowWater;
      if (then == Then::More && !is_enough) return {};
      if (auto sent = Send(); !sent) return sent;
    }
    return connection_.stream().WaitForRoom(connection_.settings_.limits.timeout);
  }

  // What the socket does not take now, the loop sends.
  [[nodiscard]] base::Result<void> WriteFile(exchange::FilePart part) override {
    http1::AnswerWriter& writer = *connection_.writer_;
    if (!writer.is_body_plain()) return AnswerSink::WriteFile(std::move(part));
    part.length = writer.OpenBlock(part.length, connection_.framed_);
    if (part.length == 0) return {};
    const auto sending = connection_.stream().SendFile(connection_.framed_, std::move(part));
    connection_.framed_.clear();
    return Noted(sending);
  }

  [[nodiscard]] base::Result<void> Finish() override {
    connection_.writer_->End(connection_.framed_);
    return {};  // Conclude() sends it
  }

  void Choose(exchange::Choice choice) override { connection_.choice_ = std::move(choice); }
  void Refuse() override { CHECK(false, "a request was refused where nobody else would answer"); }

  void Abort() override {
    connection_.is_cut_ = connection_.has_broken_off_ = true;
    [[maybe_unused]] const auto sent = Send();  // cut anyway
  }

 private:
  base::Result<void> Send() {
    const auto sending = connection_.stream().Send(connection_.framed_);
    connection_.framed_.clear();
    return Noted(sending);
  }

  base::Result<void> Noted(Stream::Sending sending) {
    if (sending != Stream::Sending::Broken) return {};
    connection_.is_cut_ = connection_.has_broken_off_ = true;
    if (const auto* failure = connection_.stream().file_failure()) return *failure;
    return base::Error{base::ErrorKind::Closed, "the client is gone"};
  }

  HttpConnection& connection_;
};

void HttpConnection::Answer(const AnswerFunction& answer) {
  Body body(*this);
  Sink sink(*this);
  answer(parser_->head(), body, sink);
}

void HttpConnection::Conclude() {
  if (choice_) {
    state_ = State::Chosen;
    return;
  }
  CHECK(writer_->has_begun() || is_cut_, "an application thread left a request without an answer");
  if (!framed_.empty() && !has_broken_off_ &&
      stream().Send(framed_) == Stream::Sending::Broken) {  // the loop sends what it does not take
    is_cut_ = has_broken_off_ = true;
  }
  framed_.clear();
  EndRequest();
}

// What the socket takes of a large block is not copied before.
Stream::Sending HttpConnection::SendBlock(std::string_view bytes) {
  const std::uint64_t size = writer_->OpenBlock(bytes.size(), framed_);
  bytes = bytes.substr(0, static_cast<std::size_t>(size));
  const auto sending =
      stream().Send(framed_, bytes, size > 0 ? writer_->block_end() : std::string_view());
  framed_.clear();
  return sending;
}

// The loop's side of WriteFile.
// True: it was a file that could not be sent to its end, and the rest of what waits may go.
bool HttpConnection::BreakOffFile() {
  if (is_cut_ || stream().file_failure() == nullptr) return false;
  is_cut_ = has_broken_off_ = true;
  const base::LogChoice choice(parser_->head().error_log);
  base::Log(base::LogLevel::Error,
            "H0231",
            "the answer to {} {} breaks off: {}",
            parser_->head().method,
            decision_.path,
            stream().file_failure()->message);
  return true;
}

}  // namespace hosts::serving
