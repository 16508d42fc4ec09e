// Any texts as what an application says in start_response: what passes the rules reaches the client as
// it was said, in a head that has no line more than it, through the wire of a daemon process too.
//
// The texts of an input are separated by 0x01: a status, then names and values of headers. Built with
// the preset fuzz; scripts/fuzz runs it.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/base/check.h"
#include "hosts/base/letters.h"
#include "hosts/daemon/wire.h"
#include "hosts/http1/answer_writer.h"
#include "hosts/wsgi/header_rules.h"

namespace hosts::command {
namespace {

using namespace std::string_view_literals;

constexpr char kNextText = '\x01';

std::vector<std::string_view> TextsOf(std::string_view bytes) {
  std::vector<std::string_view> texts;
  while (true) {
    const size_t end = bytes.find(kNextText);
    texts.push_back(bytes.substr(0, end));
    if (end == std::string_view::npos) return texts;
    bytes.remove_prefix(end + 1);
  }
}

bool HasLineEnd(std::string_view text) {
  return text.find_first_of("\r\n\0"sv) != std::string_view::npos;
}

// The head that these texts make, if start_response would take them.
std::optional<exchange::AnswerHead> HeadOf(const std::vector<std::string_view>& texts) {
  const auto status = wsgi::ParseStatus(texts.front());
  if (!status) return std::nullopt;
  CHECK(!HasLineEnd(status->reason), "a line end in a reason");
  CHECK(status->code >= 200 && status->code <= 999, "a status that is none");
  exchange::AnswerHead head;
  head.status = status->code;
  head.reason = status->reason;
  for (size_t i = 1; i + 1 < texts.size(); i += 2) {
    const std::string_view name = texts[i];
    const std::string_view value = texts[i + 1];
    if (!wsgi::CheckHeader(name, value)) continue;
    CHECK(!HasLineEnd(name) && !HasLineEnd(value), "a line end in a header");
    CHECK(name.find_first_of(" \t:") == std::string_view::npos, "a name that ends early");
    if (base::SameLetters(name, "content-length")) {
      const auto length = wsgi::ParseContentLength(value);
      if (!length || (head.content_length && *head.content_length != *length)) continue;
      if (head.content_length) continue;
      head.content_length = *length;
    }
    head.headers.emplace_back(name, value);
  }
  return head;
}

void CheckThroughTheWire(const exchange::AnswerHead& head) {
  std::string frames;
  daemon::AppendAnswerHead(frames, head);
  const auto frame = daemon::NextFrame(frames);
  CHECK(frame && frame->has_value() && (*frame)->size == frames.size(), "a frame of another size");
  const auto decoded = daemon::DecodeAnswerHead((*frame)->payload);
  CHECK(decoded && decoded->status == head.status && decoded->reason == head.reason &&
            decoded->headers == head.headers && decoded->content_length == head.content_length,
        "the wire changed an answer");
}

// The lines of a head that was written, without their ends.
std::vector<std::string_view> LinesOf(std::string_view written) {
  std::vector<std::string_view> lines;
  while (!written.empty()) {
    const size_t end = written.find("\r\n");
    CHECK(end != std::string_view::npos, "a line without an end");
    lines.push_back(written.substr(0, end));
    CHECK(!HasLineEnd(lines.back()), "a bare CR, LF or NUL was written");
    written.remove_prefix(end + 2);
  }
  return lines;
}

void CheckWritten(const exchange::AnswerHead& head, http1::AnswerWriter::Request request) {
  http1::AnswerWriter writer(request);
  std::string written;
  writer.Begin(head, written);
  const auto lines = LinesOf(written);
  CHECK(lines.size() >= 2 && lines.back().empty(), "a head ends with an empty line");
  CHECK(std::ranges::count(lines, ""sv) == 1, "a head that ends twice");
  CHECK(lines.front().starts_with("HTTP/1.1 " + std::to_string(head.status) + ' '), "the status");
  size_t framings = 0;
  for (const std::string_view line : lines) {
    const std::string_view name = line.substr(0, line.find(':'));
    framings += base::SameLetters(name, "content-length") ? 1 : 0;
    framings += base::SameLetters(name, "transfer-encoding") ? 1 : 0;
  }
  CHECK(framings <= 1, "two framings are sent");
  for (const auto& [name, value] : head.headers) {
    const bool is_dropped = head.status == 204 && base::SameLetters(name, "content-length");
    const bool is_there = std::ranges::count(lines, name + ": " + value) > 0;
    CHECK(is_there != is_dropped, "a header that was said is sent");
  }
}

void SayBytes(std::string_view bytes) {
  const auto head = HeadOf(TextsOf(bytes));
  if (!head) return;
  CheckThroughTheWire(*head);
  for (const bool is_head : {false, true}) {
    for (const int version_minor : {0, 1}) {
      CheckWritten(*head,
                   {.is_head = is_head, .version_minor = version_minor, .keep_alive = !is_head});
    }
  }
}

}  // namespace
}  // namespace hosts::command

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  hosts::command::SayBytes({reinterpret_cast<const char*>(data), size});
  return 0;
}
