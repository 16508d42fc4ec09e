#include "harness/load/driver.h"

#include <fmt/format.h>
#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <optional>
#include <random>
#include <utility>

#include "harness/load/canary.h"
#include "harness/load/connection.h"
#include "harness/load/own_cost.h"
#include "harness/load/request_mix.h"
#include "harness/load/schedule.h"
#include "hosts/base/check.h"
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
// Whoever may interrupt is asked at least so often.
constexpr std::chrono::milliseconds kLongestSleep{100};
// In a row, where every request has a connection of its own: then nobody is there any more.
constexpr int kMostRefusals = 100;

std::vector<ReadyRequest> MakeReady(const std::vector<LoadRequest>& requests, Canary canary) {
  std::vector<ReadyRequest> ready;
  for (const LoadRequest& request : requests) {
    ReadyRequest& last = ready.emplace_back();
    last.request = &request;
    last.bytes = request.bytes;
    if (canary == Canary::On) last.tokens = ArmRequest(last.bytes);
    if (request.bytes.starts_with("HEAD ")) last.answer_body = AnswerReader::Body::None;
  }
  return ready;
}

class Driver {
 public:
  Driver(const Endpoint& endpoint,
         std::vector<ReadyRequest> requests,
         RequestMix mix,
         const LoadProfile& profile,
         const std::function<bool()>& is_interrupted)
      : requests_(std::move(requests)),
        mix_(std::move(mix)),
        profile_(profile),
        is_interrupted_(is_interrupted) {
    std::size_t longest = 0;
    for (const ReadyRequest& request : requests_)
      longest = std::max(longest, request.bytes.size());
    const auto count = static_cast<std::size_t>(profile.connections);
    generations_.resize(count, 0);
    connections_.reserve(count);
    idle_.reserve(count);
    const auto stamps =
        profile.loop == Loop::Open ? Connection::Stamps::Kernel : Connection::Stamps::Reader;
    while (connections_.size() < count)
      connections_.emplace_back(endpoint, stamps).Reserve(longest);
    result_.profile = profile;
  }

  Result<LoadResult> Run();

 private:
  Result<void> ConnectAll();
  void Offer();
  [[nodiscard]] bool HasEnded(Instant now) const;
  void EndOffering(Instant now);
  void CountTheUnanswered(Instant now);
  void Censor(Histogram& histogram, nanoseconds age);

  void WaitAndHandle(Instant now, Instant until);
  [[nodiscard]] Instant NextWake() const;
  [[nodiscard]] bool MaySend() const;
  void Open(std::size_t index);
  void Took(std::size_t index, Connection::Step step);
  void Connected(std::size_t index);
  void SendDue(Instant now);
  void SendOn(std::size_t index, Instant due, Instant now);
  void Answered(std::size_t index);
  void CheckAnswer(const Connection& connection);
  void Failed(std::size_t index);
  void Note(const Connection& connection, const std::string& problem);
  [[nodiscard]] bool connects_for_each() const {
    return profile_.connecting == Connecting::ForEachRequest;
  }

  const std::vector<ReadyRequest> requests_;
  RequestMix mix_;
  const LoadProfile profile_;
  const std::function<bool()>& is_interrupted_;
  const std::uint32_t phase_ = std::random_device()();  // in every token
  UniqueFd epoll_;
  std::vector<Connection> connections_;
  std::vector<std::uint32_t> generations_;  // of each: how often it was opened
  std::vector<std::size_t> idle_;           // indices; the last one used is the next one taken
  std::optional<Schedule> schedule_;
  std::optional<OwnCost> cost_;
  int alive_ = 0;      // connections not refused
  int refusals_ = 0;   // in a row
  int in_flight_ = 0;  // requests sent and not answered
  bool is_offering_ = false;
  Instant start_;
  Instant end_;
  LoadResult result_;
};

Result<LoadResult> Driver::Run() {
  BePunctual();
  epoll_ = UniqueFd(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll_.is_open()) return SystemError("epoll_create1");
  const auto connected = ConnectAll();
  if (!connected) return connected.error();
  Offer();
  return std::move(result_);
}

// Where every request makes its own, one is made to see that somebody is there.
Result<void> Driver::ConnectAll() {
  const Instant deadline = Clock::now() + kConnectWithin;
  const std::size_t wanted = connects_for_each() ? 1 : connections_.size();
  alive_ = static_cast<int>(wanted);
  for (std::size_t index = 0; index < wanted; ++index)
    Open(index);
  while (idle_.size() < wanted && alive_ == static_cast<int>(wanted)) {
    const Instant now = Clock::now();
    if (now >= deadline) return Error{ErrorKind::Timeout, "cannot connect to the host in 5 s"};
    WaitAndHandle(now, deadline);
  }
  if (alive_ < static_cast<int>(wanted)) {
    return Error{ErrorKind::Closed, "the host refuses connections"};
  }
  if (!connects_for_each()) return {};
  connections_[0].Close();
  for (std::size_t index = 1; index < connections_.size(); ++index)
    idle_.push_back(index);
  return {};
}

