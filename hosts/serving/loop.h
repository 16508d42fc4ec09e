#pragma once
// Loop: the event loop of one process and the threads that answer its requests.
//
// threads > 0: that many application threads take turns as the leader (leadership.h); the thread
// that calls Run() is the monitor. threads == 0: nothing is executed here, the caller of Run() leads
// alone (a front without embedded applications).
//
// Owns:    the epoll descriptor, the threads, every connection given to Own().
// Threads: Run() on one thread. Functions marked "leader" are for code that the loop calls.
//          RequestLeave(), RequestStop() and HandBack() from any thread; the first two from a signal
//          handler, too.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <semaphore>
#include <thread>
#include <vector>

#include "hosts/base/deadline.h"
#include "hosts/base/unique_fd.h"
#include "hosts/serving/connection.h"
#include "hosts/serving/event_source.h"
#include "hosts/serving/leadership.h"
#include "hosts/serving/service.h"

struct epoll_event;

namespace hosts::serving {

struct LoopSettings {
  int threads = 1;
  std::chrono::microseconds promotion_delay{200};
  // Other processes accept from the same sockets: while there are as many busy connections here as
  // threads, new ones are left to them.
  bool shares_listeners = false;
  // From RequestStop(): how long requests that are being answered may take (DAEMON-41).
  std::chrono::milliseconds stop_grace{5000};
  std::size_t stack_size = 0;  // of the threads, bytes; 0: the system's (CFG-97)
};

class Loop {
 public:
  explicit Loop(LoopSettings settings);
  ~Loop();

  enum class Ended { Cleanly, WithThreadsInside, WithoutThreads };
  // Runs until RequestStop() and the end of what is being answered. WithThreadsInside: the grace was
  // over and an application did not return; its thread lives, so the process must _exit(). So it must
  // WithoutThreads: not all of them could be started, which is logged.
  // `on_started`: called once, when all threads are there.
  [[nodiscard]] Ended Run(AnswerFunctionFactory make_answer_function,
                          const std::function<void()>& on_started = {});
  // How a loop comes to its end. Leave: others accept from now on; what is connected goes on until its
  // client closes, or is idle for too long; an answer says that it is the connection's last. Then, or when
  // told so, Stop: what is idle is closed, what is being answered has stop_grace.
  enum class End { None, Leave, Stop };
  void RequestLeave() { Ask(End::Leave); }
  void RequestStop() { Ask(End::Stop); }

  // Leader, or before Run():
  // Level: told as long as there is something, as every other process that watches it is.
  enum class Trigger { Edge, Level };
  void Watch(int fd, EventSource& source, Trigger trigger = Trigger::Edge);
  void Unwatch(int fd, EventSource& source);
  // What is ready is told in the loop's next round, as if it had become so: for a source that has
  // not used up what an edge told, because it is the turn of others.
  void TellAgain(int fd, EventSource& source);
  void Own(std::unique_ptr<Connection> connection);
  void Destroy(Connection& connection);
  // The connection has a request to be answered by an application thread (Connection::Answer).
  void Submit(Connection& connection);
  // Proceed() is called in the loop's next round.
  void Revisit(Connection& connection) { revisited_.push_back(&connection); }
  // Changes when events have been asked for, when answers have left, and when a connection is looked at
  // though no event said that something had come: what was found out about the world in the same round
  // was found out after its requests had come.
  [[nodiscard]] std::uint64_t round() const { return round_; }
  // How often events have been asked for: any thread may ask.
  [[nodiscard]] std::uint64_t polls() const { return polls_.load(std::memory_order_seq_cst); }
  // The leader has sent an answer: its client may ask, at once, about a world that it has changed.
  void BeginRound() { ++round_; }
  // Called when the loop begins to leave, and when it begins to stop.
  void OnEnd(std::function<void()> callback) { on_end_.push_back(std::move(callback)); }
  // Called about once a second by the leader.
  void OnTick(std::function<void()> callback) { on_tick_.push_back(std::move(callback)); }
  // Called about every 100 ms while a connection is busy: for what requests may wait for.
  void OnFineTick(std::function<void()> callback) { on_fine_tick_.push_back(std::move(callback)); }
  // Before Run(). Called when a request has been inside for the promotion delay, by the monitor: it must not wait.
  void OnHeldUp(std::function<void()> callback) { on_held_up_ = std::move(callback); }
  // Only with shares_listeners: as many connections are busy as there are threads. Told when that
  // begins, when it ends, and every few milliseconds while it lasts.
  [[nodiscard]] bool is_saturated() const {
    return settings_.shares_listeners && settings_.threads > 0 && busy_ >= settings_.threads;
  }
  enum class Saturation { Begins, Lasts, Ends };
  void OnSaturation(std::function<void(Saturation)> callback) {
    on_saturation_.push_back(std::move(callback));
  }
  // Any thread. The leader begins to leave or to stop a little after it was told to.
  [[nodiscard]] bool is_ending() const { return begun_ != End::None; }
  [[nodiscard]] bool is_stopping() const { return begun_ == End::Stop; }
  [[nodiscard]] bool is_told_to_stop() const {
    return asked_.load(std::memory_order_acquire) == End::Stop;
  }

