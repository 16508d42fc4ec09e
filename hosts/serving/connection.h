#pragma once
// Connection: a stream socket whose requests are answered by application threads.
//
// Either the loop owns it (its leader calls OnEvents) or the thread that answers a request. The
// word says which, and remembers the events that came while a thread had it.
//
// Owns:    the stream.
// Threads: Answer() on the thread that answers; Conclude() there or by the leader; the rest by the
//          leader.

#include <atomic>
#include <cstdint>

#include "hosts/base/deadline.h"
#include "hosts/base/unique_fd.h"
#include "hosts/serving/event_source.h"
#include "hosts/serving/service.h"
#include "hosts/serving/stream.h"

namespace hosts::serving {

class Loop;

class Connection : public EventSource {
 public:
  Connection(Loop& loop, base::UniqueFd socket);
  ~Connection() override;

  void OnEvents(std::uint32_t events) final;
  [[nodiscard]] int fd() const { return stream_.fd(); }

  // The thread that answers. May block; must not throw.
  virtual void Answer(const AnswerFunction& answer) = 0;
  // After Answer(): sends what that has left to be sent, and ends the request. Never blocks.
  virtual void Conclude() = 0;
  // The leader, connection not owned by a thread: go on with reading, parsing, sending. May end in
  // Submit() or Destroy().
  virtual void Proceed() = 0;
  virtual void OnTick(base::Clock::time_point now) = 0;
  // The loop stops: destroy what is idle, finish what is not.
  virtual void OnStop() = 0;

  [[nodiscard]] bool is_owned_by_thread() const {
    return (word_.load(std::memory_order_acquire) & kOwned) != 0;
  }

 protected:
  [[nodiscard]] Loop& loop() { return loop_; }
  [[nodiscard]] const Loop& loop() const { return loop_; }
  // Busy from the start, and from the first byte of a request until its answer (Loop::is_saturated).
  void SetBusy(bool is_busy);
  [[nodiscard]] Stream& stream() { return stream_; }
  [[nodiscard]] const Stream& stream() const { return stream_; }
  // A request has been answered: events that were asked for before are about bytes that may have been read long ago.
  void NoteAnswered();
  // For the thread that has it: the other side went since, as far as the loop has heard.
  [[nodiscard]] bool has_other_side_gone() const;

 private:
  friend class Loop;
  static constexpr std::uint32_t kOwned = 1U << 31;
  static constexpr std::uint32_t kLookAgain = 1U << 30;  // for the owner; epoll has no such bit

  void TakeForThread() { word_.fetch_or(kOwned, std::memory_order_acq_rel); }
  // True: given back to the loop. False: there is more to do, and the caller still has it.
  [[nodiscard]] bool TryRelease();
  // Asked by TryRelease(): is there anything the loop must look at, e.g. a pipelined request?
  [[nodiscard]] virtual bool has_more_to_do() const = 0;
  // `events` of a round said that something has come; or nothing did, or something before: then what is read now may have
  // come since the round's look at the world (Loop::round).
  enum class Seen { InThisRound, Before };
  void ProceedAsLeader(Seen seen);
  // OnStop(); or, while a thread has the connection, when that thread gives it back.
  void StopUnlessOwned();

  Loop& loop_;
  Stream stream_;
  std::atomic<std::uint32_t> word_{0};
  std::atomic<std::uint64_t> answered_at_{0};  // Loop::polls() when a request was answered last
  std::size_t place_ = 0;                      // in the loop's list
  bool is_busy_ = false;
};

}  // namespace hosts::serving
