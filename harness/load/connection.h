#pragma once
// Connection: one connection of the load generator and the request it is busy with.
//
// Its descriptor is registered once, for edges: what Ready() is told is read, or written, to its end.
//
// Owns:    its socket, and the bytes of a request that has a token in it.
// Threads: one at a time.
// Fails:   Step::Failed; problem() says what broke.

#include <sys/types.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/load/answer_reader.h"
#include "harness/load/canary.h"
#include "harness/load/endpoint.h"
#include "harness/load/profile.h"
#include "hosts/base/deadline.h"
#include "hosts/base/unique_fd.h"

namespace harness::load {

// A request as the driver keeps it.
struct ReadyRequest {
  const LoadRequest* request = nullptr;  // the caller's
  std::string bytes;
  std::vector<std::size_t> tokens;  // where they go; none without a canary
  AnswerReader::Body answer_body = AnswerReader::Body::Expected;
};

class Connection {
 public:
  using Instant = hosts::base::Clock::time_point;
  enum class State { Closed, Connecting, Idle, Sending, Waiting };
  enum class Step { Pending, Connected, Refused, Answered, Failed, HungUp };

  // Kernel: of every answer it is known when its bytes reached this machine's socket, however late this
  // thread was to read them. Reader: they came when they were read, which costs less.
  enum class Stamps { Reader, Kernel };

  Connection(const Endpoint& endpoint, Stamps stamps) : endpoint_(endpoint), stamps_(stamps) {}

  // Makes room for the longest request that will be sent.
  void Reserve(std::size_t bytes) { patched_.reserve(bytes); }

  // Begins to connect; never blocks. Refused when there is nobody.
  [[nodiscard]] Step Connect(Instant now);
  // Takes a request: `due` is when it should have gone, `number` is its token's. Go() sends it.
  void Take(const ReadyRequest& request, const Token& token, Instant due, Instant now);
  // Sends the request as far as the socket takes it.
  [[nodiscard]] Step Go();
  // What came of it when epoll says that the socket has something to say.
  [[nodiscard]] Step Ready(std::uint32_t events);
  // After Answered: ready for the next one. False when the server ends the connection.
  [[nodiscard]] bool Rest(Instant now);
  void Close();

  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] State state() const { return state_; }
  // A request was taken and is not answered.
  [[nodiscard]] bool is_busy() const { return request_ != nullptr; }
  void Forget() { request_ = nullptr; }
  [[nodiscard]] const AnswerReader& answer() const { return reader_; }
  [[nodiscard]] const LoadRequest& request() const { return *request_->request; }
  [[nodiscard]] const Token& token() const { return token_; }
  [[nodiscard]] Instant due() const { return due_; }
  [[nodiscard]] Instant sent_at() const { return sent_at_; }
  [[nodiscard]] Instant connecting_since() const { return connecting_since_; }
  // When the answer's last piece came, and its first, if it came alone; the epoch: when it was read.
  [[nodiscard]] Instant last_byte_at() const { return last_byte_at_; }
  [[nodiscard]] Instant first_byte_at() const { return first_byte_at_; }
  [[nodiscard]] Instant idle_since() const { return idle_since_; }
  [[nodiscard]] const char* problem() const { return problem_; }

 private:
  Step Read();
  ssize_t Receive(std::span<char> space);
  Step Fail(const char* problem);

  Endpoint endpoint_;
  Stamps stamps_;
  hosts::base::UniqueFd fd_;
  State state_ = State::Closed;
  bool peer_has_ended_ = false;
  AnswerReader reader_;
  const ReadyRequest* request_ = nullptr;  // outlives the connection: the driver's list
  Token token_{0, 0};
  std::string patched_;
  std::string_view unsent_;
  Instant due_;
  Instant sent_at_;
  Instant connecting_since_;
  Instant first_byte_at_;
  Instant last_byte_at_;
  Instant idle_since_;
  const char* problem_ = "";
};

}  // namespace harness::load
