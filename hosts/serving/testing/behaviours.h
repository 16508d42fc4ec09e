#pragma once
// AnswerAsAsked:  an application whose answers are of every kind, by the first letter of the path.
// AnswersAsAsked: a Service in front of it that also refuses, and forwards to nowhere but itself.
//
// Threads: as service.h says.

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "hosts/serving/service.h"

namespace hosts::serving::testing {

inline char KindOf(std::string_view path) {
  return path.size() > 1 ? path[1] : ' ';
}

inline exchange::AnswerHead HeadWithoutLength(int status) {
  exchange::AnswerHead head;
  head.status = status;
  return head;
}

inline exchange::AnswerHead HeadWithLength(int status, std::size_t length) {
  exchange::AnswerHead head;
  head.status = status;
  head.content_length = length;
  head.headers = {{"Content-Length", std::to_string(length)}};
  return head;
}

// Whether all of it came.
inline bool ReadBody(exchange::RequestBody& body, std::string& text) {
  while (true) {
    text += body.buffered();
    body.Consume(body.buffered().size());
    const auto more = body.Fill();
    if (!more) return false;
    if (!*more) return true;
  }
}

// In the order that AnswerSink wants; a client that left is noticed by the connection.
inline void AnswerWith(exchange::AnswerHead head,
                       std::initializer_list<std::string_view> pieces,
                       exchange::AnswerSink& sink) {
  using Then = exchange::AnswerSink::Then;
  (void)sink.Begin(std::move(head));
  for (const std::string_view piece : pieces)
    if (!sink.Write(piece, Then::Flush)) return sink.Abort();
  (void)sink.Finish();
}

inline void AnswerAsAsked(const exchange::RequestHead& head,
                          exchange::RequestBody& body,
                          exchange::AnswerSink& sink) {
  constexpr std::size_t kLarge = 100'000;
  std::string text;
  switch (KindOf(head.path_info)) {
    case 'n':  // the body is not read
      return AnswerWith(HeadWithLength(200, 3), {"not"}, sink);
    case 'a':
      return sink.Abort();
    case 'b':
      (void)sink.Begin(HeadWithLength(200, kLarge));
      (void)sink.Write("some", exchange::AnswerSink::Then::Flush);
      return sink.Abort();
    case 's':
      return AnswerWith(HeadWithLength(200, 10), {"short"}, sink);
    case 'l':
      return AnswerWith(HeadWithLength(200, 2), {"lo", "ng"}, sink);
    case 'e':
      return AnswerWith(HeadWithoutLength(204), {"nothing"}, sink);
    case 'm':
      return AnswerWith(HeadWithLength(304, 7), {}, sink);
    case 'h':
      text.assign(kLarge, 'x');
      return AnswerWith(HeadWithLength(200, 4 * kLarge), {text, text, text, text}, sink);
    default:
      break;
  }
  if (!ReadBody(body, text)) return sink.Abort();
  if (KindOf(head.path_info) == 'c')
    return AnswerWith(HeadWithoutLength(200), {"a", text, "b"}, sink);
  AnswerWith(HeadWithLength(200, text.size()), {text}, sink);
}

// Answers as soon as the request is complete.
class Echoing final : public Forwarding {
 public:
  explicit Echoing(ForwardedRequest& request)
      : request_(request), kind_(KindOf(request.head().path_info)) {
    OnBody();
  }
  void OnBody() override {
    if (has_ended_) return;
    if (kind_ == 'F') return Fail();
    text_ += request_.body();
    request_.body().clear();
    request_.ReceiveMore();
    if (!request_.is_body_complete()) return;
    request_.Begin(HeadWithLength(200, text_.size() + (kind_ == 'B' ? 1 : 0)));
    request_.Write(text_);
    if (kind_ == 'B') return Fail();
    has_ended_ = true;
    request_.Finish();
  }
  void OnDrained() override {}

 private:
  void Fail() {
    has_ended_ = true;
    request_.Fail(502);
  }
  ForwardedRequest& request_;
  char kind_;
  std::string text_;
  bool has_ended_ = false;
};

class AnswersAsAsked final : public Service {
 public:
  void Decide(exchange::RequestHead& head, Decision& decision) override {
    decision.path_info = decision.path;
    head.path_info = decision.path_info;
    const char kind = KindOf(decision.path);
    decision.what = kind >= 'A' && kind <= 'F' ? Decision::What::Forward : Decision::What::Run;
    decision.overrides_errors = kind == 'E';
    if (kind == 'r') decision.what = Decision::What::Refuse;
    if (kind == 'u') decision.body_limit = 5;
  }
  std::unique_ptr<Forwarding> Forward(ForwardedRequest& request) override {
    return std::make_unique<Echoing>(request);
  }
};

}  // namespace hosts::serving::testing
