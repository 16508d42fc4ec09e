#include "hosts/serving/loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "hosts/base/check.h"
#include "hosts/base/log.h"
#include "hosts/serving/not_for_children.h"
#include "hosts/serving/stack_of_new_threads.h"

namespace hosts::serving {

namespace {

constexpr size_t kBatch = 128;
constexpr std::uint32_t kEdges = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
constexpr auto kTick = std::chrono::seconds(1);
constexpr auto kFineTick = std::chrono::milliseconds(100);
// How long a new connection may wait for another process while every thread here is busy.
constexpr auto kLeaveToOthers = std::chrono::milliseconds(20);
// How long an answer may wait for others that leave together with it.
constexpr auto kHoldAnswers = std::chrono::microseconds(100);
// After so many looks without a change the monitor waits to be woken instead of looking again.
constexpr int kQuietLooks = 50;
// After so many looks that each found other requests than the one before, all of them are fast, and
// it looks more rarely, until one is not.
constexpr int kSteadyLooks = 100;
constexpr int kSteadyFactor = 5;

void SleepFor(std::chrono::microseconds span) {
  const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(span).count();
  const timespec time{ns / 1'000'000'000, ns % 1'000'000'000};
  ::nanosleep(&time, nullptr);  // cut short by a signal: the monitor looks a little early
}

}  // namespace

Loop::Loop(LoopSettings settings)
    : settings_(settings),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      unpark_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      park_(::epoll_create1(EPOLL_CLOEXEC)),
      batch_(kBatch) {
  CHECK(epoll_.is_open() && wake_.is_open() && unpark_.is_open() && park_.is_open(),
        "the loop got no descriptors");
  epoll_event event{};
  event.events = EPOLLIN | EPOLLET;
  event.data.ptr = nullptr;  // the wake-up: nothing to do but to look again
  CHECK(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event) == 0 &&
            ::epoll_ctl(park_.get(), EPOLL_CTL_ADD, unpark_.get(), &event) == 0,
        "epoll refused");
}

Loop::~Loop() = default;

void Loop::Watch(int fd, EventSource& source, Trigger trigger) {
  epoll_event event{};
  event.events = trigger == Trigger::Level ? static_cast<std::uint32_t>(EPOLLIN) : kEdges;
  event.data.ptr = &source;
  CHECK(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0, "epoll refused a descriptor");
}

void Loop::TellAgain(int fd, EventSource& source) {
  epoll_event event{};
  event.events = kEdges;
  event.data.ptr = &source;
  CHECK(::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event) == 0, "epoll forgot a descriptor");
}

void Loop::Unwatch(int fd, EventSource& source) {
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
  for (size_t i = batch_next_; i < batch_size_; ++i) {
    if (batch_[i].data.ptr == &source) batch_[i].data.ptr = nullptr;
  }
}

void Loop::Own(std::unique_ptr<Connection> connection) {
  Connection& added = *connection;
  added.place_ = connections_.size();
  connections_.push_back(std::move(connection));
  Watch(added.fd(), added);
}

void Loop::Destroy(Connection& connection) {
  CHECK(!connection.is_owned_by_thread(), "a connection was destroyed while a thread had it");
  Unwatch(connection.fd(), connection);
  std::erase(revisited_, &connection);
  const size_t place = connection.place_;
  std::swap(connections_[place], connections_.back());
  connections_[place]->place_ = place;
  connections_.pop_back();
}

void Loop::Submit(Connection& connection) {
  connection.TakeForThread();
  runnable_.push_back(&connection);
}

// ---- threads ----

Loop::Ended Loop::Run(AnswerFunctionFactory make_answer_function,
                      const std::function<void()>& on_started) {
  make_answer_function_ = std::move(make_answer_function);
  next_tick_ = base::Clock::now() + kTick;
  for (int i = 0; i < settings_.threads; ++i) {
    followers_.push_back(std::make_unique<Follower>());
  }
  threads_alive_ = settings_.threads;
  if (!StartThreads()) {
    for (auto& follower : followers_) {
      if (follower->thread.joinable()) follower->thread.detach();
    }
    return Ended::WithoutThreads;
  }
  if (on_started) on_started();
  if (settings_.threads == 0) {
    monitor_leads_ = true;
    while (!finished_.load())
      Lead(nullptr);
  } else {
    followers_.front()->signal.release();
    MonitorUntilFinished();
  }
  {
    std::unique_lock lock(mutex_);
    for (Follower* follower : std::exchange(idle_, {}))
      GiveOrder(*follower, Order::Quit);
    const auto give_up = std::max(stop_deadline_, base::Clock::now() + std::chrono::seconds(1));
    if (!ended_.wait_until(lock, give_up, [this] { return threads_alive_ == 0; })) {
      for (auto& follower : followers_)
        follower->thread.detach();
      return Ended::WithThreadsInside;
    }
  }
  for (auto& follower : followers_)
    follower->thread.join();
  connections_.clear();
  return Ended::Cleanly;
}

