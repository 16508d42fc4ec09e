#include "suites/client/http_client.h"

#include <fmt/format.h>
#include <httplib.h>

#include <cstdlib>

#include "hosts/base/deadline.h"
#include "suites/client/transcript.h"

namespace suites::client {

using hosts::base::Clock;
using hosts::base::Error;
using hosts::base::ErrorKind;

std::chrono::milliseconds Patience() {
  static const std::chrono::milliseconds patience = [] {
    constexpr std::chrono::milliseconds kUsual{20'000};
    const char* told = std::getenv("WSGILAB_PATIENCE_MS");
    const int count = told == nullptr ? 0 : std::atoi(told);
    return count > 0 ? std::chrono::milliseconds(count) : kUsual;
  }();
  return patience;
}

namespace {

httplib::Headers ToLibrary(const Headers& headers) {
  httplib::Headers library(headers.begin(), headers.end());
  library.emplace("Host", kServerName);
  return library;
}

Answer FromLibrary(const httplib::Response& response) {
  Answer answer;
  answer.status = response.status;
  answer.body = response.body;
  for (const auto& [name, value] : response.headers) {
    // The library adds these two to what it received.
    if (name != "REMOTE_ADDR" && name != "REMOTE_PORT") answer.headers.emplace_back(name, value);
  }
  return answer;
}

// The library says "read failed" for a deadline and for a connection that broke off.
hosts::base::Result<Answer> Translated(const httplib::Result& result,
                                       const std::string& path,
                                       Clock::duration waited,
                                       Clock::duration patience) {
  NoteSent(path + "\n");
  if (result) {
    NoteReceived(fmt::format("{}\n{}", result->status, result->body));
    return FromLibrary(*result);
  }
  const bool is_late = waited >= patience;
  return Error{is_late ? ErrorKind::Timeout : ErrorKind::Closed,
               fmt::format("no answer to {}: {} ({})",
                           path,
                           is_late ? "it did not come in time" : "the connection broke off",
                           httplib::to_string(result.error()))};
}

}  // namespace

HttpClient::HttpClient(int port, std::chrono::milliseconds patience)
    : client_(std::make_unique<httplib::Client>("127.0.0.1", port)), patience_(patience) {
  client_->set_keep_alive(true);
  client_->set_tcp_nodelay(true);
  client_->set_connection_timeout(patience);
  client_->set_read_timeout(patience);
  client_->set_write_timeout(patience);
}

HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;
HttpClient::~HttpClient() = default;

hosts::base::Result<Answer> HttpClient::Get(const std::string& path, const Headers& headers) {
  const auto asked_at = Clock::now();
  const auto result = client_->Get(path, ToLibrary(headers));
  return Translated(result, path, Clock::now() - asked_at, patience_);
}

hosts::base::Result<Answer> HttpClient::Head(const std::string& path) {
  const auto asked_at = Clock::now();
  const auto result = client_->Head(path, ToLibrary({}));
  return Translated(result, path, Clock::now() - asked_at, patience_);
}

hosts::base::Result<Answer> HttpClient::Post(const std::string& path,
                                             const std::string& body,
                                             const Headers& headers) {
  const auto asked_at = Clock::now();
  const auto result = client_->Post(path, ToLibrary(headers), body, "text/plain; charset=utf-8");
  return Translated(result, path, Clock::now() - asked_at, patience_);
}

}  // namespace suites::client
