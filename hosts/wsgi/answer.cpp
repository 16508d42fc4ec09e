#include "hosts/wsgi/answer.h"

#include <utility>

#include "hosts/base/check.h"
#include "hosts/base/deadline.h"
#include "hosts/base/log.h"
#include "hosts/wsgi/error_page.h"

namespace hosts::wsgi {

using exchange::AnswerSink;

namespace {

constexpr size_t kWorthItsOwnWrite = 16 * 1024;

}  // namespace

void Answer::SetHead(exchange::AnswerHead head) {
  CHECK(!has_begun_, "the head of an answer that has begun cannot be changed");
  room_ = head.content_length;
  status_ = head.status;
  head_ = std::move(head);
}

void Answer::SetContentLength(std::uint64_t length) {
  CHECK(head_ && !room_, "a length is added to a head that is here and has none");
  head_->headers.emplace_back("Content-Length", std::to_string(length));
  head_->content_length = length;
  room_ = length;
}

std::string_view Answer::Cut(std::string_view bytes) {
  if (room_) {
    bytes = bytes.substr(0, *room_);
    *room_ -= bytes.size();
  }
  if (!bytes.empty()) ++pieces_;
  body_bytes_ += bytes.size();
  return bytes;
}

base::Result<void> Answer::Write(std::string_view bytes, AnswerSink::Then then) {
  if (!writes_for_) return Note(sink_.Write(bytes, then));
  const auto begun = base::Clock::now();
  auto written = Note(sink_.Write(bytes, then));
  *writes_for_ += base::Clock::now() - begun;
  return written;
}

base::Result<void> Answer::Note(base::Result<void> result) {
  if (!result) client_has_left_ = true;
  return result;
}

base::Result<void> Answer::Send(std::string_view bytes) {
  if (client_has_left_) return base::Error{base::ErrorKind::Closed, "the client has left"};
  if (!has_begun_) {
    CHECK(head_, "an answer begins with a head");
    has_begun_ = true;
    auto begun = Note(sink_.Begin(std::move(*head_)));
    if (!begun) return begun;
  }
  bytes = Cut(bytes);
  if (bytes.empty()) return {};
  return Write(bytes, AnswerSink::Then::Flush);
}

base::Result<void> Answer::SendAll(const std::vector<std::string_view>& pieces) {
  std::string together;
  for (const std::string_view piece : pieces) {
    if (piece.size() < kWorthItsOwnWrite) {
      together.append(piece);
      if (together.size() < kWorthItsOwnWrite) continue;
    }
    if (!together.empty()) {
      auto sent = Send(together);
      if (!sent) return sent;
      together.clear();
    }
    if (piece.size() < kWorthItsOwnWrite) continue;
    auto sent = Send(piece);
    if (!sent) return sent;
  }
  return Send(together);
}

void Answer::Hold(std::string_view bytes) {
  held_.append(Cut(bytes));
}

void Answer::HoldFile(exchange::FilePart part) {
  CHECK(!has_begun_ && held_.empty() && room_ && part.length <= *room_,
        "a file is the whole of a body, and its length is known");
  room_ = 0;
  body_bytes_ += part.length;
  ++pieces_;
  held_file_ = std::move(part);
}

void Answer::Fail(int status) {
  failed_status_ = status;
}

void Answer::SendErrorPage() {
  ErrorPage page = MakeErrorPage(failed_status_);
  if (sink_.Begin(std::move(page.head)) && sink_.Write(page.body, AnswerSink::Then::More) &&
      sink_.Finish()) {
    return;
  }
  sink_.Abort();
}

void Answer::Complete() {
  if (client_has_left_ || (failed_status_ != 0 && has_begun_)) return sink_.Abort();
  if (failed_status_ != 0) return SendErrorPage();
  if (!has_begun_) {
    has_begun_ = true;
    if (!Note(sink_.Begin(std::move(*head_)))) return sink_.Abort();
  }
  if (!WriteHeld()) return sink_.Abort();
  if (!sink_.Finish()) sink_.Abort();
}

base::Result<void> Answer::WriteHeld() {
  if (!held_.empty()) return Write(held_, AnswerSink::Then::More);
  if (!held_file_) return {};
  const auto begun = base::Clock::now();
  auto written = sink_.WriteFile(*std::exchange(held_file_, std::nullopt));
  if (writes_for_) *writes_for_ += base::Clock::now() - begun;
  if (!written && written.error().kind != base::ErrorKind::Closed) {
    base::Log(base::LogLevel::Error, "H0231", "an answer breaks off: {}", written.error().message);
  }
  return Note(std::move(written));
}

}  // namespace hosts::wsgi
