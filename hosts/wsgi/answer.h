#pragma once
// Answer: one answer on its way from an application to the sink: the head, held back until there
// is a body or the end (RESP-1), and the count of what Content-Length still lets through (RESP-9).
//
// Knows nothing of Python. Send and Complete may block: nothing is attached meanwhile.
//
// Owns:    what is held back.
// Threads: one at a time.
// Fails:   Send when the client left; from then on nothing is sent any more.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/base/result.h"
#include "hosts/exchange/answer.h"

namespace hosts::wsgi {

class Answer {
 public:
  explicit Answer(exchange::AnswerSink& sink) : sink_(sink) {}

  [[nodiscard]] bool has_head() const { return head_.has_value() || has_begun_; }
  // The head is out, or being sent: it cannot be changed any more.
  [[nodiscard]] bool has_begun() const { return has_begun_; }
  // The head is out, or bytes are held that were cut to its length: a second call of start_response is too late.
  [[nodiscard]] bool is_settled() const {
    return has_begun_ || !held_.empty() || held_file_.has_value();
  }
  [[nodiscard]] bool client_has_left() const { return client_has_left_; }
  [[nodiscard]] bool has_content_length() const { return room_.has_value(); }
  // No byte more goes out.
  [[nodiscard]] bool is_full() const { return room_ == 0U; }
  [[nodiscard]] std::optional<std::uint64_t> room() const { return room_; }

  // What start_response said. Not once it is_settled().
  void SetHead(exchange::AnswerHead head);
  // Adds a Content-Length to a head that has none.
  void SetContentLength(std::uint64_t length);

  // Sends these bytes at once, after the head if that is still here.
  [[nodiscard]] base::Result<void> Send(std::string_view bytes);
  // The same for several pieces; small ones go out together.
  [[nodiscard]] base::Result<void> SendAll(const std::vector<std::string_view>& pieces);
  // Keeps these bytes until Complete.
  void Hold(std::string_view bytes);
  // The same with a file, of as many bytes as there is room for, which is all of the body. Once, and
  // nothing behind it: later bytes are dropped.
  void HoldFile(exchange::FilePart part);

  // There will be no answer by the application: Complete sends an error page with this status, or
  // breaks off what has begun (ERR-9).
  void Fail(int status);

  // Sends what is held back and ends the answer. Once, at the end.
  void Complete();

  // What came of it so far; 0: nothing.
  [[nodiscard]] int status() const {
    return failed_status_ != 0 && !has_begun_ ? failed_status_ : status_;
  }
  // Of the application's body, with what is held back.
  [[nodiscard]] std::uint64_t body_bytes() const { return body_bytes_; }
  [[nodiscard]] std::uint64_t pieces() const { return pieces_; }
  // Counts from now on how long the sink takes what it is given.
  void MeasureWriting() { writes_for_.emplace(0); }
  [[nodiscard]] std::chrono::nanoseconds writing_time() const {
    return writes_for_.value_or(std::chrono::nanoseconds(0));
  }

 private:
  [[nodiscard]] std::string_view Cut(std::string_view bytes);
  [[nodiscard]] base::Result<void> Note(base::Result<void> result);
  void SendErrorPage();
  [[nodiscard]] base::Result<void> WriteHeld();
  [[nodiscard]] base::Result<void> Write(std::string_view bytes, exchange::AnswerSink::Then then);

  exchange::AnswerSink& sink_;
  std::optional<exchange::AnswerHead> head_;
  std::optional<std::uint64_t> room_;  // body bytes that may still be sent; none declared: no limit
  std::string held_;
  std::optional<exchange::FilePart> held_file_;
  int failed_status_ = 0;
  int status_ = 0;
  std::uint64_t body_bytes_ = 0;
  std::uint64_t pieces_ = 0;
  std::optional<std::chrono::nanoseconds> writes_for_;  // nothing: nobody wants to know
  bool has_begun_ = false;
  bool client_has_left_ = false;
};

}  // namespace hosts::wsgi
