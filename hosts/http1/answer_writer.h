#pragma once
// AnswerWriter: an answer -> the bytes of HTTP/1: status line, headers, framing.
//
// Appends to a buffer that the caller sends. Decides how the body is delimited (RFC 9112, 6;
// RESP-10): the application's Content-Length, else chunked for HTTP/1.1, else the end of the
// connection; no body for HEAD, 1xx, 204 and 304.
//
// Threads: one at a time.

#include <cstdint>
#include <string>
#include <string_view>

#include "hosts/exchange/answer.h"

namespace hosts::http1 {

class AnswerWriter {
 public:
  struct Request {
    bool is_head = false;
    int version_minor = 1;
    bool keep_alive = true;  // what the client asked for
  };

  explicit AnswerWriter(Request request) : request_(request) {}

  // Whatever the client asked for; before Begin().
  void CloseAfterwards() { request_.keep_alive = false; }
  void Begin(const exchange::AnswerHead& head, std::string& out);
  // Appends the part of `bytes` that belongs to the body, framed.
  void Body(std::string_view bytes, std::string& out);
  // A block of the body that the caller sends itself, behind `out`: appends what frames it in front,
  // and says how many of its bytes belong to the body. If any do, block_end() goes behind them.
  [[nodiscard]] std::uint64_t OpenBlock(std::uint64_t bytes, std::string& out);
  [[nodiscard]] std::string_view block_end() const {
    return framing_ == Framing::Chunked ? "\r\n" : "";
  }
  // Nothing goes in front of a block or behind it.
  [[nodiscard]] bool is_body_plain() const {
    return framing_ == Framing::Length || framing_ == Framing::None;
  }
  void End(std::string& out);

  [[nodiscard]] bool has_begun() const { return begun_; }
  // Whether the connection can carry another request after this answer. Known after End().
  [[nodiscard]] bool is_connection_kept() const { return keep_alive_; }
  // Every byte that Content-Length promised was written, or there is no body.
  [[nodiscard]] bool is_body_complete() const;
  // Of the body so far, without framing.
  [[nodiscard]] std::uint64_t body_bytes() const { return body_bytes_; }

 private:
  enum class Framing { None, Length, Chunked, UntilClose };
  Request request_;
  Framing framing_ = Framing::None;
  std::uint64_t remaining_ = 0;  // Framing::Length
  std::uint64_t body_bytes_ = 0;
  bool begun_ = false;
  bool keep_alive_ = true;
};

// What a client that waits before it sends a body is told (RFC 9110, 10.1.1).
inline constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

// A small page for an answer that the server makes itself, e.g. 404.
[[nodiscard]] std::string ErrorPage(int status);
[[nodiscard]] std::string_view ReasonPhrase(int status);
[[nodiscard]] exchange::AnswerHead ErrorHead(int status);
// 200 and nothing else: what the server as a whole says to OPTIONS * (RFC 9110, 9.3.7).
[[nodiscard]] exchange::AnswerHead EmptyHead();

}  // namespace hosts::http1
