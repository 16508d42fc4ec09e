#include "harness/run/workers.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <thread>

#include "harness/run/to_record.h"
#include "harness/tour/expectation.h"
#include "harness/tour/request_writer.h"

namespace harness::run {

using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;
using reports::record::Worker;
using std::chrono::milliseconds;

namespace {

constexpr const char* kHeader = "X-Wsgilab-Worker";
constexpr int kRounds = 10;
constexpr int kRoundsInPassing = 2;       // before requests stay
constexpr milliseconds kShortestStay{5};  // 640 ms the last time
constexpr int kLeastBurst = 8;

struct Said {
  pid_t pid = 0;
  int number = 0;
};

std::optional<Said> Parse(std::string_view text) {
  Said said;
  const char* const end = text.data() + text.size();
  const auto pid = std::from_chars(text.data(), end, said.pid);
  if (pid.ec != std::errc() || pid.ptr == end || *pid.ptr != ' ') return std::nullopt;
  const auto number = std::from_chars(pid.ptr + 1, end, said.number);
  if (number.ec != std::errc() || number.ptr != end) return std::nullopt;
  return said;
}

struct Asked {
  double at = 0;
  std::optional<Result<tour::Answer>> answer;
};
using Answers = std::vector<Asked>;

Result<Answers> Burst(const Reaching& how, int requests, milliseconds stay) {
  const auto bytes =
      tour::WriteRequest(AskingWhoAnswers(how.step, stay), how.site, tour::Visitor{});
  if (!bytes) return bytes.error();
  Answers answers(static_cast<std::size_t>(requests));
  {
    std::vector<std::jthread> threads;
    for (Asked& asked : answers) {
      threads.emplace_back([&] {
        asked.at = SecondsSinceEpoch();
        asked.answer.emplace(
            tour::Exchange(how.site, *bytes, hosts::base::Deadline::After(how.patience)));
      });
    }
  }
  return answers;
}

}  // namespace

tour::Step AskingWhoAnswers(tour::Step step, milliseconds stay) {
  step.headers.emplace_back(
      kHeader,
      stay.count() == 0 ? "tell"
                        : fmt::format("stay={:.3f}", 1e-3 * static_cast<double>(stay.count())));
  return step;
}

Workers::Workers(const std::vector<pid_t>& expected)
    : expected_(static_cast<int>(expected.size())) {
  for (const pid_t pid : expected)
    workers_.push_back({pid, 0, std::nullopt});
}

Worker& Workers::Count(pid_t pid, double asked_at) {
  const auto [first, is_new] = first_asked_at_.try_emplace(pid, asked_at);
  first->second = std::min(first->second, asked_at);
  const auto known = std::ranges::find(workers_, pid, &Worker::pid);
  Worker& worker =
      known != workers_.end() ? *known : workers_.emplace_back(Worker{pid, 0, std::nullopt});
  ++worker.requests;
  return worker;
}

void Workers::Answered(std::string_view header, double asked_at, std::chrono::nanoseconds took) {
  const auto said = Parse(header);
  if (!said) return;
  Worker& worker = Count(said->pid, asked_at);
  if (said->number == 1) worker.first_request_ms = Milliseconds(took);
}

void Workers::Answered(pid_t pid, double asked_at) {
  Count(pid, asked_at);
}

std::optional<double> Workers::FirstAskedAt(pid_t pid) const {
  const auto found = first_asked_at_.find(pid);
  return found == first_asked_at_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<pid_t> Workers::First() const {
  const auto first =
      std::ranges::min_element(first_asked_at_, {}, [](const auto& asked) { return asked.second; });
  return first == first_asked_at_.end() ? std::nullopt : std::optional(first->first);
}

std::vector<pid_t> Workers::Unreached() const {
  std::vector<pid_t> pids;
  for (const Worker& worker : workers_) {
    if (worker.requests == 0) pids.push_back(worker.pid);
  }
  return pids;
}

std::int64_t Workers::answered() const {
  std::int64_t requests = 0;
  for (const Worker& worker : workers_)
    requests += worker.requests;
  return requests;
}

std::optional<std::string> Workers::WhyUnproved() const {
  if (expected_ == 0) return "the host names no process that runs the application";
  const std::vector<pid_t> unreached = Unreached();
  if (unreached.empty()) return std::nullopt;
  return fmt::format("{} of {} processes that run the application answered no request before: {}",
                     unreached.size(),
                     expected_,
                     fmt::join(unreached, ", "));
}

Result<void> ReachAll(const Reaching& how, Workers& workers) {
  const int requests = std::max(3 * workers.expected(), kLeastBurst);
  for (int round = 0; round < kRounds && !workers.Unreached().empty(); ++round) {
    if (how.is_interrupted()) return {};
    const milliseconds stay = round < kRoundsInPassing
                                  ? milliseconds(0)
                                  : kShortestStay * (1 << (round - kRoundsInPassing));
    const auto answers = Burst(how, requests, stay);
    if (!answers) return answers.error();
    for (const Asked& asked : *answers) {
      if (!*asked.answer) return asked.answer->error();
      const tour::Answer& got = **asked.answer;
      if (auto problem = tour::Judge(how.step.expect, got, how.site, tour::Visitor{})) {
        return Error{ErrorKind::InvalidInput, *problem};
      }
      workers.Answered(got.Header(kHeader).value_or(""), asked.at, got.took - stay);
    }
  }
  return {};
}

}  // namespace harness::run
