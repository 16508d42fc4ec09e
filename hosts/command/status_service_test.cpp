#include "hosts/command/status_service.h"

#include <gmock/gmock.h>

#include <string>

namespace hosts::command {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Pair;

// A client's request whose body is here, and what is answered.
class Asked final : public serving::ForwardedRequest {
 public:
  [[nodiscard]] const exchange::RequestHead& head() const override { return head_; }
  [[nodiscard]] std::string& body() override { return body_; }
  [[nodiscard]] bool is_body_complete() const override { return is_complete; }
  [[nodiscard]] std::chrono::milliseconds timeout() const override { return {}; }
  void ReceiveMore() override { ++asked_for_more; }
  void Begin(exchange::AnswerHead answer_head) override { answer = std::move(answer_head); }
  void Write(std::string_view bytes) override { text += bytes; }
  void Finish() override { has_ended = true; }
  void Fail(int status) override { answer.status = status; }
  [[nodiscard]] std::size_t backlog() const override { return 0; }
  [[nodiscard]] std::size_t held() const override { return 0; }
  void SendNow() override {}

  exchange::RequestHead head_;
  std::string body_ = "what nobody wants";
  bool is_complete = true;
  int asked_for_more = 0;
  exchange::AnswerHead answer;
  std::string text;
  bool has_ended = false;
};

struct Page {
  explicit Page(StatusService::Hosts hosts = StatusService::Hosts::OfThisMachine)
      : service(boards, hosts) {}

  Asked Ask(std::string_view method, const std::string& path, std::string_view host = "127.0.0.1") {
    Asked asked;
    asked.head_.method = method;
    asked.head_.host_name = host;
    serving::Decision decision;
    decision.path = path;
    service.Decide(asked.head_, decision);
    EXPECT_EQ(decision.what, serving::Decision::What::Forward);
    (void)service.Forward(asked);
    return asked;
  }

  status::Boards boards;
  StatusService service;
};

TEST(StatusService, AnswersThePageAndTheJson) {
  Page page;
  const Asked html = page.Ask("GET", "/");
  EXPECT_EQ(html.answer.status, 200);
  EXPECT_THAT(html.answer.headers, Contains(Pair("Content-Type", "text/html; charset=utf-8")));
  EXPECT_THAT(html.text, HasSubstr("<!DOCTYPE html>"));
  const Asked json = page.Ask("HEAD", "/status.json");
  EXPECT_EQ(json.answer.status, 200);
  EXPECT_THAT(json.answer.headers, Contains(Pair("Content-Type", "application/json")));
  EXPECT_EQ(json.answer.content_length, json.text.size());
  for (const Asked& one : {html, json}) {
    EXPECT_TRUE(one.has_ended);
    EXPECT_THAT(one.answer.headers, Contains(Pair("Cache-Control", "no-store")));
  }
}

TEST(StatusService, AnswersNothingElse) {
  Page page;
  EXPECT_EQ(page.Ask("GET", "/status").answer.status, 404);
  EXPECT_EQ(page.Ask("GET", "//").answer.status, 404);
  const Asked post = page.Ask("POST", "/status.json");
  EXPECT_EQ(post.answer.status, 405);
  EXPECT_THAT(post.answer.headers, Contains(Pair("Allow", "GET, HEAD")));
  EXPECT_THAT(post.answer.headers, Contains(Pair("Cache-Control", "no-store")));
}

TEST(StatusService, AnswersWhenTheBodyIsThere) {
  Page page;
  Asked asked;
  asked.head_.method = "GET";
  asked.head_.path_info = "/";
  asked.is_complete = false;
  const auto forwarding = page.service.Forward(asked);
  EXPECT_FALSE(asked.has_ended);
  EXPECT_EQ(asked.asked_for_more, 1);
  EXPECT_EQ(asked.body_, "");
  asked.is_complete = true;
  forwarding->OnBody();
  EXPECT_TRUE(asked.has_ended);
}

TEST(StatusService, IsNotAskedUnderAStrangersName) {
  Page page;
  for (const char* name : {"127.0.0.1", "localhost", "", "[::1]", "192.0.2.1"})
    EXPECT_EQ(page.Ask("GET", "/", name).answer.status, 200) << name;
  EXPECT_EQ(page.Ask("GET", "/", "rebound.example").answer.status, 421);
  Page open(StatusService::Hosts::Any);
  EXPECT_EQ(open.Ask("GET", "/", "status.example").answer.status, 200);
}

}  // namespace
}  // namespace hosts::command
