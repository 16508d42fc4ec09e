#pragma once
// Workers: the processes that run an application, and the proof that each of them has answered a request before anything
// is measured: a process that was not reached is a cold one, and its first request would be among the measured.
//
// A request asks with the header X-Wsgilab-Worker; the cell script answers with the pid of its process.
//
// Threads: ReachAll has one for each request of a burst, and blocks its caller.
// Fails:   ReachAll: Closed or Timeout when a request gets no answer, InvalidInput when it gets a wrong one.

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/tour/exchange.h"
#include "harness/tour/tour.h"
#include "hosts/base/result.h"
#include "reports/record/record.h"

namespace harness::run {

// The step as one that asks which process answers; that one stays in its process for so long when it has answered.
[[nodiscard]] tour::Step AskingWhoAnswers(
    tour::Step step, std::chrono::milliseconds stay = std::chrono::milliseconds(0));

class Workers {
 public:
  Workers() = default;
  explicit Workers(const std::vector<pid_t>& expected);

  // What the header of an answer says, "4711 1": its process, and the how-many-th request it was there. Another text
  // says nothing. `asked_at` is when the request was sent, in seconds of the epoch.
  void Answered(std::string_view header, double asked_at, std::chrono::nanoseconds took);
  // By a request of another kind: it is reached, and has had no first request of the application's yet.
  void Answered(pid_t pid, double asked_at);

  [[nodiscard]] std::vector<pid_t> Unreached() const;
  [[nodiscard]] int expected() const { return expected_; }
  [[nodiscard]] std::int64_t answered() const;  // requests in all
  // A sentence; nothing when all of them were reached.
  [[nodiscard]] std::optional<std::string> WhyUnproved() const;
  // When the first request was sent that this one answered; nothing when there was none.
  [[nodiscard]] std::optional<double> FirstAskedAt(pid_t pid) const;
  // The one that answered the first request of all.
  [[nodiscard]] std::optional<pid_t> First() const;
  // Those that were expected, in their order, then others that answered.
  [[nodiscard]] const std::vector<reports::record::Worker>& all() const { return workers_; }

 private:
  reports::record::Worker& Count(pid_t pid, double asked_at);

  std::vector<reports::record::Worker> workers_;
  std::map<pid_t, double> first_asked_at_;
  int expected_ = 0;
};

struct Reaching {
  tour::Site site;
  tour::Step step;  // one that may be repeated
  std::chrono::milliseconds patience;
  std::function<bool()> is_interrupted;
};

// Bursts of requests at the same time, until every process has answered one, ten at most: the operating system decides
// who gets a connection, some have a favourite, and one may still be loading. The later bursts stay in their process,
// each twice as long as the one before.
[[nodiscard]] hosts::base::Result<void> ReachAll(const Reaching& how, Workers& workers);

}  // namespace harness::run
