#include "harness/load/answer_reader.h"

#include <algorithm>
#include <charconv>

namespace harness::load {

namespace {

constexpr std::size_t kBlock = 16 * 1024;
constexpr std::size_t kLargestHead = 256 * 1024;

char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool SameIgnoringCase(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](char a, char b) {
    return Lower(a) == Lower(b);
  });
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

bool ReadNumber(std::string_view text, int base, std::size_t& value) {
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return problem == std::errc() && end == text.data() + text.size() && !text.empty();
}

}  // namespace

std::span<char> AnswerReader::Space() {
  if (buffer_.size() - used_ < kBlock) buffer_.resize(std::max(2 * buffer_.size(), 2 * kBlock));
  return {buffer_.data() + used_, buffer_.size() - used_};
}

AnswerReader::State AnswerReader::Received(std::size_t count) {
  used_ += count;
  if (head_end_ == 0) return ReadHead();
  return ReadBody();
}

AnswerReader::State AnswerReader::Closed() {
  if (framing_ != Framing::UntilClose) return Break("the connection closed before its end");
  goes_on_ = false;
  length_ = used_ - head_end_;
  framing_ = Framing::Length;
  return State::Whole;
}

std::string_view AnswerReader::body() const {
  if (framing_ == Framing::Chunked) return chunks_;
  return {buffer_.data() + head_end_, length_};
}

void AnswerReader::Next(Body body) {
  used_ = scanned_ = head_end_ = chunk_at_ = length_ = 0;
  chunks_.clear();
  framing_ = Framing::Unknown;
  expected_ = body;
  status_ = 0;
  goes_on_ = true;
}

AnswerReader::State AnswerReader::Break(const char* problem) {
  problem_ = problem;
  return State::Broken;
}

AnswerReader::State AnswerReader::ReadHead() {
  const std::string_view received(buffer_.data(), used_);
  const std::size_t end = received.find("\r\n\r\n", scanned_);
  if (end == std::string_view::npos) {
    scanned_ = used_ < 3 ? 0 : used_ - 3;
    return used_ > kLargestHead ? Break("its head does not end") : State::Incomplete;
  }
  const std::string_view head = received.substr(0, end + 2);
  std::size_t status = 0;
  if (!head.starts_with("HTTP/1.") || head.size() < 14 || head[8] != ' ' ||
      !ReadNumber(head.substr(9, 3), 10, status)) {
    return Break("it does not begin as HTTP/1.1 does");
  }
  status_ = static_cast<int>(status);
  goes_on_ = head[7] == '1';
  for (std::size_t line = head.find("\r\n") + 2; line < head.size();) {
    const std::size_t line_end = head.find("\r\n", line);
    ReadField(head.substr(line, line_end - line));
    line = line_end + 2;
  }
  if (status_ >= 100 && status_ < 200) {  // an interim answer: the real one follows
    buffer_.erase(0, end + 4);
    used_ -= end + 4;
    scanned_ = 0;
    framing_ = Framing::Unknown;
    return ReadHead();
  }
  head_end_ = end + 4;
  chunk_at_ = head_end_;
  if (expected_ == Body::None || status_ == 204 || status_ == 304) framing_ = Framing::None;
  if (framing_ == Framing::None) length_ = 0;
  if (framing_ == Framing::Unknown) framing_ = Framing::UntilClose;
  return ReadBody();
}

void AnswerReader::ReadField(std::string_view line) {
  // Three names matter; their first letters sort out all others at once.
  if (line.empty() || (Lower(line[0]) != 'c' && Lower(line[0]) != 't')) return;
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = Trim(line.substr(colon + 1));
  if (SameIgnoringCase(name, "content-length")) {
    if (framing_ == Framing::Unknown && ReadNumber(value, 10, length_)) framing_ = Framing::Length;
  } else if (SameIgnoringCase(name, "transfer-encoding")) {
    if (SameIgnoringCase(value, "chunked")) framing_ = Framing::Chunked;
  } else if (SameIgnoringCase(name, "connection")) {
    if (SameIgnoringCase(value, "close")) goes_on_ = false;
    if (SameIgnoringCase(value, "keep-alive")) goes_on_ = true;
  }
}

AnswerReader::State AnswerReader::ReadBody() {
  switch (framing_) {
    case Framing::Chunked:
      return ReadChunks();
    case Framing::UntilClose:
      return State::Incomplete;
    default:
      break;
  }
  const std::size_t end = head_end_ + length_;
  if (used_ < end) return State::Incomplete;
  return used_ == end ? State::Whole : Break("bytes follow it that nobody asked for");
}

AnswerReader::State AnswerReader::ReadChunks() {
  const std::string_view received(buffer_.data(), used_);
  while (true) {
    const std::size_t line_end = received.find("\r\n", chunk_at_);
    if (line_end == std::string_view::npos) return State::Incomplete;
    std::string_view digits = received.substr(chunk_at_, line_end - chunk_at_);
    digits = Trim(digits.substr(0, digits.find(';')));
    std::size_t size = 0;
    if (!ReadNumber(digits, 16, size)) return Break("the size of a chunk is no number");
    if (size == 0) {
      // Trailers are allowed; an empty line ends them.
      if (received.substr(line_end).starts_with("\r\n\r\n")) {
        return used_ == line_end + 4 ? State::Whole
                                     : Break("bytes follow it that nobody asked for");
      }
      const std::size_t end = received.find("\r\n\r\n", line_end);
      return end == std::string_view::npos ? State::Incomplete : State::Whole;
    }
    const std::size_t begin = line_end + 2;
    if (used_ < begin + size + 2) return State::Incomplete;
    if (received.substr(begin + size, 2) != "\r\n")
      return Break("a chunk is not as long as it says");
    chunks_.append(received.substr(begin, size));
    chunk_at_ = begin + size + 2;
  }
}

}  // namespace harness::load
