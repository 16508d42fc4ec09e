// Any bytes as what a client sends on a connection, in pieces, with an end: every answer can be read back,
// the log knows of exactly these, and afterwards nothing is left.
//
// Built with the preset fuzz; scripts/fuzz runs it. What the answers are, the paths say
// (testing/behaviours.h). Answers are read back by Beast's parser for clients, which the engine does
// not use.

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/base/check.h"
#include "hosts/serving/http_connection.h"
#include "hosts/serving/testing/behaviours.h"
#include "hosts/serving/testing/one_connection.h"

namespace hosts::serving {
namespace {

namespace http = boost::beast::http;

// What the log was told.
struct Noted {
  bool is_head = false;
  bool has_answer = false;
  int status = 0;
  std::uint64_t body_bytes = 0;
  Afterwards afterwards = Afterwards::Kept;
};

class Notes final : public RequestLog {
 public:
  void Note(const AnsweredRequest& request) override {
    Noted noted;
    noted.is_head = request.head != nullptr && request.head->method == "HEAD";
    noted.has_answer = request.answer != nullptr;
    if (noted.has_answer) noted.status = request.answer->status;
    noted.body_bytes = request.body_bytes;
    noted.afterwards = request.afterwards;
    CHECK(request.request_line.find('\n') == std::string_view::npos, "a line in a line");
    all.push_back(noted);
  }
  std::vector<Noted> all;
};

// Takes one answer off the front of what was read. False: it breaks off.
bool TakeAnswer(std::string_view& read, bool is_head, int& status, std::uint64_t& body_bytes) {
  http::response_parser<http::string_body> parser;
  parser.eager(true);
  parser.body_limit(std::numeric_limits<std::uint64_t>::max());
  parser.skip(is_head);
  boost::beast::error_code error;
  while (!parser.is_done() && !read.empty()) {
    const std::size_t used = parser.put(boost::asio::const_buffer(read.data(), read.size()), error);
    read.remove_prefix(used);
    if (error == http::error::need_more) break;
    CHECK(!error, "an answer is no HTTP");
  }
  if (!parser.is_done() && parser.is_header_done() && parser.need_eof()) parser.put_eof(error);
  status = static_cast<int>(parser.get().result_int());
  body_bytes = parser.get().body().size();
  return parser.is_done();
}

void CheckAnswers(std::string_view read, const std::vector<Noted>& notes) {
  for (std::size_t i = 0; i < notes.size(); ++i) {
    const Noted& noted = notes[i];
    const bool is_last = i + 1 == notes.size();
    CHECK(is_last || noted.afterwards == Afterwards::Kept, "a request behind the last one");
    constexpr std::string_view kContinue = "HTTP/1.1 100 ";
    if (read.starts_with(kContinue)) {
      int status = 0;
      std::uint64_t none = 0;
      CHECK(TakeAnswer(read, false, status, none) && status == 100, "an interim answer");
    }
    if (!noted.has_answer) {
      CHECK(noted.afterwards == Afterwards::BrokeOff, "a request without an answer ended well");
      continue;
    }
    int status = 0;
    std::uint64_t body_bytes = 0;
    const bool is_whole = TakeAnswer(read, noted.is_head, status, body_bytes);
    if (noted.afterwards == Afterwards::BrokeOff) continue;
    CHECK(status == noted.status, "another status than was logged");
    CHECK(body_bytes == noted.body_bytes, "another length than was logged");
    CHECK(is_whole || is_last, "an answer broke off and the connection was kept");
  }
  CHECK(read.empty(), "bytes that belong to no answer");
}

// The first byte says how; where a piece ends, a 0x01 that is not sent.
void SendBytes(std::string_view bytes) {
  if (bytes.empty()) return;
  constexpr unsigned kWithoutLog = 1;
  constexpr unsigned kStopsEarly = 2;
  constexpr unsigned kFewRequests = 4;
  const auto how = static_cast<unsigned char>(bytes.front());
  bytes.remove_prefix(1);
  std::vector<std::string_view> pieces;
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\x01');
    pieces.push_back(bytes.substr(0, end));
    bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
  }
  testing::AnswersAsAsked service;
  Notes notes;
  HttpSettings settings{.body_read_first = 64, .body_drained = 256};
  settings.limits.fields = 20;
  if ((how & kFewRequests) != 0) settings.limits.keep_alive_requests = 2;
  const bool is_logged = (how & kWithoutLog) == 0;
  if (is_logged) settings.request_log = &notes;
  const std::string read = testing::Talk(
      [&](Loop& loop, base::UniqueFd socket) {
        return std::make_unique<HttpConnection>(loop, service, settings, std::move(socket));
      },
      [] { return AnswerFunction(testing::AnswerAsAsked); },
      pieces,
      (how & kStopsEarly) != 0 ? testing::Stop::InTheMiddle : testing::Stop::AfterTheEnd);
  CHECK(read.empty() || read.starts_with("HTTP/1.1 "), "an answer is no HTTP");
  if (is_logged) CheckAnswers(read, notes.all);
}

}  // namespace
}  // namespace hosts::serving

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  hosts::serving::SendBytes({reinterpret_cast<const char*>(data), size});
  return 0;
}
