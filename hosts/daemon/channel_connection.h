#pragma once
// ChannelConnection: a front's link, seen from the daemon process: requests arrive as frames and
// are answered by this process's application threads.
//
// The first frame must be the group's token, and the other end a process of the server's user, of
// ours, or root (DAEMON-13); else the connection is closed and nothing runs.
//
// A process that is told to end begins with no request any more: what it has not begun it refuses, and
// the front gives it to another one (SHUT-2). Only a request whose body may have been given away in parts
// must be answered here.
//
// Threads: as serving::Connection.

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "hosts/daemon/begun_board.h"
#include "hosts/daemon/wire.h"
#include "hosts/serving/connection.h"

namespace hosts::daemon {

struct ChannelSettings {
  std::string token;
  std::vector<uid_t> peers;  // users that may connect, besides root and our own
  BegunBoard* board = nullptr;
  std::chrono::milliseconds timeout{60'000};
  // A request found its script changed: the process is to end, so that a new one loads it (RELOAD-3).
  // Called on the thread that answers, before the front hears of it; perhaps more than once.
  std::function<void()> on_reload = {};
};

class ChannelConnection final : public serving::Connection {
 public:
  ChannelConnection(serving::Loop& loop, const ChannelSettings& settings, base::UniqueFd socket);

  void Answer(const serving::AnswerFunction& answer) override;
  void Conclude() override;
  void Proceed() override;
  void OnTick(base::Clock::time_point) override {}
  void OnStop() override;

 private:
  class Body;
  class Sink;
  enum class State { Greeting, Idle, Answering, Closing };

  [[nodiscard]] bool has_more_to_do() const override;
  [[nodiscard]] bool is_peer_trusted() const;
  // False: wait for more.
  bool TakeFrame();
  bool SendFramed(std::string_view behind = {});
  // In place of an answer.
  void Refuse(std::uint8_t flags);
  void Die();

  const ChannelSettings& settings_;
  State state_ = State::Greeting;
  std::string in_;
  std::string framed_;         // frames of the answer on their way to the stream
  std::string request_frame_;  // payload of the request being answered; the head's views point here
  bool body_follows_ = false;
  bool is_body_held_back_ = false;  // until it is asked for
  bool must_close_ = false;
};

}  // namespace hosts::daemon
