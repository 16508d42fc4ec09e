#pragma once
// Link: a connection of a front to one daemon process, kept open, with one request on it at a time.
//
// Owns:    the socket, and one cell of the board.
// Threads: the leader's (serving/loop.h).
// Fails:   a link that breaks tells its errand; a frame that cannot be closes it (wire.md).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "hosts/base/unique_fd.h"
#include "hosts/daemon/begun_board.h"
#include "hosts/daemon/wire.h"
#include "hosts/exchange/answer.h"
#include "hosts/serving/event_source.h"
#include "hosts/serving/loop.h"
#include "hosts/serving/stream.h"

namespace hosts::daemon {

class Errand;
class GroupLinks;

class Link final : public serving::EventSource {
 public:
  Link(serving::Loop& loop,
       GroupLinks& group,
       std::size_t process,
       std::uint32_t cell,
       base::UniqueFd socket);
  ~Link() override;

  void OnEvents(std::uint32_t events) override;

  // Returns the request's ticket.
  Ticket Start(Errand& errand);
  void Send(std::string_view frames);
  void Resume() { ReadAnswers(); }
  // The silence is over (HeldAnswers).
  void SendHeld();
  // The errand is given up: the process must not go on answering into the void.
  void Abandon();

  // Ends it, and returns the errand; null if its application has begun, or will.
  [[nodiscard]] Errand* TakeBack();

  void CloseIfIdle() {
    if (is_idle()) Close();
  }

  // Ends it if nothing was sent on it since the last time.
  void CloseIfUnused() {
    if (is_idle() && !std::exchange(was_used_, false)) Close();
  }

  [[nodiscard]] bool is_idle() const { return errand_ == nullptr && !is_closed_; }
  [[nodiscard]] bool is_closed() const { return is_closed_; }
  [[nodiscard]] Errand* errand() const { return errand_; }
  [[nodiscard]] std::size_t process() const { return process_; }
  [[nodiscard]] std::uint32_t cell() const { return cell_; }
  [[nodiscard]] bool has_answered() const { return has_answered_; }
  [[nodiscard]] bool has_room() const { return stream_.backlog() <= serving::Stream::kLowWater; }

 private:
  void ReadAnswers();
  [[nodiscard]] int FailureOf(const exchange::AnswerHead& head) const;
  [[nodiscard]] bool TakeFrames();  // false: the errand has ended, or the link is closed
  struct Taken {
    bool must_send = false;
    bool has_ended = false;
    bool is_last = false;                            // the process closes the link
    std::optional<std::uint8_t> refused_with_flags;  // also an end
    int failure = 0;
  };
  void Take(const Frame& frame, Taken& taken);
  void SendOrHold();
  void EndErrand(const Taken& taken);
  void HandBack(std::uint8_t flags);
  void Close();

  serving::Loop& loop_;
  GroupLinks& group_;
  const std::size_t process_;
  const std::uint32_t cell_;  // of the board
  Ticket ticket_;             // of the errand
  serving::Stream stream_;
  std::string in_;
  Errand* errand_ = nullptr;
  bool has_answer_begun_ = false;  // to the errand
  bool is_closed_ = false;
  bool was_used_ = true;
  bool has_answered_ = false;  // so the process has accepted it
};

}  // namespace hosts::daemon
