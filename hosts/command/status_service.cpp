#include "hosts/command/status_service.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "hosts/status/report.h"

namespace hosts::command {

namespace {

constexpr std::string_view kPlain = "text/plain; charset=utf-8";
constexpr std::string_view kPage = "text/html; charset=utf-8";
constexpr std::string_view kJson = "application/json";

std::int64_t NowInMilliseconds() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

bool IsAddress(std::string_view name) {
  if (name.size() > 1 && name.front() == '[') name = name.substr(1, name.size() - 2);
  const std::string text(name);
  in6_addr address{};
  return ::inet_pton(AF_INET, text.c_str(), &address) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

// Nobody but this machine's own resolver gives these to a browser.
bool IsNameOfThisMachine(std::string_view name) {
  return name.empty() || name == "localhost" || IsAddress(name);
}

// Lets the body of the request go by before it answers.
class StatusAnswer final : public serving::Forwarding {
 public:
  StatusAnswer(serving::ForwardedRequest& request, exchange::AnswerHead head, std::string body)
      : request_(request), head_(std::move(head)), body_(std::move(body)) {
    OnBody();
  }

  void OnBody() override {
    if (has_answered_) return;
    request_.body().clear();
    if (!request_.is_body_complete()) return request_.ReceiveMore();
    has_answered_ = true;
    request_.Begin(std::move(head_));
    request_.Write(body_);
    request_.Finish();
  }
  void OnDrained() override {}

 private:
  serving::ForwardedRequest& request_;
  exchange::AnswerHead head_;
  std::string body_;
  bool has_answered_ = false;
};

}  // namespace

void StatusService::Decide(exchange::RequestHead& head, serving::Decision& decision) {
  head.path_info = decision.path;
  decision.what = serving::Decision::What::Forward;
}

exchange::AnswerHead StatusService::HeadFor(const exchange::RequestHead& head,
                                            std::string& body) const {
  exchange::AnswerHead answer;
  std::string_view type = kPlain;
  const std::string_view path = head.path_info;
  if (hosts_ == Hosts::OfThisMachine && !IsNameOfThisMachine(head.host_name)) {
    answer.status = 421;
    body = "The status page is asked for by an IP address, or as localhost.\n";
  } else if (path != "/" && path != "/status.json") {
    answer.status = 404;
    body = "There are / and /status.json.\n";
  } else if (head.method != "GET" && head.method != "HEAD") {
    answer.status = 405;
    answer.headers.emplace_back("Allow", "GET, HEAD");
    body = "The status page can be read, and nothing else.\n";
  } else {
    const status::Report report = status::Collect(boards_, NowInMilliseconds());
    const bool is_page = path == "/";
    type = is_page ? kPage : kJson;
    body = is_page ? status::ToHtml(report) : status::ToJson(report);
  }
  answer.headers.emplace_back("Content-Type", type);
  answer.headers.emplace_back("Content-Length", std::to_string(body.size()));
  answer.headers.emplace_back("Cache-Control", "no-store");
  answer.headers.emplace_back("Content-Security-Policy",
                              "default-src 'none'; style-src 'unsafe-inline'");
  answer.headers.emplace_back("X-Content-Type-Options", "nosniff");
  answer.content_length = body.size();
  return answer;
}

std::unique_ptr<serving::Forwarding> StatusService::Forward(serving::ForwardedRequest& request) {
  std::string body;
  auto head = HeadFor(request.head(), body);
  return std::make_unique<StatusAnswer>(request, std::move(head), std::move(body));
}

}  // namespace hosts::command
