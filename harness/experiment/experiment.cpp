#include "harness/experiment/experiment.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <span>

#include "reports/statistics/orders.h"

namespace harness::experiment {

namespace record = reports::record;
using hosts::base::Error;
using hosts::base::Result;

namespace {

// An arm that fails so often in a row does not work.
constexpr int kFailuresInARow = 3;

void AddHiccups(const sampling::Histogram& hiccups, record::Sample& sample) {
  if (hiccups.count() == 0) return;
  sample.hiccup_max_us = static_cast<double>(hiccups.max_ns()) / 1e3;
  if (hiccups.Supports(99)) sample.hiccup_p99_us = static_cast<double>(hiccups.ValueAt(99)) / 1e3;
}

class Block {
 public:
  Block(const Plan& plan, const Beginning& beginning, const Observer& observer, int number)
      : plan_(plan), beginning_(beginning), observer_(observer), number_(number) {
    for (const Arm& arm : plan.arms) {
      record::Sample sample;
      sample.experiment = plan.id;
      sample.attempt = plan.attempt;
      sample.block = number;
      sample.arm = arm.name;
      samples_.push_back(std::move(sample));
    }
    subjects_.resize(plan.arms.size());
  }

  // False: somebody wants it to end, and there is nothing to say.
  [[nodiscard]] bool Run(std::span<const Order> orders);
  [[nodiscard]] const std::vector<record::Sample>& samples() const { return samples_; }

 private:
  void Launch(const Order& order);
  void Measure(std::span<const Order> orders);
  [[nodiscard]] bool has_problem() const {
    return std::ranges::any_of(
        samples_, [](const record::Sample& sample) { return sample.problem.has_value(); });
  }
  [[nodiscard]] std::uint32_t HashSeedOf(const Arm& arm) const {
    const auto of_block =
        static_cast<std::uint32_t>(plan_.seed * 1000 + static_cast<std::uint64_t>(number_) * 2);
    return arm.has_another_hash_seed ? of_block + 1 : of_block;
  }

  const Plan& plan_;
  const Beginning& beginning_;
  const Observer& observer_;
  const int number_;
  std::vector<record::Sample> samples_;           // as the plan has its arms
  std::vector<std::optional<Subject>> subjects_;  // the same
};

bool Block::Run(std::span<const Order> orders) {
  Launch(orders.front());
  if (!has_problem()) Measure(orders);
  if (observer_.is_interrupted()) return false;
  for (std::size_t index = 0; index < subjects_.size(); ++index) {
    if (!subjects_[index] || samples_[index].problem) continue;
    samples_[index].values = subjects_[index]->Values();
    samples_[index].requests = subjects_[index]->requests();
    AddHiccups(subjects_[index]->hiccups(), samples_[index]);
  }
  for (auto& subject : subjects_)
    subject.reset();
  return true;
}

void Block::Launch(const Order& order) {
  for (const int at : order) {
    if (observer_.is_interrupted()) return;
    const auto index = static_cast<std::size_t>(at);
    if (subjects_[index]) continue;  // it stands twice in a row of two arms
    const Arm& arm = plan_.arms[index];
    auto subject = Subject::Start(arm, beginning_, plan_.window.connections, HashSeedOf(arm));
    if (!subject) {
      samples_[index].problem = subject.error().Text();
      return;
    }
    subjects_[index].emplace(std::move(*subject));
    const Window warm_up{plan_.warm_up, plan_.window.connections};
    if (auto warmed = subjects_[index]->Offer(warm_up, observer_.is_interrupted); !warmed) {
      samples_[index].problem = warmed.error().While("warm-up").Text();
      return;
    }
  }
}

void Block::Measure(std::span<const Order> orders) {
  int position = 0;
  for (const Order& order : orders) {
    for (const int at : order) {
      if (observer_.is_interrupted()) return;
      const auto index = static_cast<std::size_t>(at);
      samples_[index].positions.push_back(++position);
      const auto measured = subjects_[index]->Measure(plan_.window, observer_.is_interrupted);
      if (!measured) {
        samples_[index].problem = measured.error().While("load").Text();
        return;
      }
    }
  }
}

// Counts failures in a row; the error that ends the experiment.
class Patience {
 public:
  [[nodiscard]] std::optional<Error> Lost(const std::vector<record::Sample>& samples) {
    const bool has_failed = std::ranges::any_of(
        samples, [](const record::Sample& sample) { return sample.problem.has_value(); });
    if (!has_failed) failures_.clear();
    for (const record::Sample& sample : samples) {
      if (!sample.problem || ++failures_[sample.arm] < kFailuresInARow) continue;
      return Error{
          hosts::base::ErrorKind::Closed,
          fmt::format(
              "{} failed {} times in a row: {}", sample.arm, kFailuresInARow, *sample.problem)};
    }
    return std::nullopt;
  }

 private:
  std::map<std::string, int> failures_;
};

}  // namespace

record::Experiment Plan::ToRecord() const {
  record::Experiment line;
  line.experiment = id;
  line.attempt = attempt;
  for (const Arm& arm : arms)
    line.arms.push_back(arm.ToRecord());
  line.blocks = blocks;
  line.windows = arms.size() == 2 ? 2 * rows : rows;
  line.window_ms = std::chrono::duration<double, std::milli>(window.duration).count();
  line.warm_up_ms = static_cast<double>(warm_up.count());
  line.connections = window.connections;
  line.seed = static_cast<std::int64_t>(seed);
  line.is_reversed = is_reversed;
  line.margin = judging.margin;
  line.alpha = judging.alpha;
  line.looks = judging.looks;
  line.metrics = judging.metrics;
  return line;
}

std::vector<Order> OrdersOf(const Plan& plan) {
  const auto arms = static_cast<int>(plan.arms.size());
  auto orders = reports::statistics::BalancedOrders(arms, plan.blocks * plan.rows, plan.seed);
  orders.resize(static_cast<std::size_t>(plan.blocks) * static_cast<std::size_t>(plan.rows));
  return plan.is_reversed ? reports::statistics::ReversedOrders(orders) : orders;
}

Result<Ending> RunExperiment(const Plan& plan,
                             const Beginning& beginning,
                             const Observer& observer) {
  observer.write(plan.ToRecord());
  const std::vector<Order> orders = OrdersOf(plan);
  Patience patience;
  for (int number = 1; number <= plan.blocks; ++number) {
    if (observer.is_interrupted()) return Ending::Interrupted;
    observer.block_begins(number, plan.blocks);
    const std::span of_block = std::span(orders).subspan(
        static_cast<std::size_t>(number - 1) * static_cast<std::size_t>(plan.rows),
        static_cast<std::size_t>(plan.rows));
    Block block(plan, beginning, observer, number);
    if (!block.Run(of_block)) return Ending::Interrupted;
    for (const record::Sample& sample : block.samples())
      observer.write(sample);
    if (auto lost = patience.Lost(block.samples())) return *lost;
    if (observer.is_enough && observer.is_enough(number)) return Ending::Enough;
  }
  return Ending::Complete;
}

}  // namespace harness::experiment