void Driver::Offer() {
  for (const Connection& connection : connections_)
    CHECK(!connection.is_busy(), "busy too early");
  if (profile_.loop == Loop::Open) schedule_.emplace(profile_, Clock::now());  // counts its slots
  start_ = Clock::now();
  if (schedule_) schedule_->MoveTo(start_);
  cost_.emplace();
  end_ = start_ + profile_.duration;
  const Instant drained = end_ + profile_.drain;
  is_offering_ = true;
  while (true) {
    const Instant now = Clock::now();
    if (is_interrupted_ && is_interrupted_()) {
      result_.ended_early = "interrupted";
      break;
    }
    if (is_offering_ && HasEnded(now)) EndOffering(now);
    if (!is_offering_ && (in_flight_ == 0 || now >= drained)) break;
    if (is_offering_) SendDue(now);
    WaitAndHandle(now, is_offering_ ? NextWake() : drained);
  }
  const Instant now = Clock::now();
  if (is_offering_) EndOffering(now);
  CountTheUnanswered(now);
}

bool Driver::HasEnded(Instant now) const {
  const bool is_host_gone = alive_ == 0 || refusals_ >= kMostRefusals;
  const bool is_enough = profile_.most_requests > 0 && !MaySend() && in_flight_ == 0;
  return now >= end_ || is_host_gone || is_enough;
}

void Driver::EndOffering(Instant now) {
  is_offering_ = false;
  result_.seconds = std::chrono::duration<double>(now - start_).count();
  result_.cpu_share = cost_->CpuShare(result_.seconds);
  result_.waiting_share = cost_->WaitingShare(result_.seconds);
  if (alive_ == 0 || refusals_ >= kMostRefusals) {
    result_.ended_early = "the host stopped accepting connections";
  }
  end_ = std::min(end_, now);
}

// Requests that never got their answer have waited at least until now.
void Driver::CountTheUnanswered(Instant now) {
  for (const Connection& connection : connections_) {
    if (!connection.is_busy()) continue;
    ++result_.unfinished;
    Censor(result_.latency, now - connection.due());
    result_.service.Record((now - connection.sent_at()).count());
  }
  if (!schedule_) return;
  const bool is_whole = !result_.ended_early && profile_.most_requests == 0;
  if (is_whole) result_.planned = schedule_->slots();
  for (; !schedule_->is_over() && (is_whole || schedule_->due() < end_); schedule_->Pass()) {
    if (!is_whole && !MaySend()) break;
    ++result_.unsent;
    Censor(result_.latency, std::max(nanoseconds(0), nanoseconds(end_ - schedule_->due())));
  }
  if (!is_whole) result_.planned = schedule_->passed();
}

void Driver::Censor(Histogram& histogram, nanoseconds age) {
  histogram.Record(age.count());
  result_.least_censored_ns =
      std::min<std::int64_t>(result_.least_censored_ns.value_or(age.count()), age.count());
}

Instant Driver::NextWake() const {
  const bool slot_can_be_taken = schedule_ && !idle_.empty() && !schedule_->is_over() && MaySend();
  return slot_can_be_taken ? std::min(end_, schedule_->due()) : end_;
}

bool Driver::MaySend() const {
  const std::int64_t taken = result_.sent + result_.unsent;
  return profile_.most_requests == 0 || taken < profile_.most_requests;
}

void Driver::WaitAndHandle(Instant now, Instant until) {
  std::array<epoll_event, 64> events{};
  // The kernel wakes a sleeper some microseconds late; the last stretch before a slot is spun.
  const nanoseconds early = cost_ ? cost_->WakeBefore() : nanoseconds(0);
  nanoseconds span = std::max(nanoseconds(0), nanoseconds(until - now) - early);
  if (is_interrupted_) span = std::min<nanoseconds>(span, kLongestSleep);
  const timespec timeout{span.count() / 1'000'000'000, span.count() % 1'000'000'000};
  const int count = ::epoll_pwait2(
      epoll_.get(), events.data(), static_cast<int>(events.size()), &timeout, nullptr);
  if (count <= 0) {
    if (span.count() == 0 && cost_) cost_->Spin();
    return;
  }
  for (int position = 0; position < count; ++position) {
    const epoll_event& event = events[static_cast<std::size_t>(position)];
    const auto index = static_cast<std::size_t>(event.data.u64 & 0xffff'ffff);
    if (event.data.u64 >> 32U != generations_[index]) continue;  // of the one before
    Took(index, connections_[index].Ready(event.events));
    if (schedule_ && is_offering_) SendDue(Clock::now());  // a slot does not wait for the others
  }
}

void Driver::Open(std::size_t index) {
  ++result_.connects;
  Connection& connection = connections_[index];
  const Connection::Step step = connection.Connect(Clock::now());
  const std::uint32_t generation = ++generations_[index];
  if (connection.fd() >= 0) {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.u64 = std::uint64_t{generation} << 32U | index;
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, connection.fd(), &event);
  }
  Took(index, step);
}