bool Loop::StartThreads() {
  const StackOfNewThreads stack(settings_.stack_size);
  try {
    for (auto& follower : followers_) {
      if (follower == followers_.front()) follower->order = Order::Lead;
      follower->thread = std::thread([this, &self = *follower] { FollowerMain(self); });
    }
    return true;
  } catch (const std::system_error& error) {  // e.g. a limit of memory
    base::Log(base::LogLevel::Error,
              "H0110",
              "cannot start {} threads: {}",
              settings_.threads,
              error.code().message());
    return false;
  }
}

void Loop::GiveOrder(Follower& follower, Order order) {
  follower.order = order;
  follower.signal.release();
}

void Loop::FollowerMain(Follower& self) {
  {
    const AnswerFunction answer = make_answer_function_();
    while (true) {
      if (Connection* connection = NextWaitingOrIdle(self)) {
        AnswerOn(*connection, answer);
        AfterAnswer(*connection, false);
        continue;
      }
      self.signal.acquire();
      const Order order = std::exchange(self.order, Order::None);
      if (order == Order::Quit) break;
      if (order == Order::Lead) Lead(&answer);
    }
  }
  const std::lock_guard lock(mutex_);
  --threads_alive_;
  ended_.notify_all();
}

Connection* Loop::NextWaitingOrIdle(Follower& self) {
  const std::lock_guard lock(mutex_);
  if (finished_) {
    GiveOrder(self, Order::Quit);
    return nullptr;
  }
  if (!waiting_.empty()) {
    Connection* connection = waiting_.front();
    waiting_.pop_front();
    return connection;
  }
  if (self.order == Order::Lead) return nullptr;  // the first follower's first order
  idle_.push_back(&self);
  if (monitor_leads_) {
    hand_over_ = true;
    WakeLeader();
  }
  return nullptr;
}

// A child that the application has forked, and that has come back from it, has none of our threads and sockets, and
// would take events away from its parent, with which it shares the epoll.
void Loop::AnswerOn(Connection& connection, const AnswerFunction& answer) {
  connection.Answer(answer);
  if (!IsForkedChild()) return;
  base::Log(base::LogLevel::Warning,
            "H0133",
            "A process that an application has forked came back from its request, and is ended");
  ::_exit(0);
}

bool Loop::RunInline(Connection& connection, const AnswerFunction& answer) {
  const std::uint64_t ticket = leadership_.Enter();
  if (monitor_parked_.load(std::memory_order_seq_cst)) UnparkMonitor();
  AnswerOn(connection, answer);
  const bool is_leader = leadership_.Leave(ticket);
  if (is_leader && !is_round_over()) {
    if (held_.empty()) held_since_ = base::Clock::now();
    held_.push_back(&connection);
  } else {
    AfterAnswer(connection, is_leader);
  }
  return is_leader;
}

void Loop::ConcludeHeld() {
  ++round_;
  for (Connection* connection : held_)
    AfterAnswer(*connection, true);
  held_.clear();
}

void Loop::AfterAnswer(Connection& connection, bool is_leader) {
  connection.Conclude();
  connection.NoteAnswered();
  if (connection.TryRelease()) return;
  if (is_leader) {
    connection.ProceedAsLeader(Connection::Seen::Before);
  } else {
    HandBack(connection);
  }
}

void Loop::HandBack(Connection& connection) {
  {
    const std::lock_guard lock(mutex_);
    ready_.push_back(&connection);
  }
  ready_count_.fetch_add(1, std::memory_order_seq_cst);
  if (leader_blocked_.load(std::memory_order_seq_cst)) WakeLeader();
}

void Loop::WakeLeader() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(wake_.get(), &one, sizeof one);
}

