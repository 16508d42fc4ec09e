#include "suites/client/answer_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace suites::client {

using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

namespace {

constexpr std::string_view kLineEnd = "\r\n";

Error Bad(std::string_view what, std::string_view bytes) {
  constexpr size_t kShown = 200;
  return {ErrorKind::InvalidInput, fmt::format("{}: '{}'", what, bytes.substr(0, kShown))};
}

Error Cut(std::string_view what, std::string_view bytes) {
  return {ErrorKind::Closed, Bad(what, bytes).message};
}

// Without its end.
Result<std::string_view> TakeLine(std::string_view& bytes) {
  const size_t end = bytes.find(kLineEnd);
  if (end == std::string_view::npos) return Cut("a line is cut", bytes);
  const std::string_view line = bytes.substr(0, end);
  bytes.remove_prefix(end + kLineEnd.size());
  return line;
}

Result<size_t> ParseNumber(std::string_view digits, int base) {
  size_t number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number, base);
  // Half of what there is: more bytes than any answer has, and room for what is added to it.
  const bool is_one = error == std::errc() && stop == end && !digits.empty() &&
                      number <= std::numeric_limits<size_t>::max() / 2;
  if (!is_one) return Bad("this is no length", digits);
  return number;
}

// "HTTP/1.1 200 OK"; the blank is there without a reason, too.
Result<Answer> ParseStatusLine(std::string_view line) {
  constexpr size_t kVersion = std::string_view("HTTP/1.1").size();
  constexpr size_t kStatus = 3;
  const bool has_shape = (line.starts_with("HTTP/1.1 ") || line.starts_with("HTTP/1.0 ")) &&
                         line.size() > kVersion + 1 + kStatus &&
                         line[kVersion + 1 + kStatus] == ' ';
  const auto status = has_shape ? ParseNumber(line.substr(kVersion + 1, kStatus), 10)
                                : Result<size_t>(Bad("", line));
  if (!status) return Bad("this is no status line", line);
  Answer answer;
  answer.version = line.substr(0, kVersion);
  answer.status = static_cast<int>(*status);
  return answer;
}

}  // namespace

Result<Answer> TakeHead(std::string_view& bytes) {
  if (bytes.find("\r\n\r\n") == std::string_view::npos) return Cut("a head is cut", bytes);
  auto answer = ParseStatusLine(*TakeLine(bytes));
  if (!answer) return answer;
  for (std::string_view field = *TakeLine(bytes); !field.empty(); field = *TakeLine(bytes)) {
    const size_t colon = field.find(':');
    if (colon == std::string_view::npos) return Bad("this is no header field", field);
    const size_t value = std::min(field.find_first_not_of(" \t", colon + 1), field.size());
    answer->headers.emplace_back(field.substr(0, colon), field.substr(value));
  }
  return answer;
}

Result<std::string_view> TakeChunk(std::string_view& bytes) {
  const auto line = TakeLine(bytes);
  if (!line) return line;
  const auto size = ParseChunkSize(*line);
  if (!size) return size.error();
  const std::string_view end = bytes.substr(std::min(*size, bytes.size()), kLineEnd.size());
  if (!kLineEnd.starts_with(end)) return Bad("a chunk does not end behind its size", bytes);
  if (end != kLineEnd) return Cut("a chunk is cut", bytes);
  const std::string_view content = bytes.substr(0, *size);
  bytes.remove_prefix(*size + kLineEnd.size());
  return content;
}

Result<std::string> TakeChunks(std::string_view& bytes) {
  std::string body;
  while (true) {
    const auto content = TakeChunk(bytes);
    if (!content) return content.error();
    if (content->empty()) return body;
    body += *content;
  }
}

Result<size_t> ParseLength(std::string_view value) {
  return ParseNumber(value, 10);
}

Result<size_t> ParseChunkSize(std::string_view line) {
  std::string_view digits = line.substr(0, line.find(';'));
  if (digits.size() < line.size()) {  // blanks may stand before an extension
    digits = digits.substr(0, digits.find_last_not_of(" \t") + 1);
  }
  return ParseNumber(digits, 16);
}

}  // namespace suites::client
