#include "hosts/lifecycle/keeper.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "hosts/base/check.h"
#include "hosts/base/log.h"

namespace hosts::lifecycle {

namespace {

using Wish = LifeJudge::Wish;
constexpr Wish kWishes[] = {Wish::Terminate, Wish::Graceful, Wish::CpuLimit, Wish::Reload};
// A clock that nobody asks for is not read for every request.
constexpr TimePoint kSometime{base::Clock::duration(1)};
constexpr int kEndedByForce = 255;  // DAEMON-41

unsigned BitOf(Wish wish) {
  return 1U << static_cast<unsigned>(wish);
}

bool CountsTime(const deployment::ProcessTimers& timers) {
  return timers.request_timeout.count() > 0 || timers.inactivity_timeout.count() > 0 ||
         timers.startup_timeout.count() > 0;
}

}  // namespace

Keeper::Keeper(KeeperPlan plan)
    : plan_(std::move(plan)),
      started_(base::Clock::now()),
      counts_time_(CountsTime(plan_.timers)),
      judge_(plan_.timers, plan_.threads, started_),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  CHECK(wake_.is_open(), "no eventfd for the keeper");
  thread_ = std::thread([this] { Run(); });
}

Keeper::~Keeper() {
  must_stop_ = true;
  Wake();
  thread_.join();
}

std::uint64_t Keeper::Begin(RequestBoard::Seat& seat, Activity activity) {
  const TimePoint now = counts_time_ ? base::Clock::now() : kSometime;
  if (activity == Activity::Counts) board_.NoteActivity(now);
  return board_.Begin(seat, now);
}

void Keeper::End(RequestBoard::Seat& seat, Activity activity) {
  if (counts_time_ && activity == Activity::Counts) NoteActivity();
  const auto ended = board_.End(seat);
  const int maximum = plan_.timers.maximum_requests;
  const bool is_full = maximum > 0 && ended >= static_cast<std::uint64_t>(maximum);
  if ((is_full || is_draining_.load() || waits_for_idleness_.load()) && !is_ending()) Look();
}

void Keeper::NoteActivity() {
  board_.NoteActivity(base::Clock::now());
}

void Keeper::NoteGil() {
  gil_taken_.store(base::Clock::now().time_since_epoch().count(), std::memory_order_relaxed);
}

void Keeper::Ask(Wish wish) {
  wishes_.fetch_or(BitOf(wish));
  Wake();
}

void Keeper::Wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(wake_.get(), &one, sizeof one);
}

EndReason Keeper::reason() const {
  const std::lock_guard lock(mutex_);
  return judge_.reason();
}

void Keeper::HearWishes() {
  const unsigned wishes = wishes_.exchange(0);
  for (const Wish wish : kWishes) {
    if ((wishes & BitOf(wish)) != 0) judge_.Ask(wish);
  }
}

LifeJudge::Phase Keeper::Judge() {
  const auto inside = board_.inside();
  LifeSigns signs;
  signs.now = base::Clock::now();
  signs.inside = inside;
  signs.ended = board_.ended();
  signs.first_request = board_.first_request();
  signs.last_activity = board_.last_activity();
  signs.has_loaded = has_loaded_.load(std::memory_order_relaxed);
  if (const auto taken = gil_taken_.load(std::memory_order_relaxed); taken != 0) {
    signs.gil_taken = TimePoint(base::Clock::duration(taken));
  }
  return judge_.Look(signs);
}

void Keeper::Look() {
  std::vector<Inside> interrupts;
  bool must_end = false;
  {
    const std::lock_guard lock(mutex_);
    HearWishes();
    const auto before = judge_.phase();
    auto phase = Judge();
    if (phase == LifeJudge::Phase::Draining && before == LifeJudge::Phase::Serving) {
      base::Log(base::LogLevel::Info,
                "H0130",
                "The process is to end, when no request is inside it: {} ({})",
                NameOf(judge_.reason()),
                InWords(judge_.reason()));
      if (plan_.on_drain) plan_.on_drain(judge_.reason());
      // A request that ends from here on looks itself; one that has just ended was not told to.
      is_draining_ = true;
      phase = Judge();
    }
    waits_for_idleness_ = judge_.waits_for_idleness();
    interrupts = judge_.TakeInterrupts();
    must_end = phase == LifeJudge::Phase::Ending && !is_ending_.exchange(true);
    if (must_end) NoteEnd();
  }
  for (const Inside& request : interrupts)
    if (plan_.on_interrupt) plan_.on_interrupt(request);
  if (!must_end) return;
  plan_.on_end(reason());
  Wake();  // its time is running
}

void Keeper::NoteEnd() {
  base::Log(base::LogLevel::Info,
            "H0131",
            "Shutdown requested. The process is ending: {} ({})",
            NameOf(judge_.reason()),
            InWords(judge_.reason()));
  if (plan_.timers.shutdown_timeout.count() > 0) {
    give_up_ = base::Clock::now() + plan_.timers.shutdown_timeout;
  }
}

void Keeper::Run() {
  while (!must_stop_) {
    if (!is_ending()) Look();
    auto until = TimePoint::max();
    {
      const std::lock_guard lock(mutex_);
      if (!is_ending()) until = judge_.next_look();
      if (give_up_) until = *give_up_;
    }
    if (is_ending() && until <= base::Clock::now()) EndByForce();
    WaitUntil(until);
  }
}

void Keeper::WaitUntil(TimePoint instant) {
  const auto longest = base::Clock::now() + std::chrono::hours(1);
  pollfd entry{wake_.get(), POLLIN, 0};
  const int timeout = base::Deadline::At(std::min(instant, longest)).poll_timeout_ms();
  const int count = ::poll(&entry, 1, timeout);
  CHECK(count >= 0 || errno == EINTR, "poll failed in the keeper");
  std::uint64_t written = 0;
  [[maybe_unused]] const ssize_t size = ::read(wake_.get(), &written, sizeof written);
}

void Keeper::EndByForce() const {
  base::Log(base::LogLevel::Warning,
            "H0107",
            "Aborting process: it has not ended {} s after it was to",
            plan_.timers.shutdown_timeout.count());
  ::_exit(kEndedByForce);
}

}  // namespace hosts::lifecycle