void Loop::QueueForThreads(Connection& connection) {
  const std::lock_guard lock(mutex_);
  waiting_.push_back(&connection);
  if (!idle_.empty()) {
    Follower* follower = idle_.back();
    idle_.pop_back();
    GiveOrder(*follower, Order::Look);
  }
}

// ---- the monitor ----

void Loop::MonitorUntilFinished() {
  ::prctl(PR_SET_TIMERSLACK, 1UL);
  std::uint64_t seen = leadership_.Observe();
  int quiet_looks = 0;
  int steady_looks = 0;
  while (!finished_.load()) {
    SleepFor(steady_looks < kSteadyLooks ? settings_.promotion_delay
                                         : kSteadyFactor * settings_.promotion_delay);
    const std::uint64_t now = leadership_.Observe();
    if (now != seen) {
      seen = now;
      quiet_looks = 0;
      ++steady_looks;
      continue;
    }
    if (Leadership::IsInside(now)) {
      Promote(now);
      seen = leadership_.Observe();
      quiet_looks = steady_looks = 0;
    } else if (++quiet_looks >= kQuietLooks) {
      ParkMonitor(now);
      quiet_looks = steady_looks = 0;
    }
  }
}

// Waits in epoll_wait() and not on the atomic itself: the process's signals come to this thread, and
// ThreadSanitizer holds them back while it waits in a futex, in read() or in poll().
void Loop::ParkMonitor(std::uint64_t seen) {
  monitor_parked_.store(true, std::memory_order_seq_cst);
  const bool may_wait = leadership_.Observe() == seen && !finished_.load(std::memory_order_seq_cst);
  // Without the mark somebody is about to write: that write must not stay for the next time.
  if (!may_wait && monitor_parked_.exchange(false)) return;
  epoll_event event{};
  while (::epoll_wait(park_.get(), &event, 1, -1) < 0 && errno == EINTR) {
  }
  std::uint64_t written = 0;
  [[maybe_unused]] const ssize_t size = ::read(unpark_.get(), &written, sizeof written);
}

void Loop::UnparkMonitor() {
  if (!monitor_parked_.exchange(false)) return;
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(unpark_.get(), &one, sizeof one);
}

void Loop::Promote(std::uint64_t seen) {
  on_held_up_();
  {
    const std::lock_guard lock(mutex_);
    if (!leadership_.TryDepose(seen)) return;  // it came back in the meantime
    if (!idle_.empty()) {
      Follower* follower = idle_.back();
      idle_.pop_back();
      GiveOrder(*follower, Order::Lead);
      return;
    }
    monitor_leads_ = true;
  }
  // Every thread is inside the application: go on reading, sending and queueing here.
  while (!finished_.load()) {
    Lead(nullptr);
    const std::lock_guard lock(mutex_);
    hand_over_ = false;
    if (!idle_.empty()) {
      Follower* follower = idle_.back();
      idle_.pop_back();
      monitor_leads_ = false;
      GiveOrder(*follower, Order::Lead);
      return;
    }
  }
}

// ---- the leader ----

void Loop::Lead(const AnswerFunction* answer) {
  ConcludeHeld();  // whoever led before was held up
  while (true) {
    if (asked_.load(std::memory_order_acquire) != begun_) BeginEnd();
    if (begun_ != End::None && IsFinished()) return;
    if (answer == nullptr && hand_over_.load()) return;
    if (!runnable_.empty()) {
      Connection* connection = runnable_.front();
      runnable_.pop_front();
      if (answer == nullptr) {
        QueueForThreads(*connection);
      } else {
        if (!held_.empty() && base::Clock::now() - held_since_ > kHoldAnswers) ConcludeHeld();
        if (!RunInline(*connection, *answer)) return;
      }
    } else if (batch_next_ < batch_size_) {
      const epoll_event event = batch_[batch_next_++];
      if (event.data.ptr != nullptr) {
        static_cast<EventSource*>(event.data.ptr)->OnEvents(event.events);
      }
    } else {
      // Whatever they did, look at everything again: the last one may have ended the stop.
      if (!held_.empty()) {
        ConcludeHeld();
      } else if (!ProceedReady()) {
        PollEvents();
      }
    }
  }
}

void Loop::TellSaturation() {
  const bool is_now = is_saturated();
  if (is_now == told_saturated_) return;
  told_saturated_ = is_now;
  saturation_told_ = base::Clock::now();
  for (const auto& callback : on_saturation_)
    callback(is_now ? Saturation::Begins : Saturation::Ends);
}

