#include "suites/modes/mode_comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <utility>

#include "hosts/base/check.h"
#include "suites/hosts_under_test/chosen_host.h"
#include "suites/modes/arm.h"

namespace suites::modes {

using harness::load::LoadProfile;
using harness::load::LoadRequest;
using hosts::base::Result;

namespace {

constexpr int kConnections = 8;
constexpr int kManyThreads = 15;

constexpr HostPlan kEmbedded{.name = "embedded, main"};
constexpr HostPlan kSub{.name = "embedded, sub", .interpreter = "another"};
constexpr HostPlan kDaemon{.name = "daemon, main", .group = "one"};
constexpr HostPlan kOneGil{.name = "embedded, subs with one GIL", .threads = 4};
constexpr HostPlan kOwnGils{
    .name = "embedded, subs with own GILs", .threads = 4, .has_own_gils = true};
constexpr HostPlan kOwnGilsInDaemon{
    .name = "one daemon, subs with own GILs", .threads = 4, .group = "one", .has_own_gils = true};
constexpr HostPlan kTwoDaemons{
    .name = "two daemons", .threads = 4, .group = "one", .has_two_groups = true};
constexpr HostPlan kNoGil{
    .name = "embedded, subs without a GIL", .threads = 4, .free_threading = "On"};
constexpr HostPlan kForcedGil{
    .name = "embedded, subs with one forced GIL", .threads = 4, .free_threading = "Off"};
constexpr HostPlan kThreads{.name = "embedded, 15 threads", .threads = kManyThreads};

struct Pair {
  Arm ours;
  Arm theirs;

