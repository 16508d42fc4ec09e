#include "harness/load/driver.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <optional>

#include "harness/load/connection.h"
#include "harness/load/schedule.h"
#include "hosts/base/check.h"
#include "hosts/base/files.h"
#include "hosts/base/unique_fd.h"

namespace harness::load {

using hosts::base::Clock;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;
using hosts::base::SystemError;
using hosts::base::UniqueFd;

namespace {

using Instant = Clock::time_point;
using std::chrono::nanoseconds;

constexpr std::chrono::seconds kConnectWithin{5};
// The kernel wakes a sleeper some microseconds late; the last stretch before a slot is spun.
constexpr std::chrono::microseconds kSpin{60};
// What looking for events costs when there are none; part of spinning, not of work.
constexpr nanoseconds kGlance{500};

nanoseconds ThreadCpuTime() {
  timespec spent{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
  return std::chrono::seconds(spent.tv_sec) + nanoseconds(spent.tv_nsec);
}

// How long this thread was ready to run and did not: the second number of schedstat.
nanoseconds ThreadWaitingTime() {
  const auto text = hosts::base::ReadFile("/proc/thread-self/schedstat");
  const size_t blank = text ? text->find(' ') : std::string::npos;
  if (blank == std::string::npos) return nanoseconds(0);
  return nanoseconds(std::strtoll(text->c_str() + blank, nullptr, 10));
}

class Driver {
 public:
  Driver(const sockaddr_in& address,
         const std::vector<LoadRequest>& requests,
         const LoadProfile& profile,
         const std::function<bool()>& is_interrupted)
      : requests_(requests), profile_(profile), is_interrupted_(is_interrupted) {
    connections_.reserve(static_cast<std::size_t>(profile.connections));
    idle_.reserve(static_cast<std::size_t>(profile.connections));
    for (int index = 0; index < profile.connections; ++index)
      connections_.emplace_back(address);
    result_.profile = profile;
  }

  Result<LoadResult> Run();

 private:
  Result<void> ConnectAll();
  void Offer();
  void CountTheUnanswered(Instant now);

  void WaitAndHandle(Instant now, Instant until);
  [[nodiscard]] Instant NextWake() const;
  void Spin();
  void Open(std::size_t index);
  void Arm(std::size_t index, int operation);
  void Handle(std::size_t index, std::uint32_t events);
  void Took(std::size_t index, Connection::Step step);
  void SendDue(Instant now);
  void SendOn(std::size_t index, Instant due, Instant now);
  void Answered(std::size_t index);
  void Failed(std::size_t index);

  const std::vector<LoadRequest>& requests_;
  const LoadProfile profile_;
  const std::function<bool()>& is_interrupted_;
  UniqueFd epoll_;
  std::vector<Connection> connections_;
  std::vector<std::size_t> idle_;  // indices; the last one used is the next one taken
  std::optional<Schedule> schedule_;
  std::int64_t next_slot_ = 0;
  std::size_t next_request_ = 0;
  int alive_ = 0;      // connections not refused
  int in_flight_ = 0;  // requests sent and not answered
  bool is_offering_ = false;
  Instant end_;
  nanoseconds spun_{0};
  LoadResult result_;
};

Result<LoadResult> Driver::Run() {
  ::prctl(PR_SET_TIMERSLACK, 1);  // of this thread: wake when asked, not 50 us later
  epoll_ = UniqueFd(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll_.is_open()) return SystemError("epoll_create1");
  const auto connected = ConnectAll();
  if (!connected) return connected.error();
  Offer();
  return std::move(result_);
}

Result<void> Driver::ConnectAll() {
  const Instant deadline = Clock::now() + kConnectWithin;
  alive_ = profile_.connections;
  for (std::size_t index = 0; index < connections_.size(); ++index)
    Open(index);
  while (idle_.size() < connections_.size() && alive_ == profile_.connections) {
    const Instant now = Clock::now();
    if (now >= deadline) return Error{ErrorKind::Timeout, "cannot connect to the host in 5 s"};
    WaitAndHandle(now, deadline);
  }
  if (alive_ < profile_.connections) {
    return Error{ErrorKind::Closed, "the host refuses connections"};
  }
  return {};
}

void Driver::Offer() {
  const Instant start = Clock::now();
  const nanoseconds cpu_at_start = ThreadCpuTime();
  const nanoseconds waiting_at_start = ThreadWaitingTime();
  end_ = start + profile_.duration;
  const Instant drained = end_ + profile_.drain;
  if (profile_.loop == Loop::Open) {
    schedule_.emplace(start, profile_.rate_per_s, profile_.duration);
    result_.planned = schedule_->slots();
  }
  is_offering_ = true;
  for (const Connection& connection : connections_)
    CHECK(!connection.is_busy(), "busy too early");
  while (true) {
    const Instant now = Clock::now();
    if (is_interrupted_ && is_interrupted_()) {
      result_.ended_early = "interrupted";
      break;
    }
    if (is_offering_ && (now >= end_ || alive_ == 0)) {
      is_offering_ = false;
      result_.seconds = std::chrono::duration<double>(now - start).count();
      result_.cpu_share =
          std::chrono::duration<double>(ThreadCpuTime() - cpu_at_start - spun_).count() /
          result_.seconds;
      result_.waiting_share =
          std::chrono::duration<double>(ThreadWaitingTime() - waiting_at_start).count() /
          result_.seconds;
      if (alive_ == 0) result_.ended_early = "the host stopped accepting connections";
    }
    if (!is_offering_ && (in_flight_ == 0 || now >= drained)) break;
    if (is_offering_) SendDue(now);
    WaitAndHandle(now, is_offering_ ? NextWake() : drained);
  }
  CountTheUnanswered(Clock::now());
}

// Requests that never got their answer have waited at least until now.
void Driver::CountTheUnanswered(Instant now) {
  for (const Connection& connection : connections_) {
    if (!connection.is_busy()) continue;
    ++result_.unfinished;
    result_.latency.Record((now - connection.due()).count());
    result_.service.Record((now - connection.sent_at()).count());
  }
  for (; schedule_ && next_slot_ < schedule_->slots(); ++next_slot_) {
    result_.latency.Record(std::max<std::int64_t>(0, (end_ - schedule_->At(next_slot_)).count()));
  }
}

Instant Driver::NextWake() const {
  const bool slot_can_be_taken = schedule_ && !idle_.empty() && next_slot_ < schedule_->slots();
  return slot_can_be_taken ? std::min(end_, schedule_->At(next_slot_)) : end_;
}

void Driver::WaitAndHandle(Instant now, Instant until) {
  std::array<epoll_event, 64> events{};
  const nanoseconds span = std::max(nanoseconds(0), nanoseconds(until - now) - kSpin);
  const timespec timeout{span.count() / 1'000'000'000, span.count() % 1'000'000'000};
  const int count = ::epoll_pwait2(
      epoll_.get(), events.data(), static_cast<int>(events.size()), &timeout, nullptr);
  if (count <= 0) {
    if (span.count() == 0) Spin();
    return;
  }
  for (int index = 0; index < count; ++index) {
    const epoll_event& event = events[static_cast<std::size_t>(index)];
    Handle(static_cast<std::size_t>(event.data.u64), event.events);
    if (schedule_ && is_offering_) SendDue(Clock::now());  // a slot does not wait for the others
  }
}

// The stretch before a slot. Whoever else wants this core gets it: a host that was woken on it would
// otherwise wait for us (an open loop at half capacity on two cores: p50 from 300 us to 19 us).
void Driver::Spin() {
  const nanoseconds before = ThreadCpuTime();
  ::sched_yield();
  spun_ += ThreadCpuTime() - before + kGlance;
}

void Driver::Open(std::size_t index) {
  ++result_.connects;
  const Connection::Step step = connections_[index].Connect();
  if (connections_[index].fd() >= 0) Arm(index, EPOLL_CTL_ADD);
  Took(index, step);
}

void Driver::Arm(std::size_t index, int operation) {
  epoll_event event{};
  event.events = EPOLLIN;
  if (connections_[index].wants_to_write()) event.events |= EPOLLOUT;
  event.data.u64 = index;
  ::epoll_ctl(epoll_.get(), operation, connections_[index].fd(), &event);
}

void Driver::Handle(std::size_t index, std::uint32_t events) {
  Connection& connection = connections_[index];
  const bool wanted_to_write = connection.wants_to_write();
  const Connection::Step step = connection.Ready(events);
  if (connection.fd() >= 0 && wanted_to_write != connection.wants_to_write()) {
    Arm(index, EPOLL_CTL_MOD);
  }
  Took(index, step);
}

void Driver::Took(std::size_t index, Connection::Step step) {
  switch (step) {
    case Connection::Step::Pending:
      return;
    case Connection::Step::Connected:
      idle_.push_back(index);
      return;
    case Connection::Step::Refused:
      --alive_;
      return;
    case Connection::Step::Answered:
      return Answered(index);
    case Connection::Step::Failed:
      return Failed(index);
    case Connection::Step::HungUp:
      std::erase(idle_, index);
      return Open(index);
  }
}

void Driver::SendDue(Instant now) {
  if (!schedule_) {
    while (!idle_.empty()) {
      const std::size_t index = idle_.back();
      idle_.pop_back();
      SendOn(index, now, now);
    }
    return;
  }
  while (!idle_.empty() && next_slot_ < schedule_->slots()) {
    const Instant due = schedule_->At(next_slot_);
    if (due > now) return;
    const std::size_t index = idle_.back();
    idle_.pop_back();
    ++next_slot_;
    const Instant possible = std::max(due, connections_[index].idle_since());
    const Instant sent_at = Clock::now();
    result_.lateness.Record((sent_at - possible).count());
    SendOn(index, due, sent_at);
  }
}

void Driver::SendOn(std::size_t index, Instant due, Instant now) {
  Connection& connection = connections_[index];
  const LoadRequest& request = requests_[next_request_];
  next_request_ = next_request_ + 1 == requests_.size() ? 0 : next_request_ + 1;
  ++result_.sent;
  ++in_flight_;
  const Connection::Step step = connection.Send(request, due, now);
  if (connection.wants_to_write()) Arm(index, EPOLL_CTL_MOD);
  Took(index, step);
}

void Driver::Answered(std::size_t index) {
  Connection& connection = connections_[index];
  const Instant now = Clock::now();
  ++result_.done;
  --in_flight_;
  if (now <= end_) ++result_.done_in_time;
  result_.latency.Record((now - connection.due()).count());
  result_.service.Record((now - connection.sent_at()).count());
  const AnswerReader& answer = connection.answer();
  const AnswerCheck& check = connection.request().check;
  if (!IsAsExpected(check, answer.status(), answer.body())) {
    ++result_.wrong_answers;
    if (!result_.first_problem) {
      result_.first_problem = fmt::format(
          "{}: {}", connection.request().name, *Mismatch(check, answer.status(), answer.body()));
    }
  }
  if (!connection.Rest(now)) return Open(index);
  if (is_offering_ && !schedule_ && now < end_) return SendOn(index, now, now);
  idle_.push_back(index);
}

void Driver::Failed(std::size_t index) {
  ++result_.failed;
  --in_flight_;
  if (!result_.first_problem) {
    result_.first_problem =
        fmt::format("{}: {}", connections_[index].request().name, connections_[index].problem());
  }
  Open(index);
}

}  // namespace

Result<LoadResult> RunLoad(const Target& target,
                           const std::vector<LoadRequest>& requests,
                           const LoadProfile& profile,
                           const std::function<bool()>& is_interrupted) {
  CHECK(!requests.empty(), "a load without a request");
  CHECK(profile.connections > 0, "a load without a connection");
  CHECK(profile.loop == Loop::Closed || profile.rate_per_s > 0, "an open loop without a rate");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(target.port));
  if (::inet_pton(AF_INET, target.address.c_str(), &address.sin_addr) != 1) {
    return Error{ErrorKind::InvalidInput, fmt::format("'{}' is no IPv4 address", target.address)};
  }
  return Driver(address, requests, profile, is_interrupted).Run();
}

}  // namespace harness::load
