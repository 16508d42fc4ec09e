#pragma once
// Connection: one keep-alive connection of the load generator and the request it is busy with.
//
// Owns:    its socket.
// Threads: one at a time.
// Fails:   Step::Failed; problem() says what broke.

#include <netinet/in.h>

#include <cstdint>
#include <string>

#include "harness/load/answer_reader.h"
#include "harness/load/profile.h"
#include "hosts/base/deadline.h"
#include "hosts/base/unique_fd.h"

namespace harness::load {

class Connection {
 public:
  using Instant = hosts::base::Clock::time_point;
  enum class State { Closed, Connecting, Idle, Sending, Waiting };
  enum class Step { Pending, Connected, Refused, Answered, Failed, HungUp };

  explicit Connection(const sockaddr_in& address) : address_(address) {}

  // Begins to connect; never blocks. Refused when there is nobody.
  [[nodiscard]] Step Connect();
  // Sends a request as far as the socket takes it. `due` is when it should have gone.
  [[nodiscard]] Step Send(const LoadRequest& request, Instant due, Instant now);
  // What came of it when epoll says that the socket has something to say.
  [[nodiscard]] Step Ready(std::uint32_t events);
  // After Answered: ready for the next one. False when the server ends the connection.
  [[nodiscard]] bool Rest(Instant now);
  void Close();

  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool wants_to_write() const {
    return state_ == State::Connecting || state_ == State::Sending;
  }
  [[nodiscard]] bool is_busy() const {
    return state_ == State::Sending || state_ == State::Waiting;
  }
  [[nodiscard]] const AnswerReader& answer() const { return reader_; }
  [[nodiscard]] const LoadRequest& request() const { return *request_; }
  [[nodiscard]] Instant due() const { return due_; }
  [[nodiscard]] Instant sent_at() const { return sent_at_; }
  [[nodiscard]] Instant idle_since() const { return idle_since_; }
  [[nodiscard]] const char* problem() const { return problem_; }

 private:
  Step Write();
  Step Read();
  Step Fail(const char* problem);

  sockaddr_in address_;
  hosts::base::UniqueFd fd_;
  State state_ = State::Closed;
  AnswerReader reader_;
  const LoadRequest* request_ = nullptr;  // outlives the connection: the driver's list
  std::size_t written_ = 0;
  Instant due_;
  Instant sent_at_;
  Instant idle_since_;
  const char* problem_ = "";
};

}  // namespace harness::load