  static Result<Pair> Start(const HostPlan& our_plan, const HostPlan& their_plan) {
    auto ours = Arm::Start(our_plan);
    if (!ours) return ours.error();
    auto theirs = Arm::Start(their_plan);
    if (!theirs) return theirs.error();
    return Pair{std::move(*ours), std::move(*theirs)};
  }
};

LoadRequest LoginPage() {
  harness::load::AnswerCheck check;
  check.contains = {"csrfmiddlewaretoken"};
  const std::string path = "/django/login/";
  return {path, harness::load::FormatGet(std::string(client::kServerName), path), check};
}

// Both figures of one round, each by a function that may fail.
using Measure = std::function<Result<double>()>;
Result<void> TakeRounds(const ComparisonPlan& plan,
                        const std::function<bool()>& is_interrupted,
                        const Measure& ours,
                        const Measure& theirs,
                        Comparison& comparison) {
  for (int round = 0; round < plan.rounds; ++round) {
    if (is_interrupted && is_interrupted()) return {};
    const bool ours_first = round % 2 == 0;
    auto first = ours_first ? ours() : theirs();
    if (!first) return first.error();
    auto second = ours_first ? theirs() : ours();
    if (!second) return second.error();
    comparison.ours.push_back(ours_first ? *first : *second);
    comparison.theirs.push_back(ours_first ? *second : *first);
  }
  return {};
}

constexpr auto kWarm = std::chrono::milliseconds(500);

// Of two hosts what `rate` says of each: measured for so long, after a warm-up.
using RateOf = std::function<Result<double>(Arm&, std::chrono::nanoseconds)>;
Result<void> CompareRates(const HostPlan& our_plan,
                          const HostPlan& their_plan,
                          const RateOf& rate,
                          const ComparisonPlan& plan,
                          const std::function<bool()>& is_interrupted,
                          Comparison& comparison) {
  auto arms = Pair::Start(our_plan, their_plan);
  if (!arms) return arms.error();
  const auto measure = [&](Arm& arm) -> Result<double> {
    if (auto warm = rate(arm, kWarm); !warm) return warm;
    return rate(arm, plan.each);
  };
  return TakeRounds(
      plan,
      is_interrupted,
      [&] { return measure(arms->ours); },
      [&] { return measure(arms->theirs); },
      comparison);
}

Result<double> RateOfHello(Arm& arm, std::chrono::nanoseconds duration) {
  return arm.Rate(Hello(), kConnections, duration);
}
Result<double> RateOfBoth(Arm& arm, std::chrono::nanoseconds duration) {
  return arm.RateOfBoth(duration);
}

Result<void> CompareMedians(const HostPlan& our_plan,
                            const HostPlan& their_plan,
                            const ComparisonPlan& plan,
                            const std::function<bool()>& is_interrupted,
                            Comparison& comparison) {
  auto arms = Pair::Start(our_plan, their_plan);
  if (!arms) return arms.error();
  const LoadRequest request = Hello();
  double slower = 0;
  for (Arm* arm : {&arms->ours, &arms->theirs}) {
    if (auto warm = arm->Rate(request, kConnections, kWarm); !warm) return warm.error();
    auto rate = arm->Rate(request, kConnections, plan.each);
    if (!rate) return rate.error();
    slower = slower == 0 ? *rate : std::min(slower, *rate);
  }
  constexpr double kTenth = 0.1;
  const LoadProfile open{.loop = harness::load::Loop::Open,
                         .connections = kConnections,
                         .rate_per_s = std::max(1.0, kTenth * slower),
                         .duration = plan.each};
  const auto median = [&](Arm& arm) -> Result<double> {
    auto result = arm.Load(request, open);
    if (!result) return result.error();
    return static_cast<double>(result->latency.ValueAt(50));
  };
  return TakeRounds(
      plan,
      is_interrupted,
      [&] { return median(arms->ours); },
      [&] { return median(arms->theirs); },
      comparison);
}

Result<void> CompareWithSleep(const ComparisonPlan& plan,
                              const std::function<bool()>& is_interrupted,
                              Comparison& comparison) {
  auto arm = Arm::Start(kThreads);
  if (!arm) return arm.error();
  constexpr double kSleepsPerSecond = 100;
  const LoadRequest request = Hello("sleeps");
  return TakeRounds(
      plan,
      is_interrupted,
      [&] { return arm->Rate(request, kManyThreads, plan.each); },
      []() -> Result<double> { return kManyThreads * kSleepsPerSecond; },
      comparison);
}

Result<void> CompareWithLoop(const ComparisonPlan& plan,
                             const std::function<bool()>& is_interrupted,
                             Comparison& comparison) {
  auto arm = Arm::Start(kEmbedded);
  if (!arm) return arm.error();
  const LoadRequest request = LoginPage();
  if (auto loaded = arm->LoadWhatAnswers(request.name); !loaded) return loaded;
  if (auto warm = arm->Rate(request, kConnections, kWarm); !warm) return warm.error();
  return TakeRounds(
      plan,
      is_interrupted,
      [&] { return arm->Rate(request, kConnections, plan.each); },
      [&] { return arm->CallsInALoop(); },
      comparison);
}

// Of an interpreter that is made by its first request, in each round another one.
Result<void> MakeInterpreters(Figure figure,
                              const ComparisonPlan& plan,
                              const std::function<bool()>& is_interrupted,
                              Comparison& comparison) {
  constexpr double kTheirMib = 6.4;
  constexpr double kTheirMs = 39;
  HostPlan host = kOwnGilsInDaemon;
  host.more = plan.rounds + 1;
  auto arm = Arm::Start(host);
  if (!arm) return arm.error();
  int made = 0;
  const auto make = [&] { return arm->TimeOfHello(fmt::format("/more-{}/", made++)); };
  // The first one pays for what all have.
  if (auto first = make(); !first) return first.error();
  const auto memory = [&]() -> Result<double> {
    const auto before = arm->PrivateMemory();
    if (!before) return before;
    if (auto done = make(); !done) return done;
    const auto after = arm->PrivateMemory();
    if (!after) return after;
    return *after - *before;
  };
  const bool is_of_memory = figure == Figure::MemoryOfOneMore;
  return TakeRounds(
      plan,
      is_interrupted,
      [&] { return is_of_memory ? memory() : make(); },
      [&]() -> Result<double> { return is_of_memory ? kTheirMib : kTheirMs; },
      comparison);
}

// Of the questions about two applications that compute: what is compared with what.
struct PlansOfTwo {
  std::string_view question;
  HostPlan ours;
  HostPlan theirs;
};
constexpr std::array kPlansOfTwo{PlansOfTwo{"own-gil", kOwnGils, kOneGil},
                                 PlansOfTwo{"gil-or-process", kOwnGilsInDaemon, kTwoDaemons},
                                 PlansOfTwo{"no-gil", kNoGil, kForcedGil}};

const PlansOfTwo& PlansFor(std::string_view question) {
  const auto* found = std::ranges::find(kPlansOfTwo, question, &PlansOfTwo::question);
  CHECK(found != kPlansOfTwo.end(), "each question about two applications has its plans");
  return *found;
}

bool NeedsOwnGils(const Question& question) {
  if (question.figure == Figure::RateOfTwo) return PlansFor(question.name).ours.has_own_gils;
  return question.figure == Figure::MemoryOfOneMore || question.figure == Figure::TimeOfOneMore;
}

bool NeedsNoGil(const Question& question) {
  return question.figure == Figure::RateOfTwo &&
         PlansFor(question.name).ours.free_threading == "On";
}

}  // namespace

const std::vector<Question>& Questions() {
  static const std::vector<Question> questions = {
      {"sub",
       "a sub-interpreter against the main one: answers a second",
       Figure::Rate,
       true,
       1 / 1.05},
      {"threads", "15 threads against one: answers a second", Figure::Rate, true, 0.85},
      {"daemon",
       "daemon against embedded: median latency at a tenth of capacity",
       Figure::Median,
       false,
       1.6},
      {"sleep",
       "15 threads, 10 ms asleep: answers a second against the possible",
       Figure::ShareOfSleep,
       true,
       0.93},
      {"django",
       "Django's login page against the framework called in a loop: answers a second",
       Figure::ShareOfLoop,
       true,
       0.95},
      {"own-gil",
       "two applications that compute, in one process: a GIL each against one for both: answers a "
       "second",
       Figure::RateOfTwo,
       true,
       1.8},
      {"gil-or-process",
       "two applications that compute: a GIL each in one process against a process each: answers a "
       "second",
       Figure::RateOfTwo,
       true,
       0.95},
      {"no-gil",
       "two applications that compute, in one process of a free-threaded Python: no GIL against "
       "its "
       "GIL: answers a second",
       Figure::RateOfTwo,
       true,
       1.6},
      {"interpreter-memory",
       "one more sub-interpreter with its own GIL against one of mod_wsgi 6.0.5, 6.4 MiB",
       Figure::MemoryOfOneMore,
       false,
       1},
      {"interpreter-time",
       "the first request of one more sub-interpreter with its own GIL against one of mod_wsgi "
       "6.0.5, 39 ms",
       Figure::TimeOfOneMore,
       false,
       1},
  };
  return questions;
}

std::optional<std::string> WhyNotAsked(const Question& question) {
  if (NeedsNoGil(question) && !hosts_under_test::IsHostFreeThreaded()) {
    return "its Python was not built so that it can do without a GIL";
  }
  if (!NeedsOwnGils(question)) return std::nullopt;
  return hosts_under_test::WhyNotOffered(
      {.process = hosts::deployment::ProcessKind::Embedded,
       .interpreter = hosts::deployment::InterpreterKind::SubOwnGil});
}

std::vector<double> Comparison::Ratios() const {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < ours.size(); ++i)
    ratios.push_back(ours[i] / theirs[i]);
  std::ranges::sort(ratios);
  return ratios;
}