void Driver::Took(std::size_t index, Connection::Step step) {
  switch (step) {
    case Connection::Step::Pending:
      return;
    case Connection::Step::Connected:
      return Connected(index);
    case Connection::Step::Refused:
      ++refusals_;
      if (connections_[index].is_busy()) return Failed(index);
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

void Driver::Connected(std::size_t index) {
  Connection& connection = connections_[index];
  refusals_ = 0;
  result_.connect.Record((Clock::now() - connection.connecting_since()).count());
  if (connection.is_busy()) return Took(index, connection.Go());
  idle_.push_back(index);
}

void Driver::SendDue(Instant now) {
  while (!idle_.empty() && MaySend() && refusals_ < kMostRefusals) {
    if (schedule_ && (schedule_->is_over() || schedule_->due() > now)) return;
    // Since when anybody could have sent: who is at the bottom has been idle for longest.
    const Instant idle_since = connections_[idle_.front()].idle_since();
    const std::size_t index = idle_.back();
    idle_.pop_back();
    if (!schedule_) {
      SendOn(index, now, now);
      continue;
    }
    const Instant due = schedule_->due();
    schedule_->Pass();
    const Instant sent_at = Clock::now();
    const nanoseconds lateness = sent_at - std::max(due, idle_since);
    result_.lateness.Record(lateness.count());
    SendOn(index, due + lateness, sent_at);  // what was this thread's is not the host's
  }
}

void Driver::SendOn(std::size_t index, Instant due, Instant now) {
  Connection& connection = connections_[index];
  const auto number = static_cast<std::uint32_t>(result_.sent);
  connection.Take(requests_[mix_.Next()], Token(phase_, number), due, now);
  ++result_.sent;
  ++in_flight_;
  if (connection.state() == Connection::State::Closed) return Open(index);
  Took(index, connection.Go());
}

void Driver::Answered(std::size_t index) {
  Connection& connection = connections_[index];
  const Instant now = Clock::now();
  ++result_.done;
  --in_flight_;
  const Instant last = connection.last_byte_at() == Instant() ? now : connection.last_byte_at();
  const bool came_at_once = connection.first_byte_at() == Instant();
  const Instant first = came_at_once ? last : connection.first_byte_at();
  if (last <= end_) ++result_.done_in_time;
  result_.latency.Record((last - connection.due()).count());
  result_.service.Record((last - connection.sent_at()).count());
  result_.first_byte.Record((first - connection.sent_at()).count());
  CheckAnswer(connection);
  const bool is_kept = connection.Rest(last);
  if (connects_for_each()) {
    connection.Close();
  } else if (!is_kept) {
    return Open(index);
  }
  if (is_offering_ && !schedule_ && now < end_ && MaySend()) return SendOn(index, now, now);
  idle_.push_back(index);
}

void Driver::CheckAnswer(const Connection& connection) {
  const AnswerReader& answer = connection.answer();
  const AnswerCheck& check = connection.request().check;
  if (!IsAsExpected(check, answer.status(), answer.body())) {
    ++result_.wrong_answers;
    if (!result_.first_problem) Note(connection, *Mismatch(check, answer.status(), answer.body()));
  }
  if (profile_.canary == Canary::Off) return;
  const Echo echo = FindEcho(answer.head(), answer.body(), connection.token());
  if (echo == Echo::Lost) ++result_.lost_tokens;
  if (echo != Echo::Anothers) return;
  ++result_.crosstalk;
  if (!result_.first_problem) {
    Note(connection,
         fmt::format("the answer to {} holds the token of another request: {}{}",
                     connection.token().text(),
                     answer.head(),
                     answer.body().substr(0, 200)));
  }
}

void Driver::Failed(std::size_t index) {
  Connection& connection = connections_[index];
  ++result_.failed;
  --in_flight_;
  if (!result_.first_problem) Note(connection, connection.problem());
  connection.Forget();
  if (connects_for_each()) {
    idle_.push_back(index);
  } else {
    Open(index);
  }
}

void Driver::Note(const Connection& connection, const std::string& problem) {
  result_.first_problem = fmt::format("{}: {}", connection.request().name, problem);
}

}  // namespace

Result<LoadResult> RunLoad(const Target& target,
                           const std::vector<LoadRequest>& requests,
                           const LoadProfile& profile,
                           const std::function<bool()>& is_interrupted) {
  CHECK(!requests.empty(), "a load without a request");
  CHECK(profile.connections > 0, "a load without a connection");
  CHECK(profile.duration.count() > 0, "a load without a duration");
  CHECK(profile.loop == Loop::Closed || profile.rate_per_s > 0 || profile.ramp_to_per_s > 0.0,
        "an open loop without a rate");
  const auto endpoint = FindEndpoint(target);
  if (!endpoint) return endpoint.error();
  auto mix = RequestMix::Of(requests);
  if (!mix) return mix.error();
  auto result =
      Driver(
          *endpoint, MakeReady(requests, profile.canary), std::move(*mix), profile, is_interrupted)
          .Run();
  if (!result) return result;
  if (const auto fault = LedgerFault(*result)) {
    return Error{ErrorKind::System, "the generator's ledger does not balance: " + *fault};
  }
  return result;
}

}  // namespace harness::load