 private:
  enum class Order { None, Lead, Look, Quit };
  struct Follower {
    std::binary_semaphore signal{0};
    Order order = Order::None;
    std::thread thread;
  };

  [[nodiscard]] bool StartThreads();
  void FollowerMain(Follower& self);
  void MonitorUntilFinished();
  void ParkMonitor(std::uint64_t seen);
  void UnparkMonitor();
  void Lead(const AnswerFunction* answer);  // returns when this thread leads no longer
  bool RunInline(Connection& connection, const AnswerFunction& answer);
  // A request that waits for a thread, or null: then the thread is idle and gets an order.
  Connection* NextWaitingOrIdle(Follower& self);
  void AfterAnswer(Connection& connection, bool is_leader);
  // By an application thread.
  static void AnswerOn(Connection& connection, const AnswerFunction& answer);
  [[nodiscard]] bool is_round_over() const {
    return runnable_.empty() && batch_next_ == batch_size_;
  }
  void ConcludeHeld();
  void QueueForThreads(Connection& connection);
  void PollEvents();
  // Connections that were handed back or are to be looked at again; false: there were none.
  [[nodiscard]] bool ProceedReady();
  void Tick();
  void TickIfDue(base::Clock::time_point now);
  [[nodiscard]] bool has_fine_ticks() const { return busy_ > 0 && !on_fine_tick_.empty(); }
  void TellSaturation();
  void Ask(End end);
  void BeginEnd();
  [[nodiscard]] bool IsFinished();
  void HandBack(Connection& connection);
  void WakeLeader();
  void Promote(std::uint64_t seen);
  void GiveOrder(Follower& follower, Order order);

  const LoopSettings settings_;
  base::UniqueFd epoll_;
  base::UniqueFd wake_;
  base::UniqueFd unpark_;
  base::UniqueFd park_;  // an epoll of unpark_ alone: where the monitor waits
  Leadership leadership_;
  AnswerFunctionFactory make_answer_function_;

  // The leader's: passed on with the leadership.
  std::vector<epoll_event> batch_;
  std::size_t batch_next_ = 0;
  std::size_t batch_size_ = 0;
  std::deque<Connection*> runnable_;
  std::vector<Connection*> revisited_;
  std::uint64_t round_ = 0;
  std::atomic<std::uint64_t> polls_{0};
  std::vector<Connection*> held_;  // answered, to be concluded at the end of the round
  base::Clock::time_point held_since_{};
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<std::function<void()>> on_end_;
  std::vector<std::function<void()>> on_tick_;
  std::vector<std::function<void()>> on_fine_tick_;
  std::vector<std::function<void(Saturation)>> on_saturation_;
  std::function<void()> on_held_up_ = [] {};
  bool told_saturated_ = false;
  base::Clock::time_point saturation_told_{};
  base::Clock::time_point next_tick_{};
  base::Clock::time_point next_fine_tick_{};
  base::Clock::time_point stop_deadline_{};

  friend class Connection;
  std::atomic<int> busy_{0};  // connections between accept or first byte and the end of the answer

  // Shared.
  std::mutex mutex_;
  std::vector<Follower*> idle_;      // last in, first out
  std::deque<Connection*> waiting_;  // requests that found every thread inside the application
  std::vector<Connection*> ready_;   // handed back by threads that do not lead
  std::atomic<std::size_t> ready_count_{0};
  bool monitor_leads_ = false;
  std::atomic<bool> hand_over_{false};  // a thread came back: the monitor shall stop leading
  std::atomic<bool> leader_blocked_{false};
  std::atomic<bool> monitor_parked_{false};
  std::atomic<End> asked_{End::None};
  std::atomic<End> begun_{End::None};
  std::atomic<bool> finished_{false};
  std::vector<std::unique_ptr<Follower>> followers_;
  std::condition_variable ended_;
  int threads_alive_ = 0;
};

}  // namespace hosts::serving
