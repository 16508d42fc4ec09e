#include "reports/simulation/whole_gate.h"

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "hosts/base/check.h"
#include "reports/record/record.h"
#include "reports/statistics/orders.h"

namespace reports::simulation {

namespace {

using compare::Finding;
using record::ArmRole;
using statistics::Order;

constexpr double kMedianUs = 1000;
constexpr const char* kMetric = "latency_p50_us";

struct MadeUpArm {
  ArmRole role;
  double effect;
};

class MadeUpGate {
 public:
  MadeUpGate(const Weather& weather,
             const GateDesign& design,
             double effect,
             std::mt19937_64& random)
      : weather_(weather),
        design_(design),
        random_(random),
        arms_{{ArmRole::Baseline, 0},
              {ArmRole::Candidate, effect},
              {ArmRole::Again, 0},
              {ArmRole::Twin, 0},
              {ArmRole::Delayed, design.injected}},
        orders_(statistics::BalancedOrders(
            static_cast<int>(arms_.size()), design.blocks * design.rows, random())) {
    orders_.resize(static_cast<std::size_t>(design.blocks * design.rows));
  }

  Finding Run() {
    Measure(1, orders_);
    auto results = compare::JudgeExperiments(record_);
    CHECK(results.size() == 1, "one experiment was made up");
    if (compare::NeedsConfirmation(results.front())) {
      Measure(2, statistics::ReversedOrders(orders_));
      results = compare::JudgeExperiments(record_);
    }
    CHECK(results.front().conclusions.size() == 1, "one metric was made up");
    return results.front().conclusions.front().finding;
  }

 private:
  void Measure(int attempt, std::span<const Order> orders) {
    record::Experiment plan;
    plan.experiment = "made up";
    plan.attempt = attempt;
    plan.blocks = design_.blocks;
    plan.windows = design_.rows;
    plan.margin = design_.margin;
    plan.alpha = design_.alpha;
    plan.is_reversed = attempt > 1;
    plan.metrics = {kMetric};
    std::vector<double> effects;
    for (const MadeUpArm& arm : arms_) {
      record::Arm line;
      line.name = record::Name(arm.role);
      line.role = arm.role;
      if (arm.role == ArmRole::Delayed) line.delay_us = kMedianUs * arm.effect;
      plan.arms.push_back(std::move(line));
      effects.push_back(std::log1p(arm.effect));
    }
    Add(record_, plan);
    int block = 0;
    for (const auto& values : SimulateBlocks(weather_, orders, design_.rows, effects, random_)) {
      ++block;
      for (std::size_t arm = 0; arm < arms_.size(); ++arm) {
        record::Sample sample;
        sample.experiment = plan.experiment;
        sample.attempt = attempt;
        sample.block = block;
        sample.arm = plan.arms[arm].name;
        sample.values = {{kMetric, kMedianUs * values[arm]}};
        Add(record_, std::move(sample));
      }
    }
  }

  const Weather& weather_;
  const GateDesign& design_;
  std::mt19937_64& random_;
  std::vector<MadeUpArm> arms_;
  std::vector<Order> orders_;
  record::Record record_;
};

}  // namespace

Findings CharacterizeGate(const Weather& weather,
                          const GateDesign& design,
                          double effect,
                          int repetitions,
                          std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Findings findings;
  for (int i = 0; i < repetitions; ++i)
    findings[MadeUpGate(weather, design, effect, random).Run()] += 1.0 / repetitions;
  return findings;
}

}  // namespace reports::simulation
