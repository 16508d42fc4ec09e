#pragma once
// AnsweredRequest: a request whose answer is with the client, or broke off; views good for the call.
// RequestLog:      is told of each.
//
// Threads: Note() on whatever thread gave the last byte away, several at a time; it must not block.

#include <chrono>
#include <cstdint>
#include <string_view>

#include "hosts/exchange/answer.h"
#include "hosts/exchange/request.h"
#include "hosts/serving/service.h"

namespace hosts::serving {

enum class Afterwards { Kept, Closed, BrokeOff };

struct AnsweredRequest {
  const exchange::RequestHead* head = nullptr;   // null: what came was no request
  const Decision* decision = nullptr;            // null: it was refused before it was decided
  const exchange::AnswerHead* answer = nullptr;  // null: none was begun
  std::string_view request_line;                 // as it came
  std::string_view remote_address;               // of the connection
  int remote_port = 0;
  std::string_view local_address;
  int local_port = 0;
  std::uint64_t body_bytes = 0;  // of the answer, without framing
  std::uint64_t sent = 0;        // bytes on the wire
  std::uint64_t received = 0;
  std::chrono::nanoseconds took{0};
  std::uint32_t requests_before = 0;  // on this connection
  Afterwards afterwards = Afterwards::Kept;
};

class RequestLog {
 public:
  virtual ~RequestLog() = default;
  virtual void Note(const AnsweredRequest& request) = 0;
};

}  // namespace hosts::serving
