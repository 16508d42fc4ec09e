#pragma once
// HttpConnection::Forwarded: a connection's request as a Forwarding sees it (service.h). Of HttpConnection's own
// files only.
//
// Threads: the leader's.

#include <string>
#include <string_view>
#include <utility>

#include "hosts/serving/http_connection.h"
#include "hosts/serving/loop.h"

namespace hosts::serving {

class HttpConnection::Forwarded final : public ForwardedRequest {
 public:
  explicit Forwarded(HttpConnection& connection) : connection_(connection) {}

  [[nodiscard]] const exchange::RequestHead& head() const override {
    return connection_.parser_->head();
  }
  [[nodiscard]] std::string& body() override { return connection_.parser_->body(); }
  [[nodiscard]] bool is_body_complete() const override {
    return connection_.parser_->is_complete();
  }
  [[nodiscard]] std::chrono::milliseconds timeout() const override {
    return connection_.settings_.limits.timeout;
  }

  void ReceiveMore() override {
    is_reading_ = true;
    if (!is_calling_back_) connection_.loop().Revisit(connection_);
  }

  void Begin(exchange::AnswerHead head) override {
    constexpr int kFirstError = 400;
    constexpr int kLastError = 599;
    is_overridden_ = connection_.decision_.overrides_errors && head.status >= kFirstError &&
                     head.status <= kLastError;
    if (is_overridden_) return WritePage(head.status, head.pid);
    connection_.writer_->Begin(head, connection_.framed_);
    connection_.Remember(std::move(head));
  }
  void Write(std::string_view bytes) override {
    if (is_overridden_) return;
    if (bytes.size() >= Stream::kSentFromWhereItIs) {
      NoteSending(connection_.SendBlock(bytes));
    } else {
      connection_.writer_->Body(bytes, connection_.framed_);
    }
  }
  void SendNow() override {
    NoteSending(connection_.stream().Send(connection_.framed_));
    connection_.framed_.clear();
  }
  void Finish() override {
    connection_.writer_->End(connection_.framed_);
    SendNow();
    End();
  }
  void Fail(int status) override {
    if (connection_.writer_->has_begun()) {
      // With every promised byte sent there is nothing to notice: the client may be asking on.
      connection_.is_cut_ = !connection_.writer_->is_body_complete();
      connection_.has_broken_off_ = connection_.is_cut_;
      SendNow();
    } else {
      connection_.is_cut_ = !is_body_complete();
      WritePage(status);
      connection_.writer_->End(connection_.framed_);
      SendNow();
    }
    End();
  }
  [[nodiscard]] std::size_t backlog() const override { return connection_.stream().backlog(); }
  [[nodiscard]] std::size_t held() const override { return connection_.framed_.size(); }

  [[nodiscard]] bool has_ended() const { return has_ended_; }
  [[nodiscard]] bool is_reading() const { return is_reading_; }
  void set_reading(bool reading) { is_reading_ = reading; }
  void set_calling_back(bool calling_back) { is_calling_back_ = calling_back; }

 private:
  void WritePage(int status, int pid = 0) {
    exchange::AnswerHead head = http1::ErrorHead(status);
    head.pid = pid;
    connection_.writer_->Begin(head, connection_.framed_);
    connection_.Remember(std::move(head));
    connection_.writer_->Body(http1::ErrorPage(status), connection_.framed_);
  }

  void NoteSending(Stream::Sending sending) {
    connection_.active_at_ = base::Clock::now();
    if (sending == Stream::Sending::Broken) is_gone_ = true;
  }

  // The connection goes on from the loop's next round, not from within the Forwarding's code.
  void End() {
    if (is_gone_) connection_.is_cut_ = connection_.has_broken_off_ = true;
    has_ended_ = true;
    connection_.loop().Revisit(connection_);
  }

  HttpConnection& connection_;
  bool is_reading_ = true;
  bool is_calling_back_ = false;
  bool has_ended_ = false;
  bool is_gone_ = false;
  bool is_overridden_ = false;  // the server's page is sent, and nothing of the application's
};

}  // namespace hosts::serving
