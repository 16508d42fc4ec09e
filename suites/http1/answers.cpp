#include "suites/http1/answers.h"

#include <fmt/format.h>

#include <charconv>

namespace suites::http1 {

using client::Answer;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

namespace {

constexpr int kFirstFinal = 200;
constexpr std::string_view kLineEnd = "\r\n";

Error Bad(std::string_view what, std::string_view bytes) {
  constexpr size_t kShown = 200;
  return Error{ErrorKind::InvalidInput, fmt::format("{}: '{}'", what, bytes.substr(0, kShown))};
}

// Takes a line, its end included.
std::string_view TakeLine(std::string_view& bytes) {
  const size_t end = bytes.find(kLineEnd);
  const std::string_view line = bytes.substr(0, end);
  bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + kLineEnd.size());
  return line;
}

Result<Answer> TakeHead(std::string_view& bytes) {
  constexpr size_t kVersion = std::string_view("HTTP/1.1").size();
  const std::string_view whole = bytes;
  if (bytes.find("\r\n\r\n") == std::string_view::npos) return Bad("no whole head", whole);
  Answer answer;
  const std::string_view line = TakeLine(bytes);
  const bool is_status_line = (line.starts_with("HTTP/1.1 ") || line.starts_with("HTTP/1.0 ")) &&
                              line.size() > kVersion + 4 && line[kVersion + 4] == ' ';
  if (!is_status_line) return Bad("this is no status line", line);
  answer.version = line.substr(0, kVersion);
  std::from_chars(line.data() + kVersion + 1, line.data() + line.size(), answer.status);
  while (!bytes.starts_with(kLineEnd)) {
    const std::string_view field = TakeLine(bytes);
    const size_t colon = field.find(':');
    if (colon == std::string_view::npos) return Bad("this is no header", field);
    const size_t value = field.find_first_not_of(" \t", colon + 1);
    answer.headers.emplace_back(field.substr(0, colon),
                                value == std::string_view::npos ? "" : field.substr(value));
  }
  bytes.remove_prefix(kLineEnd.size());
  return answer;
}

Result<std::string> TakeChunks(std::string_view& bytes) {
  std::string body;
  while (true) {
    const std::string_view digits = TakeLine(bytes);
    size_t size = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), size, 16);
    if (error != std::errc() || end != digits.data() + digits.size()) {
      return Bad("this is no size of a chunk", digits);
    }
    if (bytes.size() < size + kLineEnd.size() || bytes.substr(size, 2) != kLineEnd) {
      return Bad("a chunk is cut", bytes);
    }
    body += bytes.substr(0, size);
    bytes.remove_prefix(size + kLineEnd.size());
    if (size == 0) return body;
  }
}

Result<std::string> TakeBody(const Answer& answer, std::string_view& bytes) {
  if (answer.Header("Transfer-Encoding") == "chunked") return TakeChunks(bytes);
  const std::string length = answer.Header("Content-Length");
  size_t size = bytes.size();  // up to the end of the connection
  if (!length.empty()) std::from_chars(length.data(), length.data() + length.size(), size);
  if (size > bytes.size()) return Bad("a body is cut", bytes);
  std::string body(bytes.substr(0, size));
  bytes.remove_prefix(size);
  return body;
}

}  // namespace

Result<std::vector<Answer>> AnswersIn(std::string_view bytes, bool is_head) {
  constexpr int kNoContent = 204;
  constexpr int kNotModified = 304;
  std::vector<Answer> answers;
  while (!bytes.empty()) {
    auto answer = TakeHead(bytes);
    if (!answer) return answer.error();
    const bool is_bodiless = answer->status < kFirstFinal || answer->status == kNoContent ||
                             answer->status == kNotModified || is_head;
    if (answer->status >= kFirstFinal) is_head = false;
    if (!is_bodiless) {
      auto body = TakeBody(*answer, bytes);
      if (!body) return body.error();
      answer->body = std::move(*body);
    }
    answers.push_back(std::move(*answer));
  }
  return answers;
}

}  // namespace suites::http1
