// Any bytes as frames: decoding ends, what is decoded survives being written again, and a daemon process's
// end of a link answers a front, or closes the link, whatever comes.
//
// Built with the preset fuzz; scripts/fuzz runs it.

#include <fcntl.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/base/check.h"
#include "hosts/base/log.h"
#include "hosts/daemon/channel_connection.h"
#include "hosts/daemon/wire.h"
#include "hosts/serving/testing/behaviours.h"
#include "hosts/serving/testing/one_connection.h"

namespace hosts::daemon {
namespace {

constexpr std::string_view kToken = "token";

std::string Rewritten(const DecodedRequest& request) {
  std::string frame;
  AppendRequest(frame, request.head, request.ticket, request.body);
  return frame;
}

void CheckRequest(std::string_view payload) {
  const auto request = DecodeRequest(payload);
  if (!request) return;
  const std::string frame = Rewritten(*request);
  const auto next = NextFrame(frame);
  CHECK(next && next->has_value(), "what was decoded cannot be written");
  const auto again = DecodeRequest((*next)->payload);
  CHECK(again && Rewritten(*again) == frame, "a request changed on the wire");
  CHECK(again->body == request->body, "a body changed on the wire");
}

void CheckAnswerHead(std::string_view payload) {
  const auto head = DecodeAnswerHead(payload);
  if (!head) return;
  std::string frame;
  AppendAnswerHead(frame, *head);
  const auto again = DecodeAnswerHead((*NextFrame(frame))->payload);
  CHECK(again && again->headers == head->headers && again->status == head->status &&
            again->reason == head->reason && again->content_length == head->content_length,
        "an answer changed on the wire");
}

void DecodeBytes(std::string_view bytes) {
  while (true) {
    const auto frame = NextFrame(bytes);
    if (!frame || !frame->has_value()) return;
    CHECK((*frame)->size <= bytes.size(), "a frame that is not there yet");
    CheckRequest((*frame)->payload);
    CheckAnswerHead((*frame)->payload);
    bytes.remove_prefix((*frame)->size);
  }
}

// Whole answers, in the order of wire.md; the last one may be cut, or end with the link.
void CheckAnswers(std::string_view bytes) {
  bool is_inside = false;
  bool is_cut = false;
  while (!bytes.empty()) {
    const auto next = NextFrame(bytes);
    CHECK(next && next->has_value(), "a frame that is none");
    const Frame& frame = **next;
    CHECK(!is_cut, "a frame behind the cut");
    switch (frame.type) {
      case FrameType::AnswerHead:
        CHECK(!is_inside && DecodeAnswerHead(frame.payload), "an answer in an answer");
        is_inside = true;
        break;
      case FrameType::AnswerBody:
        CHECK(is_inside && frame.payload.size() <= kMaxBodyFrame, "a body of no answer");
        break;
      case FrameType::AnswerEnd:
      case FrameType::AnswerCut:
        CHECK(is_inside, "the end of no answer");
        is_inside = false;
        is_cut = frame.type == FrameType::AnswerCut;
        break;
      case FrameType::Accepted:
        break;
      case FrameType::Refused:
        CHECK(!is_inside, "a refusal in an answer");
        is_cut = true;
        break;
      default:
        CHECK(false, "a frame that only fronts send");
    }
    bytes.remove_prefix(frame.size);
  }
  CHECK(!is_inside, "an answer without an end");
}

// The first byte says how: with the token in front or without, and where the pieces end.
void SendBytes(std::string_view bytes) {
  constexpr unsigned kGreets = 1;
  constexpr unsigned kStopsEarly = 2;
  const auto how = static_cast<unsigned char>(bytes.front());
  bytes.remove_prefix(1);
  BegunBoard board(16);  // a turn of each: a request whose ticket is void is not run
  const ChannelSettings settings{.token = std::string(kToken), .peers = {}, .board = &board};
  std::string hello;
  AppendFrame(hello, FrameType::Hello, kToken);
  std::vector<std::string_view> pieces;
  if ((how & kGreets) != 0) pieces.push_back(hello);
  const std::size_t middle = bytes.size() * (how >> 2) / 64;
  pieces.push_back(bytes.substr(0, middle));
  pieces.push_back(bytes.substr(middle));
  const std::string read = serving::testing::Talk(
      [&](serving::Loop& loop, base::UniqueFd socket) {
        return std::make_unique<ChannelConnection>(loop, settings, std::move(socket));
      },
      [] { return serving::AnswerFunction(serving::testing::AnswerAsAsked); },
      pieces,
      (how & kStopsEarly) != 0 ? serving::testing::Stop::InTheMiddle
                               : serving::testing::Stop::AfterTheEnd);
  CheckAnswers(read);
}

void TakeBytes(std::string_view bytes) {
  static const bool is_quiet = [] {
    base::SetLogDescriptor(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    return true;
  }();
  if (bytes.empty() || !is_quiet) return;
  DecodeBytes(bytes.substr(1));
  SendBytes(bytes);
}

}  // namespace
}  // namespace hosts::daemon

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  hosts::daemon::TakeBytes({reinterpret_cast<const char*>(data), size});
  return 0;
}
