#pragma once
// CompareModes: the engine's own modes beside one another, as ratios of interleaved rounds.
//
// Each question sets one figure of a host against the same figure of another, or of the application
// called in a loop without a host, in the same process with the same Python. In every round each of
// the two is asked, in changing order; what is compared is the two figures of one round.
//
// Threads: blocks for the rounds of all questions.
// Fails:   when a host cannot be started or reached, or answers wrongly.

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/base/result.h"

namespace suites::modes {

// What is set in ratio.
enum class Figure {
  Rate,          // answers a second, closed loop
  Median,        // latency in ns at a tenth of the slower one's rate, open loop
  ShareOfSleep,  // answers a second against those possible where each sleeps 10 ms
  ShareOfLoop,   // answers a second against calls a second in a loop without a host
  RateOfTwo,     // answers a second of two applications that compute, asked at the same time
  // What one more interpreter of a process costs, with a GIL of its own and a script that says hello, against what it was measured
  // to cost in mod_wsgi 6.0.5 with Python 3.14.
  MemoryOfOneMore,  // MiB, private to the process
  TimeOfOneMore,    // ms, of the first request
};

struct Question {
  std::string_view name;
  std::string_view about;
  Figure figure;
  bool at_least = true;  // the goal is a least, else a greatest ratio
  double goal = 1;
};
[[nodiscard]] const std::vector<Question>& Questions();

// Why the engine cannot be asked, with its Python; nullopt if it can.
[[nodiscard]] std::optional<std::string> WhyNotAsked(const Question& question);

struct Comparison {
  const Question* question = nullptr;
  // A pair of figures a round.
  std::vector<double> ours;
  std::vector<double> theirs;

  [[nodiscard]] std::vector<double> Ratios() const;  // sorted
  [[nodiscard]] double Median() const;
  [[nodiscard]] bool IsGoalMet() const;
};

struct ComparisonPlan {
  int rounds = 7;
  std::chrono::milliseconds each{2000};  // of a measurement
};

[[nodiscard]] hosts::base::Result<Comparison> CompareModes(
    const Question& question,
    const ComparisonPlan& plan,
    const std::function<bool()>& is_interrupted = {});

}  // namespace suites::modes
