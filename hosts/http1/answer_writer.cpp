#include "hosts/http1/answer_writer.h"

#include <boost/beast/http/status.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

namespace hosts::http1 {

namespace {

bool NameIs(std::string_view name, std::string_view lower) {
  if (name.size() != lower.size()) return false;
  for (size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c) != lower[i]) return false;
  }
  return true;
}

// "Date: ...\r\n", made anew once a second on each thread.
std::string_view DateLine() {
  thread_local std::time_t made_for = 0;
  thread_local std::string line;
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
  if (now.tv_sec != made_for) {
    made_for = now.tv_sec;
    std::tm parts{};
    ::gmtime_r(&now.tv_sec, &parts);
    constexpr std::string_view kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::string_view kMonths[] = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    line = fmt::format("Date: {}, {:02} {} {} {:02}:{:02}:{:02} GMT\r\n",
                       kDays[parts.tm_wday],
                       parts.tm_mday,
                       kMonths[parts.tm_mon],
                       parts.tm_year + 1900,
                       parts.tm_hour,
                       parts.tm_min,
                       parts.tm_sec);
  }
  return line;
}

bool HasNoBody(int status) {
  return status < 200 || status == 204 || status == 304;
}

}  // namespace

void AnswerWriter::Begin(const exchange::AnswerHead& head, std::string& out) {
  begun_ = true;
  keep_alive_ = request_.keep_alive;
  bool has_date = false;
  bool has_server = false;
  const bool is_bodiless = HasNoBody(head.status);
  if (is_bodiless) {
    framing_ = Framing::None;
  } else if (head.content_length) {
    framing_ = Framing::Length;
    remaining_ = *head.content_length;
  } else if (request_.version_minor >= 1) {
    framing_ = Framing::Chunked;
  } else {
    framing_ = Framing::UntilClose;
    if (!request_.is_head) keep_alive_ = false;
  }
  const std::string_view reason =
      head.reason.empty() ? ReasonPhrase(head.status) : std::string_view(head.reason);
  fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} ", head.status);
  out.append(reason).append("\r\n");
  for (const auto& [name, value] : head.headers) {
    if (NameIs(name, "date")) has_date = true;
    if (NameIs(name, "server")) has_server = true;
    if (NameIs(name, "content-length") && (head.status < 200 || head.status == 204)) continue;
    out.append(name).append(": ").append(value).append("\r\n");
  }
  if (!has_date) out.append(DateLine());
  if (!has_server) out.append("Server: wsgilab\r\n");
  if (framing_ == Framing::Chunked) out.append("Transfer-Encoding: chunked\r\n");
  if (!keep_alive_) {
    out.append("Connection: close\r\n");
  } else if (request_.version_minor == 0) {
    out.append("Connection: keep-alive\r\n");
  }
  out.append("\r\n");
  if (request_.is_head) {
    framing_ = Framing::None;
    remaining_ = 0;
  }
}

void AnswerWriter::Body(std::string_view bytes, std::string& out) {
  const std::uint64_t size = OpenBlock(bytes.size(), out);
  if (size > 0) out.append(bytes.substr(0, static_cast<size_t>(size))).append(block_end());
}

std::uint64_t AnswerWriter::OpenBlock(std::uint64_t bytes, std::string& out) {
  switch (framing_) {
    case Framing::None:
      return 0;
    case Framing::Length:  // what goes beyond the declared length is dropped (RESP-9)
      bytes = std::min(bytes, remaining_);
      remaining_ -= bytes;
      break;
    case Framing::Chunked:  // an empty chunk would end the body
      if (bytes > 0) fmt::format_to(std::back_inserter(out), "{:x}\r\n", bytes);
      break;
    case Framing::UntilClose:
      break;
  }
  body_bytes_ += bytes;
  return bytes;
}

void AnswerWriter::End(std::string& out) {
  if (framing_ == Framing::Chunked) out.append("0\r\n\r\n");
  // A body shorter than promised: only the end of the connection tells the client.
  if (framing_ == Framing::Length && remaining_ > 0) keep_alive_ = false;
}

bool AnswerWriter::is_body_complete() const {
  return framing_ == Framing::None || (framing_ == Framing::Length && remaining_ == 0);
}

std::string_view ReasonPhrase(int status) {
  const auto text = boost::beast::http::obsolete_reason(
      boost::beast::http::int_to_status(static_cast<unsigned>(status)));
  return {text.data(), text.size()};
}

std::string ErrorPage(int status) {
  return fmt::format(
      "<!DOCTYPE html>\n<html><head><title>{0} {1}</title></head>\n"
      "<body><h1>{1}</h1><p>The server answered with status {0}.</p></body></html>\n",
      status,
      ReasonPhrase(status));
}

exchange::AnswerHead ErrorHead(int status) {
  exchange::AnswerHead head;
  head.status = status;
  const std::string page = ErrorPage(status);
  head.content_length = page.size();
  head.headers = {{"Content-Type", "text/html; charset=utf-8"},
                  {"Content-Length", std::to_string(page.size())}};
  return head;
}

exchange::AnswerHead EmptyHead() {
  exchange::AnswerHead head;
  head.content_length = 0;
  head.headers = {{"Content-Length", "0"}};
  return head;
}

}  // namespace hosts::http1
