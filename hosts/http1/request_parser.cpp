#include "hosts/http1/request_parser.h"

#include <boost/asio/buffer.hpp>

#include <limits>

#include "hosts/base/letters.h"

namespace hosts::http1 {

namespace http = boost::beast::http;

namespace {

std::string_view ToView(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

int StatusFor(const boost::beast::error_code& error) {
  if (error == http::error::header_limit) return 431;
  if (error == http::error::bad_version) return 505;
  if (error == http::error::body_limit) return 413;
  return 400;
}

}  // namespace

RequestParser::RequestParser(ParseLimits limits) : limits_(limits) {
  eager(false);
  header_limit(limits.head_bytes);
  body_limit(std::numeric_limits<std::uint64_t>::max());  // Beast 1.74 takes "none" for 0
  head_.headers.reserve(16);
}

RequestParser::Outcome RequestParser::Parse(std::string_view bytes) {
  input_ = bytes;
  const bool head_was_done = is_header_done();
  std::size_t used = head_was_done ? 0 : head_used_;
  if (!is_line_checked_ && IsLineTooLong(bytes)) return Refuse(414, "the request line is long", 0);
  while (used < bytes.size() && !is_done()) {
    ErrorCode error;
    used += put(boost::asio::const_buffer(bytes.data() + used, bytes.size() - used), error);
    if (error == http::error::need_more) break;
    if (error) {
      if (refused_status_ != 0) return Refuse(refused_status_, refused_reason_, used);
      return Refuse(StatusFor(error), error.message(), used);
    }
    if (!head_was_done && is_header_done()) {
      if (used > limits_.head_bytes) return Refuse(431, "the head is too long", used);
      eager(true);
      return {is_done() ? Progress::Complete : Progress::HeadComplete, used};
    }
  }
  return is_done() ? Outcome{Progress::Complete, used} : WaitForMore(bytes, used);
}

RequestParser::Outcome RequestParser::WaitForMore(std::string_view bytes, std::size_t used) {
  if (is_header_done()) return {Progress::NeedMore, used};
  if (bytes.size() > limits_.head_bytes) return Refuse(431, "the head is too long", used);
  head_used_ = used;
  return {Progress::NeedMore, 0};
}

bool RequestParser::IsLineTooLong(std::string_view bytes) {
  const std::size_t end = bytes.find('\n');
  is_line_checked_ = end != std::string_view::npos;
  const std::size_t size = is_line_checked_ ? end : bytes.size();
  return size > std::size_t{limits_.request_line} + (is_line_checked_ ? 1 : 0);  // of "\r\n"
}

RequestParser::Outcome RequestParser::Refuse(int status, std::string reason, std::size_t used) {
  refused_status_ = status;
  refused_reason_ = std::move(reason);
  return {Progress::Refused, used};
}

void RequestParser::Rebase(const char* from, const char* to) {
  if (from == to) return;
  const auto move = [&](std::string_view& view) {
    if (view.data() != nullptr) view = {to + (view.data() - from), view.size()};
  };
  move(head_.method);
  move(head_.target);
  move(head_.query);
  move(host_);
  for (auto& field : head_.headers) {
    move(field.name);
    move(field.value);
  }
}

void RequestParser::on_request_impl(http::verb,
                                    boost::beast::string_view method,
                                    boost::beast::string_view target,
                                    int version,
                                    ErrorCode&) {
  head_.method = ToView(method);
  head_.target = ToView(target);
  head_.version_minor = version % 10;
}

void RequestParser::on_field_impl(http::field name_id,
                                  boost::beast::string_view name,
                                  boost::beast::string_view value,
                                  ErrorCode& error) {
  if (in_trailers_) return;  // RFC 9110, 6.5.1: trailers that nobody asked for may be dropped
  const bool value_is_ours = value.empty() || (value.data() >= input_.data() &&
                                               value.data() < input_.data() + input_.size());
  if (!value_is_ours) {  // Beast unfolded it into a buffer of its own
    return RefuseField(400, "a header continues on the next line (RFC 9112, 5.2)", error);
  }
  constexpr std::size_t kColonAndBlank = 2;
  if (name.size() + value.size() + kColonAndBlank > limits_.field_size) {
    return RefuseField(431, "a header is too long", error);
  }
  if (limits_.fields != 0 && head_.headers.size() == limits_.fields) {
    return RefuseField(431, "too many headers", error);
  }
  if (name_id == http::field::host) {
    host_ = ToView(value);
    ++host_headers_;
  } else if (name_id == http::field::expect && base::SameLetters(ToView(value), "100-continue")) {
    continue_expected_ = true;
  }
  head_.headers.push_back({ToView(name), ToView(value)});
}

void RequestParser::RefuseField(int status, std::string reason, ErrorCode& error) {
  refused_status_ = status;
  refused_reason_ = std::move(reason);
  error = http::error::bad_field;
}

void RequestParser::on_header_impl(ErrorCode& error) {
  if (host_headers_ > 1 || (host_headers_ == 0 && head_.version_minor >= 1)) {
    return RefuseField(400,
                       host_headers_ > 1 ? "several Host headers (RFC 9112, 3.2)"
                                         : "no Host header (RFC 9112, 3.2)",
                       error);
  }
  head_.is_chunked = chunked();
  if (const auto length = content_length(); length) head_.content_length = *length;
  in_trailers_ = true;
}

std::size_t RequestParser::on_body_impl(boost::beast::string_view bytes, ErrorCode&) {
  body_.append(bytes.data(), bytes.size());
  return bytes.size();
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t,
                                              boost::beast::string_view bytes,
                                              ErrorCode&) {
  body_.append(bytes.data(), bytes.size());
  return bytes.size();
}

}  // namespace hosts::http1
