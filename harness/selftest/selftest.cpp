#include "harness/selftest/selftest.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include "harness/run/checks_program.h"
#include "harness/selftest/idle_processors.h"
#include "hosts/base/deadline.h"

namespace harness::selftest {

using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

namespace {

// Names of so many checks fit on a command line.
constexpr size_t kMostChecks = 150;
// A mutant is seen by what does not come: it is not waited for as long as on a host that may be slow.
constexpr const char* kPatienceMs = "2500";
// Of those that measure, some wait for timers of the host that are longer than that.
constexpr const char* kPatienceOfMeasuresMs = "8000";
constexpr std::chrono::seconds kForTheProgram{60};
constexpr std::chrono::seconds kForEachCheck{5};
// Those that measure wait for what a mutant does not do with limits of their own, one behind the other.
constexpr std::chrono::seconds kForEachMeasure{20};

// So many more programs may run where processors are idle: most of what a mutant does is to let checks wait.
constexpr size_t kMoreWhileIdle = 8;
constexpr double kIdleEnough = 0.4;
constexpr std::chrono::milliseconds kLookAgain{500};
// Of those that measure: on a mutant they must fail, and do so by seconds.
constexpr size_t kNearlyAlone = 3;
// A busy machine lets a few checks time out; where more did, it was the mutant.
constexpr size_t kFewTimeOuts = 4;

// What these find depends on who else is busy.
bool Measures(const std::string& check) {
  return FitsAny(check,
                 {"Suite/Endurance*",
                  "Isolation/Interference*",
                  "Suite/Containment*",
                  "Hosting/HostingTimers.AProcessIsReplacedAfterItsProcessorTime/*",
                  "Hosting/HostingEnds.RequestTimeoutGrowsWithTheLogarithmOfTheThreads/*"});
}

bool NeedsQuiet(const Job& job) {
  return std::ranges::any_of(job.checks, Measures);
}

std::vector<std::string> Fitting(const std::vector<std::string>& checks,
                                 const std::vector<std::string>& patterns) {
  std::vector<std::string> fitting;
  std::ranges::copy_if(checks, std::back_inserter(fitting), [&](const std::string& check) {
    return FitsAny(check, patterns);
  });
  return fitting;
}

void Split(const std::string& mutant,
           const std::vector<std::string>& checks,
           std::vector<Job>& jobs) {
  for (const bool measures : {false, true}) {
    Job job{mutant, {}};
    for (const std::string& check : checks) {
      if (Measures(check) != measures) continue;
      job.checks.push_back(check);
      if (job.checks.size() < kMostChecks) continue;
      jobs.push_back(std::exchange(job, Job{mutant, {}}));
    }
    if (!job.checks.empty()) jobs.push_back(std::move(job));
  }
}

// One run of the program: the verdicts of the checks that it came to, and what ended it if it did not end well.
class Program {
 public:
  Program(const Order& order, const Observer& observer, const Job& job)
      : order_(order), observer_(observer), job_(job) {}

  Result<void> Ask(const std::vector<std::string>& checks, Verdicts& verdicts) const {
    run::ChecksOrder program{.program = order_.checks,
                             .filter = fmt::format("{}", fmt::join(checks, ":")),
                             .environment = order_.environment};
    program.within = kForTheProgram + static_cast<int>(checks.size()) *
                                          (NeedsQuiet(job_) ? kForEachMeasure : kForEachCheck);
    program.environment.emplace_back("WSGILAB_ONE_ORDER", "1");
    program.environment.emplace_back("WSGILAB_PATIENCE_MS",
                                     NeedsQuiet(job_) ? kPatienceOfMeasuresMs : kPatienceMs);
    if (!job_.mutant.empty()) program.environment.emplace_back("WSGILAB_MUTANT", job_.mutant);
    return run::RunChecks(program,
                          {.announced = {},
                           .finished =
                               [&](const reports::record::Check& check) {
                                 verdicts[check.check] = VerdictOf(check.outcome);
                               },
                           .is_interrupted = observer_.is_interrupted});
  }

