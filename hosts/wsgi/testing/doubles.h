#pragma once
// FakeBody:      a request body that arrives in given pieces, and may break off.
// RecordingSink: remembers an answer, piece by piece, and may lose its client.
//
// Threads: one at a time.

#include <unistd.h>

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/exchange/answer.h"
#include "hosts/exchange/request.h"

namespace hosts::wsgi::testing {

class FakeBody : public exchange::RequestBody {
 public:
  FakeBody() = default;
  explicit FakeBody(std::deque<std::string> pieces) : pieces_(std::move(pieces)) {}
  // After the pieces there is an error instead of the end.
  void BreakOff() { breaks_off_ = true; }
  [[nodiscard]] int fills() const { return fills_; }

  [[nodiscard]] std::string_view buffered() const override { return buffered_; }
  void Consume(size_t size) override { buffered_.erase(0, size); }
  [[nodiscard]] base::Result<bool> Fill() override {
    ++fills_;
    if (pieces_.empty()) {
      if (breaks_off_) return base::Error{base::ErrorKind::Closed, "the client left"};
      return false;
    }
    buffered_ += pieces_.front();
    pieces_.pop_front();
    return true;
  }

 private:
  std::deque<std::string> pieces_;
  std::string buffered_;
  bool breaks_off_ = false;
  int fills_ = 0;
};

class RecordingSink : public exchange::AnswerSink {
 public:
  // So many writes work, then the client has left.
  void LoseClientAfter(int writes) { writes_left_ = writes; }

  // Files cannot be sent.
  void FailFiles(base::Error error) { file_failure_ = std::move(error); }

  // What was handed over as a file; none was.
  [[nodiscard]] const std::optional<std::string>& file_bytes() const { return file_bytes_; }
  [[nodiscard]] const exchange::AnswerHead& head() const { return *head_; }
  [[nodiscard]] bool has_begun() const { return head_.has_value(); }
  [[nodiscard]] bool is_finished() const { return is_finished_; }
  [[nodiscard]] bool is_aborted() const { return is_aborted_; }
  [[nodiscard]] bool is_refused() const { return is_refused_; }
  [[nodiscard]] const std::vector<std::string>& writes() const { return writes_; }
  [[nodiscard]] int status() const { return head_ ? head_->status : 0; }
  [[nodiscard]] std::string body() const {
    std::string body;
    for (const auto& write : writes_)
      body += write;
    return body;
  }
  [[nodiscard]] std::string Header(std::string_view name) const {
    for (const auto& [header, value] : head_->headers) {
      if (header == name) return value;
    }
    return "";
  }

  [[nodiscard]] base::Result<void> Begin(exchange::AnswerHead head) override {
    CHECK(!head_ && !is_finished_ && !is_aborted_, "Begin comes once, first");
    head_ = std::move(head);
    return {};
  }
  [[nodiscard]] base::Result<void> Write(std::string_view bytes, Then) override {
    CHECK(head_ && !is_finished_ && !is_aborted_, "Write comes between Begin and the end");
    if (writes_left_ == 0) return base::Error{base::ErrorKind::Closed, "the client left"};
    if (writes_left_ > 0) --writes_left_;
    writes_.emplace_back(bytes);
    return {};
  }
  [[nodiscard]] base::Result<void> WriteFile(exchange::FilePart part) override {
    CHECK(head_ && !is_finished_ && !is_aborted_ && !file_bytes_,
          "a file comes once, before the end");
    if (file_failure_) return *file_failure_;
    file_bytes_.emplace(part.length, '\0');
    const ssize_t size =
        ::pread(part.file.get(), file_bytes_->data(), part.length, static_cast<off_t>(part.at));
    CHECK(size == static_cast<ssize_t>(part.length), "a file of a test is as long as it says");
    return {};
  }
  [[nodiscard]] base::Result<void> Finish() override {
    CHECK(head_ && !is_finished_ && !is_aborted_, "Finish comes once, after Begin");
    is_finished_ = true;
    return {};
  }
  void Abort() override {
    CHECK(!is_finished_ && !is_aborted_, "Abort comes once, instead of Finish");
    is_aborted_ = true;
  }
  void Choose(exchange::Choice choice) override {
    CHECK(!head_ && !choice_, "Choose comes once, and alone");
    choice_ = std::move(choice);
  }
  [[nodiscard]] const std::optional<exchange::Choice>& choice() const { return choice_; }
  void Refuse() override {
    CHECK(!head_ && !is_refused_, "Refuse comes once, and alone");
    is_refused_ = true;
  }

 private:
  std::optional<exchange::Choice> choice_;
  std::optional<exchange::AnswerHead> head_;
  std::vector<std::string> writes_;
  std::optional<std::string> file_bytes_;
  std::optional<base::Error> file_failure_;
  bool is_finished_ = false;
  bool is_aborted_ = false;
  bool is_refused_ = false;
  int writes_left_ = -1;
};

}  // namespace hosts::wsgi::testing
