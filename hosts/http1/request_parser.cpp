#include "hosts/http1/request_parser.h"

#include <boost/asio/buffer.hpp>

#include <limits>
#include <utility>

#include "hosts/base/letters.h"
#include "hosts/http1/field_rules.h"

namespace hosts::http1 {

namespace http = boost::beast::http;

namespace {

std::string_view ToView(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

constexpr std::size_t kMostExtensions = 16 * 1024;  // bytes, of all chunks of a body

// `rest` begins with the size of a chunk, perhaps behind the end of the one before, and Beast wants
// more of it. More cannot help when its line has ended, or, of the last chunk, all trailers have.
bool IsStuck(std::string_view rest) {
  const std::size_t begin = rest.starts_with("\r\n") ? 2 : 0;
  const std::size_t end = rest.find("\r\n", begin);
  if (end == std::string_view::npos) return false;
  const std::size_t digit = rest.find_first_not_of('0', begin);
  const bool is_last =
      digit > begin && std::string_view("; \t\r").find(rest[digit]) != std::string_view::npos;
  return !is_last || rest.find("\r\n\r\n", end) != std::string_view::npos;
}

}  // namespace

RequestParser::RequestParser(ParseLimits limits) : limits_(limits) {
  eager(false);
  header_limit(limits.head_bytes);
  body_limit(std::numeric_limits<std::uint64_t>::max());  // Beast 1.74 takes "none" for 0
  head_.headers.reserve(16);
}

RequestParser::Outcome RequestParser::Parse(std::string_view bytes) {
  if (refused_status_ != 0) return {Progress::Refused, 0};
  input_ = bytes;
  const bool head_was_done = is_header_done();
  if (!head_was_done && !PassOverEmptyLine(bytes)) return {Progress::NeedMore, 0};
  if (!is_line_checked_ && IsLineTooLong(bytes)) return Refuse(414, "the request line is long", 0);
  std::size_t used = head_was_done ? 0 : head_used_;
  while (used < bytes.size() && !is_done()) {
    ErrorCode error;
    used += put(boost::asio::const_buffer(bytes.data() + used, bytes.size() - used), error);
    if (error == http::error::need_more) break;
    if (error) return Refuse(error, used);
    if (!head_was_done && is_header_done()) {
      if (used > limits_.head_bytes) return Refuse(431, "the head is too long", used);
      eager(true);
      return {is_done() ? Progress::Complete : Progress::HeadComplete, used};
    }
  }
  return is_done() ? Outcome{Progress::Complete, used} : WaitForMore(bytes, used);
}

// False: not all of it is there. RFC 9112, 2.2: one that follows a body is no fault.
bool RequestParser::PassOverEmptyLine(std::string_view bytes) {
  if (line_at_ != 0 || !bytes.starts_with('\r')) return true;
  constexpr std::string_view kLineEnd = "\r\n";
  if (bytes.size() < kLineEnd.size()) return false;
  if (bytes.starts_with(kLineEnd)) line_at_ = head_used_ = kLineEnd.size();
  return true;
}

bool RequestParser::IsLineTooLong(std::string_view bytes) {
  bytes.remove_prefix(line_at_);
  const std::size_t end = bytes.find('\n');
  is_line_checked_ = end != std::string_view::npos;
  std::string_view line = bytes.substr(0, end);
  if (line.ends_with('\r')) line.remove_suffix(1);  // its "\n" may come with the next piece
  return line.size() > limits_.request_line;
}

RequestParser::Outcome RequestParser::WaitForMore(std::string_view bytes, std::size_t used) {
  if (!is_header_done()) {
    if (bytes.size() > limits_.head_bytes) return Refuse(431, "the head is too long", used);
    head_used_ = used;
    return {Progress::NeedMore, 0};
  }
  if (chunked()) {
    const std::string_view rest = bytes.substr(used);
    if (!is_last_chunk_seen_ && IsStuck(rest))
      return Refuse(400, "a chunk's line has no end (RFC 9112, 7.1)", used);
    if (rest.size() > limits_.head_bytes) return Refuse(431, "the trailers are too long", used);
  }
  return {Progress::NeedMore, used};
}

namespace {

void FollowOne(const MovedBytes& moved, std::string_view& view) {
  const std::less<> is_before;
  if (is_before(view.data(), moved.from) || is_before(moved.from + moved.size, view.data())) return;
  view = {moved.to + (view.data() - moved.from), view.size()};
}

}  // namespace

void Follow(const MovedBytes& moved, exchange::RequestHead& head) {
  if (moved.from == moved.to) return;
  for (std::string_view* view : {&head.method, &head.target, &head.query})
    FollowOne(moved, *view);
  for (auto& field : head.headers) {
    FollowOne(moved, field.name);
    FollowOne(moved, field.value);
  }
}

RequestParser::Outcome RequestParser::Refuse(int status, std::string reason, std::size_t used) {
  refused_status_ = status;
  refused_reason_ = std::move(reason);
  return {Progress::Refused, used};
}

RequestParser::Outcome RequestParser::Refuse(const ErrorCode& error, std::size_t used) {
  if (refused_status_ != 0) return {Progress::Refused, used};
  int status = 400;
  if (error == http::error::header_limit) status = 431;
  if (error == http::error::body_limit) status = 413;
  if (error == http::error::bad_version) {
    const std::string_view line = input_.substr(line_at_);
    if (HasVersion(line.substr(0, line.find("\r\n")))) status = 505;
  }
  return Refuse(status, error.message(), used);
}

void RequestParser::ReplaceHost(std::string_view authority) {
  if (host_headers_ > 0) head_.headers[host_at_].value = authority;
  host_ = authority;
}

void RequestParser::Follow(const MovedBytes& moved) {
  http1::Follow(moved, head_);
  FollowOne(moved, host_);
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
  if (in_trailers_) return on_trailer_field_impl(name_id, name, value, error);
  if (!IsOnOneLine(ToView(name), ToView(value), input_)) return RefuseContinued(error);
  constexpr std::size_t kColonAndBlank = 2;
  if (name.size() + value.size() + kColonAndBlank > limits_.field_size) {
    return RefuseField(431, "a header is too long", error);
  }
  if (limits_.fields != 0 && head_.headers.size() == limits_.fields) {
    return RefuseField(431, "too many headers", error);
  }
  head_.headers.push_back({ToView(name), ToView(value)});
  TakeField(name_id, ToView(value), error);
}

// RFC 9110, 6.5.1: trailers that nobody asked for may be dropped; what would frame the message must not be one. Beasts differ in
// what they refuse of it.
void RequestParser::on_trailer_field_impl(http::field name_id,
                                          boost::beast::string_view name,
                                          boost::beast::string_view value,
                                          ErrorCode& error) {
  if (!IsOnOneLine(ToView(name), ToView(value), input_)) return RefuseContinued(error);
  if (name_id == http::field::content_length || name_id == http::field::transfer_encoding) {
    RefuseField(400, "a trailer that frames the message (RFC 9110, 6.5.1)", error);
  }
}

void RequestParser::RefuseContinued(ErrorCode& error) {
  RefuseField(400, "a header continues on the next line (RFC 9112, 5.2)", error);
}

// The headers that the engine itself obeys.
void RequestParser::TakeField(http::field name_id, std::string_view value, ErrorCode& error) {
  switch (name_id) {
    case http::field::host:
      host_ = value;
      host_at_ = head_.headers.size() - 1;
      ++host_headers_;
      return;
    case http::field::connection:
      is_close_asked_ = is_close_asked_ || HasOption(value, "close");
      is_keep_alive_asked_ = is_keep_alive_asked_ || HasOption(value, "keep-alive");
      return;
    case http::field::expect:
      if (head_.version_minor == 0) return;  // RFC 9110, 10.1.1: it is to be ignored
      continue_expected_ = continue_expected_ || HasOption(value, "100-continue");
      is_other_expected_ = is_other_expected_ || !IsContinueOnly(value);
      return;
    case http::field::content_length:
      if (std::exchange(has_length_, true) || !IsContentLength(value)) {
        return RefuseField(400, "Content-Length is not one number (RFC 9110, 8.6)", error);
      }
      return;
    case http::field::transfer_encoding:
      return TakeCoding(value, error);
    default:
      return;
  }
}

void RequestParser::TakeCoding(std::string_view value, ErrorCode& error) {
  const Coding coding = ParseCoding(value);
  if (coding.refused_status != 0) {
    return RefuseField(
        coding.refused_status, "a transfer coding other than chunked (RFC 9112, 6.1)", error);
  }
  if (head_.version_minor == 0) {
    return RefuseField(400, "Transfer-Encoding on HTTP/1.0 (RFC 9112, 6.1)", error);
  }
  head_.headers.back().value = coding.name;
  head_.is_chunked = true;
}

void RequestParser::RefuseField(int status, std::string reason, ErrorCode& error) {
  refused_status_ = status;
  refused_reason_ = std::move(reason);
  error = http::error::bad_field;
}

void RequestParser::on_header_impl(ErrorCode& error) {
  if (host_headers_ > 1) return RefuseField(400, "several Host headers (RFC 9112, 3.2)", error);
  const bool is_needed = host_headers_ == 1 || head_.version_minor >= 1;
  if (is_needed && host_.empty()) {
    return RefuseField(400, "no host in a Host header (RFC 9112, 3.2)", error);
  }
  if (head_.is_chunked != chunked()) {
    return RefuseField(400, "the end of the body cannot be told (RFC 9112, 6.3)", error);
  }
  if (const auto length = content_length(); length) head_.content_length = *length;
  if (is_other_expected_) {
    return RefuseField(417, "an expectation other than 100-continue (RFC 9110, 10.1.1)", error);
  }
  in_trailers_ = true;
}

std::size_t RequestParser::on_body_impl(boost::beast::string_view bytes, ErrorCode&) {
  body_.append(bytes.data(), bytes.size());
  return bytes.size();
}

void RequestParser::on_chunk_header_impl(std::uint64_t size,
                                         boost::beast::string_view extensions,
                                         ErrorCode& error) {
  is_last_chunk_seen_ = size == 0;  // later Beasts tell of it before all trailers are there
  extension_bytes_ += extensions.size();
  if (extension_bytes_ > kMostExtensions || !IsPlainText(ToView(extensions))) {
    RefuseField(400, "chunk extensions that are long or no text (RFC 9112, 7.1.1)", error);
  }
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t,
                                              boost::beast::string_view bytes,
                                              ErrorCode&) {
  body_.append(bytes.data(), bytes.size());
  return bytes.size();
}

}  // namespace hosts::http1