bool Loop::ProceedReady() {
  bool has_proceeded = !revisited_.empty();
  while (!revisited_.empty()) {
    Connection* connection = revisited_.back();
    revisited_.pop_back();
    // Meanwhile its next request may have been given to a thread, which will look itself.
    if (!connection->is_owned_by_thread()) connection->ProceedAsLeader(Connection::Seen::Before);
  }
  if (ready_count_.load(std::memory_order_acquire) == 0) return has_proceeded;
  std::vector<Connection*> connections;
  {
    const std::lock_guard lock(mutex_);
    connections.swap(ready_);
  }
  ready_count_.fetch_sub(connections.size(), std::memory_order_seq_cst);
  for (Connection* connection : connections)
    connection->ProceedAsLeader(Connection::Seen::Before);
  return true;
}

void Loop::PollEvents() {
  ++round_;
  polls_.fetch_add(1, std::memory_order_seq_cst);
  const auto now = base::Clock::now();
  TickIfDue(now);
  if (!runnable_.empty()) return;
  TellSaturation();
  // Look first without blocking: under load that is all, and nobody has to wake anybody.
  int count = ::epoll_wait(epoll_.get(), batch_.data(), static_cast<int>(batch_.size()), 0);
  if (count == 0) {
    leader_blocked_.store(true, std::memory_order_seq_cst);
    const bool must_look = ready_count_.load(std::memory_order_seq_cst) > 0 || hand_over_.load() ||
                           asked_.load() != begun_;
    int timeout = 0;
    if (!must_look) {
      auto until = has_fine_ticks() ? std::min(next_tick_, next_fine_tick_) : next_tick_;
      if (is_stopping()) until = std::min(until, stop_deadline_);
      if (told_saturated_) until = std::min(until, now + kLeaveToOthers);
      timeout = base::Deadline::At(until).poll_timeout_ms();
    }
    count = ::epoll_wait(epoll_.get(), batch_.data(), static_cast<int>(batch_.size()), timeout);
    leader_blocked_.store(false, std::memory_order_seq_cst);
  }
  CHECK(count >= 0 || errno == EINTR, "epoll_wait failed");
  if (count == 0 && told_saturated_ && base::Clock::now() >= saturation_told_ + kLeaveToOthers) {
    saturation_told_ = base::Clock::now();
    for (const auto& callback : on_saturation_)
      callback(Saturation::Lasts);
  }
  batch_next_ = 0;
  batch_size_ = static_cast<size_t>(std::max(count, 0));
  for (size_t i = 0; i < batch_size_; ++i) {
    if (batch_[i].data.ptr == nullptr) {
      std::uint64_t drained = 0;
      [[maybe_unused]] const ssize_t size = ::read(wake_.get(), &drained, sizeof drained);
    }
  }
}

void Loop::TickIfDue(base::Clock::time_point now) {
  if (now >= next_fine_tick_ && has_fine_ticks()) {
    next_fine_tick_ = now + kFineTick;
    for (const auto& callback : on_fine_tick_)
      callback();
  }
  if (now >= next_tick_) {
    next_tick_ = now + kTick;
    Tick();
  }
}

void Loop::Tick() {
  for (const auto& callback : on_tick_)
    callback();
  const auto now = base::Clock::now();
  for (size_t i = connections_.size(); i > 0; --i) {  // backwards: OnTick may destroy the one
    if (i > connections_.size()) continue;
    Connection& connection = *connections_[i - 1];
    if (!connection.is_owned_by_thread()) connection.OnTick(now);
  }
}

// ---- the end ----

void Loop::Ask(End end) {
  End before = asked_.load();
  while (before < end && !asked_.compare_exchange_weak(before, end)) {
  }
  WakeLeader();
}

void Loop::BeginEnd() {
  begun_ = asked_.load();
  for (const auto& callback : on_end_)
    callback();
  if (!is_stopping()) return;
  stop_deadline_ = base::Clock::now() + settings_.stop_grace;
  for (size_t i = connections_.size(); i > 0; --i) {
    if (i > connections_.size()) continue;
    connections_[i - 1]->StopUnlessOwned();
  }
}

bool Loop::IsFinished() {
  const bool is_over = is_stopping() && base::Clock::now() >= stop_deadline_;
  if (!connections_.empty() && !is_over) return false;
  finished_.store(true, std::memory_order_seq_cst);
  UnparkMonitor();
  return true;
}

}  // namespace hosts::serving
