#pragma once
// Wire: the frames between the front and a daemon process. wire.md describes them.
//
// A frame is an eight-byte header (size of the payload, type, flags) and the payload, all numbers
// little-endian as the machine has them: both ends are processes of one supervisor.
//
// Threads: functions of values.
// Fails:   a frame that cannot be is InvalidInput; whoever reads it closes the channel.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "hosts/base/result.h"
#include "hosts/daemon/begun_board.h"
#include "hosts/exchange/answer.h"
#include "hosts/exchange/request.h"

namespace hosts::daemon {

enum class FrameType : std::uint8_t {
  Hello = 1,       // front: the group's token; first on every channel (DAEMON-13)
  Request = 2,     // front: head, ticket, and the body if it is complete
  Body = 3,        // front: a part of the body
  BodyEnd = 4,     // front
  AnswerHead = 5,  // worker
  AnswerBody = 6,  // worker: at most kMaxBodyFrame bytes
  AnswerEnd = 7,   // worker: the channel is free again
  AnswerCut = 8,   // worker: the body broke off
  Accepted = 9,    // worker: the body that was held back may come
  Refused = 10,  // worker, in place of an answer: another process is to have the request (RELOAD-3)
};

constexpr std::size_t kFrameHeaderSize = 8;
constexpr std::size_t kMaxFrame = 16 * 1024 * 1024;
constexpr std::size_t kMaxBodyFrame = 64 * 1024;
constexpr std::uint8_t kBodyFollows = 1;  // flag of Request
constexpr std::uint8_t kLinkEnds = 1;     // flag of AnswerEnd: the process closes the link
constexpr std::uint8_t kUnseen = 1;       // flag of Refused: the process was ending already

struct Frame {
  FrameType type = FrameType::Hello;
  std::uint8_t flags = 0;
  std::string_view payload;
  std::size_t size = 0;  // of header and payload
};

// The first frame in the bytes, or nullopt while it is not complete.
[[nodiscard]] base::Result<std::optional<Frame>> NextFrame(std::string_view bytes);

void AppendFrame(std::string& out,
                 FrameType type,
                 std::string_view payload,
                 std::uint8_t flags = 0);
// What stands in front of a payload that the caller sends itself.
void AppendFrameHead(std::string& out, FrameType type, std::uint32_t payload_size);
// A body of any size, in as many frames as it takes.
void AppendBodyFrames(std::string& out, FrameType type, std::string_view bytes);

// The body goes with the head when it is complete; else it follows in Body frames: at once, or, where
// scripts are reloaded, when the process has accepted the request.
void AppendRequest(std::string& out,
                   const exchange::RequestHead& head,
                   Ticket ticket,
                   std::optional<std::string_view> complete_body);

struct DecodedRequest {
  exchange::RequestHead head;  // views into the payload
  Ticket ticket;
  std::string_view body;
};
[[nodiscard]] base::Result<DecodedRequest> DecodeRequest(std::string_view payload);

void AppendAnswerHead(std::string& out, const exchange::AnswerHead& head);
[[nodiscard]] base::Result<exchange::AnswerHead> DecodeAnswerHead(std::string_view payload);

}  // namespace hosts::daemon