double Comparison::Median() const {
  const auto ratios = Ratios();
  const std::size_t middle = ratios.size() / 2;
  return ratios.size() % 2 == 1 ? ratios[middle] : (ratios[middle - 1] + ratios[middle]) / 2;
}

bool Comparison::IsGoalMet() const {
  return question->at_least ? Median() >= question->goal : Median() <= question->goal;
}

Result<Comparison> CompareModes(const Question& question,
                                const ComparisonPlan& plan,
                                const std::function<bool()>& is_interrupted) {
  Comparison comparison{.question = &question, .ours = {}, .theirs = {}};
  Result<void> done;
  switch (question.figure) {
    case Figure::Rate:
      done = CompareRates(question.name == "sub" ? kSub : kThreads,
                          kEmbedded,
                          RateOfHello,
                          plan,
                          is_interrupted,
                          comparison);
      break;
    case Figure::Median:
      done = CompareMedians(kDaemon, kEmbedded, plan, is_interrupted, comparison);
      break;
    case Figure::ShareOfSleep:
      done = CompareWithSleep(plan, is_interrupted, comparison);
      break;
    case Figure::ShareOfLoop:
      done = CompareWithLoop(plan, is_interrupted, comparison);
      break;
    case Figure::MemoryOfOneMore:
    case Figure::TimeOfOneMore:
      done = MakeInterpreters(question.figure, plan, is_interrupted, comparison);
      break;
    case Figure::RateOfTwo: {
      const PlansOfTwo& plans = PlansFor(question.name);
      done = CompareRates(plans.ours, plans.theirs, RateOfBoth, plan, is_interrupted, comparison);
      break;
    }
  }
  if (!done) return done.error();
  return comparison;
}

}  // namespace suites::modes