 private:
  const Order& order_;
  const Observer& observer_;
  const Job& job_;
};

// The verdicts of all checks of the job. When the program ends in the middle, the check it was at has ended it, and judged
// nothing.
Result<Verdicts> Do(const Order& order, const Observer& observer, const Job& job) {
  const Program program(order, observer, job);
  Verdicts verdicts;
  std::vector<std::string> left = job.checks;
  while (!left.empty()) {
    const auto ended = program.Ask(left, verdicts);
    std::erase_if(left, [&](const std::string& check) { return verdicts.contains(check); });
    if (left.empty()) break;
    if (observer.is_interrupted()) return Error{ErrorKind::Closed, "interrupted"};
    if (!ended && ended.error().kind == ErrorKind::NotFound) return ended.error();
    if (ended) {
      return Error{ErrorKind::System,
                   fmt::format("wsgilab-checks said nothing of {}: it was built from other "
                               "sources than its list",
                               left.front())};
    }
    verdicts[left.front()] = Verdict::Broke;
    left.erase(left.begin());
  }
  return verdicts;
}

// Hands jobs to threads, the quiet ones when no other is left.
class Workers {
 public:
  Workers(const Order& order, const Observer& observer, std::vector<Job> jobs)
      : order_(order),
        observer_(observer),
        jobs_(std::move(jobs)),
        verdicts_(jobs_.size()),
        seen_late_(jobs_.size()) {}

  Result<void> Run() {
    std::vector<size_t> together;
    std::vector<size_t> alone;
    std::vector<size_t> nearly_alone;
    for (size_t index = 0; index < jobs_.size(); ++index) {
      const bool needs_quiet = NeedsQuiet(jobs_[index]);
      const bool is_unmutated = jobs_[index].mutant.empty();
      (!needs_quiet ? together : is_unmutated ? alone : nearly_alone).push_back(index);
    }
    std::ranges::stable_sort(
        together, std::greater{}, [&](size_t index) { return jobs_[index].checks.size(); });
    RunThese(together, order_.programs_at_once, kMoreWhileIdle);
    RunThese(alone, 1, 0);
    RunThese(nearly_alone, kNearlyAlone, 0);
    AskAgain();
    if (failure_) return *failure_;
    return {};
  }

  [[nodiscard]] const std::vector<Job>& jobs() const { return jobs_; }
  [[nodiscard]] const Verdicts& verdicts(size_t index) const { return verdicts_[index]; }
  [[nodiscard]] const std::set<std::string>& seen_late(size_t index) const {
    return seen_late_[index];
  }

 private:
  // `more`: programs beyond `at_once`, as long as there are processors for them.
  void RunThese(const std::vector<size_t>& indices, size_t at_once, size_t more) {
    size_t next = 0;
    IdleProcessors idle;
    const auto work = [&](bool is_more) {
      while (true) {
        size_t index = 0;
        {
          std::unique_lock lock(mutex_);
          while (is_more && !failure_ && next < indices.size() && !MayBeginOneMore(idle)) {
            lock.unlock();
            std::this_thread::sleep_for(kLookAgain);
            lock.lock();
          }
          if (failure_ || next == indices.size()) return;
          index = indices[next++];
        }
        auto verdicts = Do(order_, observer_, jobs_[index]);
        const std::lock_guard lock(mutex_);
        if (verdicts) {
          End(index, std::move(*verdicts));
        } else if (!failure_) {
          failure_ = verdicts.error();
        }
      }
    };
    std::vector<std::jthread> threads;
    for (size_t count = 0; count < std::min(at_once + more, indices.size()); ++count)
      threads.emplace_back(work, count >= at_once);
  }

  // With mutex_ held: at most one look in kLookAgain, so that one begins at a time.
  bool MayBeginOneMore(IdleProcessors& idle) {
    const auto now = hosts::base::Clock::now();
    if (now - last_look_ < kLookAgain) return false;
    last_look_ = now;
    return idle.Share() >= kIdleEnough;
  }

