#pragma once
// RequestParser: the bytes of one HTTP/1 request -> its head and its decoded body.
//
// Wraps Boost.Beast's parser; nobody else in the house knows it. What it takes although RFC 9112
// does not is refused here (field_rules.h). The head's views point into the bytes that were given to
// Parse(), so those must stay where they are, or the caller says by how much they moved (Follow).
// The body is decoded (Content-Length or chunked) into a string.
//
// Owns:    the decoded part of the body that nobody has taken yet.
// Threads: one at a time.
// Fails:   a request that must be refused has a status and a reason (RFC 9112).
// Source:  RFC 9112.

#include <boost/beast/http/basic_parser.hpp>

#include <cstddef>
#include <string>
#include <string_view>

#include "hosts/exchange/request.h"

namespace hosts::http1 {

struct ParseLimits {
  std::uint32_t head_bytes = 64 * 1024;  // of all lines together: 431
  std::uint32_t request_line = 8190;     // bytes: 414
  std::uint32_t field_size = 8190;       // bytes of a header's line: 431
  std::uint32_t fields = 100;            // 0: any number; 431
};

// Bytes that lie at `to` now and lay at `from` before.
struct MovedBytes {
  const char* from = nullptr;
  std::size_t size = 0;
  const char* to = nullptr;
};
// The views of method, target, query and headers that point into what has moved.
void Follow(const MovedBytes& moved, exchange::RequestHead& head);

// Later Beasts, somewhere behind 1.83, tell of a trailer by a function of its own, those before by on_field_impl.
class BeastParser : public boost::beast::http::basic_parser<true> {
 protected:
  virtual void on_trailer_field_impl(boost::beast::http::field name_id,
                                     boost::beast::string_view name,
                                     boost::beast::string_view value,
                                     boost::beast::error_code& error) = 0;
};

class RequestParser final : private BeastParser {
 public:
  explicit RequestParser(ParseLimits limits);

  enum class Progress { NeedMore, HeadComplete, Complete, Refused };
  // Parses as much as is there; `used` bytes are done with (for a head: kept, its views point
  // there). Stops once behind the head, so that the caller can look at it. Until then it is given
  // the head from its beginning each time; one empty line before it is passed over.
  struct Outcome {
    Progress progress = Progress::NeedMore;
    std::size_t used = 0;
  };
  [[nodiscard]] Outcome Parse(std::string_view bytes);

  [[nodiscard]] exchange::RequestHead& head() { return head_; }
  [[nodiscard]] bool is_head_complete() const { return is_header_done(); }
  [[nodiscard]] bool is_complete() const { return is_done(); }
  [[nodiscard]] bool is_connection_kept() const {
    return !is_close_asked_ && (head_.version_minor >= 1 || is_keep_alive_asked_);
  }
  [[nodiscard]] bool is_continue_expected() const { return continue_expected_; }
  [[nodiscard]] std::string_view host_header() const { return host_; }
  // The target names the host, so the header must not (RFC 9112, 3.2.2). A part of the head.
  void ReplaceHost(std::string_view authority);

  // Of a body whose length is not known before: more is refused with 413.
  void LimitBody(std::uint64_t bytes) { body_limit(bytes); }

  // Decoded bytes of the body, in order.
  [[nodiscard]] std::string& body() { return body_; }

  // The bytes of the head have moved. What somebody put into it from elsewhere stays.
  void Follow(const MovedBytes& moved);

  // Progress::Refused only.
  [[nodiscard]] int refused_status() const { return refused_status_; }
  [[nodiscard]] const std::string& refused_reason() const { return refused_reason_; }

 private:
  using Base = boost::beast::http::basic_parser<true>;
  using ErrorCode = boost::beast::error_code;
  using View = boost::beast::string_view;

  void on_request_impl(
      boost::beast::http::verb, View method, View target, int version, ErrorCode&) override;
  void on_response_impl(int, View, int, ErrorCode&) override {}
  void on_field_impl(boost::beast::http::field name_id,
                     View name,
                     View value,
                     ErrorCode& error) override;
  void on_trailer_field_impl(boost::beast::http::field name_id,
                             View name,
                             View value,
                             ErrorCode& error) override;
  void on_header_impl(ErrorCode& error) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode&) override {}
  std::size_t on_body_impl(View bytes, ErrorCode&) override;
  void on_chunk_header_impl(std::uint64_t, View extensions, ErrorCode& error) override;
  std::size_t on_chunk_body_impl(std::uint64_t, View bytes, ErrorCode&) override;
  void on_finish_impl(ErrorCode&) override {}

  bool is_header_done() const { return Base::is_header_done(); }
  [[nodiscard]] bool PassOverEmptyLine(std::string_view bytes);
  [[nodiscard]] bool IsLineTooLong(std::string_view bytes);
  Outcome WaitForMore(std::string_view bytes, std::size_t used);
  void TakeField(boost::beast::http::field name_id, std::string_view value, ErrorCode& error);
  void TakeCoding(std::string_view value, ErrorCode& error);
  void RefuseContinued(ErrorCode& error);
  void RefuseField(int status, std::string reason, ErrorCode& error);
  Outcome Refuse(int status, std::string reason, std::size_t used);
  Outcome Refuse(const ErrorCode& error, std::size_t used);

  const ParseLimits limits_;
  std::size_t line_at_ = 0;  // where the request line begins: behind an empty one
  bool is_line_checked_ = false;
  std::size_t head_used_ = 0;  // of the head: Beast has taken it and must not see it again
  exchange::RequestHead head_;
  std::string body_;
  std::string_view host_;
  std::string_view input_;  // what Parse() was given, while it runs
  bool in_trailers_ = false;
  bool is_last_chunk_seen_ = false;
  bool has_length_ = false;
  bool continue_expected_ = false;
  bool is_other_expected_ = false;
  bool is_close_asked_ = false;
  bool is_keep_alive_asked_ = false;
  int host_headers_ = 0;
  std::size_t host_at_ = 0;          // among the headers
  std::size_t extension_bytes_ = 0;  // of all chunks
  int refused_status_ = 0;
  std::string refused_reason_;
};

}  // namespace hosts::http1