  // A time-out on a mutant may be its doing, or that of the programs beside; and a fault of memory or time is not there every
  // time. So where few timed out, or passed, they are asked once more, with next to nothing beside.
  void AskAgain() {
    std::vector<std::pair<size_t, Job>> again;
    for (size_t index = 0; index < jobs_.size(); ++index) {
      Job job{jobs_[index].mutant, {}};
      for (const auto& [check, verdict] : verdicts_[index]) {
        const bool has_missed = verdict == Verdict::Passed && MustKill(job.mutant, check);
        if (verdict == Verdict::TimedOut || has_missed) job.checks.push_back(check);
      }
      if (!job.checks.empty() && job.checks.size() <= kFewTimeOuts) again.emplace_back(index, job);
    }
    std::atomic<size_t> next{0};
    const auto work = [&] {
      for (size_t at = next++; at < again.size(); at = next++) {
        const auto& [index, job] = again[at];
        const auto verdicts = Do(order_, observer_, job);
        const std::lock_guard lock(mutex_);
        if (failure_) return;
        if (!verdicts) {
          failure_ = verdicts.error();
          return;
        }
        TakeSecondAnswers(*verdicts, verdicts_[index], seen_late_[index]);
      }
    };
    std::vector<std::jthread> threads;
    for (size_t count = 0; count < std::min(kNearlyAlone, again.size()); ++count)
      threads.emplace_back(work);
  }

  [[nodiscard]] bool MustKill(const std::string& mutant, const std::string& check) const {
    const auto found = std::ranges::find(order_.mutants, mutant, &Mutant::name);
    return found != order_.mutants.end() && FitsAny(check, found->kills);
  }

  void End(size_t index, Verdicts verdicts) {
    const auto failed = static_cast<size_t>(std::ranges::count_if(verdicts, [](const auto& item) {
      return item.second == Verdict::Failed || item.second == Verdict::TimedOut;
    }));
    observer_.job_ends(jobs_[index], failed, ++ended_, jobs_.size());
    verdicts_[index] = std::move(verdicts);
  }

  const Order& order_;
  const Observer& observer_;
  std::vector<Job> jobs_;
  std::vector<Verdicts> verdicts_;
  std::vector<std::set<std::string>> seen_late_;
  std::mutex mutex_;  // of what follows, verdicts_, seen_late_ and the observer
  hosts::base::Clock::time_point last_look_;
  size_t ended_ = 0;
  std::optional<Error> failure_;
};

}  // namespace

Result<Outcome> RunSelftest(const Order& order, const Observer& observer) {
  std::vector<Job> jobs;
  std::set<std::string> wanted(order.in_question.begin(), order.in_question.end());
  for (const Mutant& mutant : order.mutants) {
    auto asked = mutant.kills;
    asked.insert(asked.end(), mutant.may_kill.begin(), mutant.may_kill.end());
    const auto checks = Fitting(order.all_checks, asked);
    wanted.insert(checks.begin(), checks.end());
    Split(mutant.name, checks, jobs);
  }
  std::vector<std::string> unmutated;
  std::ranges::copy_if(order.all_checks,
                       std::back_inserter(unmutated),
                       [&](const std::string& check) { return wanted.contains(check); });
  Split("", unmutated, jobs);

  Workers workers(order, observer, std::move(jobs));
  if (const auto ran = workers.Run(); !ran) return ran.error();

  Outcome outcome;
  for (const Mutant& mutant : order.mutants)
    outcome.trials.push_back({mutant, {}, {}});
  for (size_t index = 0; index < workers.jobs().size(); ++index) {
    const Job& job = workers.jobs()[index];
    const auto trial = std::ranges::find(
        outcome.trials, job.mutant, [](const Trial& one) { return one.mutant.name; });
    Verdicts& into = trial == outcome.trials.end() ? outcome.unmutated : trial->verdicts;
    into.insert(workers.verdicts(index).begin(), workers.verdicts(index).end());
    if (trial == outcome.trials.end()) continue;
    trial->seen_late.insert(workers.seen_late(index).begin(), workers.seen_late(index).end());
  }
  return outcome;
}

}  // namespace harness::selftest
