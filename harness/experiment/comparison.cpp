#include "harness/experiment/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "hosts/base/deadline.h"
#include "reports/compare/compare.h"
#include "reports/statistics/paired.h"
#include "reports/statistics/plan.h"

namespace harness::experiment {

namespace record = reports::record;
using hosts::base::Clock;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;
using record::ArmRole;

namespace {

constexpr int kMostBlocks = 200;
// Of what fits: blocks take longer than the pilot thinks when the machine has other things to do.
constexpr double kReserve = 0.85;
// Of the time that there is, a repetition ends when so much is over: reports are to be written, too.
constexpr double kInTime = 0.96;

std::chrono::nanoseconds ShareOf(double median_us, double share) {
  return std::chrono::nanoseconds(std::llround(median_us * 1e3 * share));
}

// The last look is at all blocks, the others are as far apart as it goes.
reports::statistics::ComparisonPlan LooksOf(const Judging& judging,
                                            int blocks,
                                            std::size_t comparisons) {
  const int more = blocks / judging.looks;
  return {.pairs = blocks - (judging.looks - 1) * more,
          .more = more,
          .looks = judging.looks,
          .comparisons = static_cast<int>(comparisons),
          .alpha = judging.alpha};
}

// Whether it is known of every metric how the candidate stands.
bool IsDecided(const reports::compare::ExperimentResult& result) {
  using reports::compare::Finding;
  return !result.conclusions.empty() &&
         std::ranges::all_of(result.conclusions,
                             [](const reports::compare::Conclusion& conclusion) {
                               return conclusion.finding == Finding::Regressed ||
                                      conclusion.finding == Finding::NoWorse ||
                                      conclusion.finding == Finding::Improved;
                             });
}

// Writes through, and keeps what the judgement needs.
class Kept {
 public:
  explicit Kept(const Observer& observer) : observer_(observer) {}

  void Write(const record::Line& line) {
    Add(record_, line);
    observer_.write(line);
  }
  [[nodiscard]] const record::Record& record() const { return record_; }

 private:
  const Observer& observer_;
  record::Record record_;
};

}  // namespace

std::vector<Arm> ArmsOf(const Question& question, double median_us) {
  std::vector<Arm> arms{question.base, question.candidate};
  arms[1].delay += ShareOf(median_us, question.injected);
  if (question.controls == Controls::Off) return arms;
  if (question.controls == Controls::Full) {
    arms.push_back(ControlOf(question.base, ArmRole::Again));
  }
  Arm twin = ControlOf(question.twin.value_or(question.base), ArmRole::Twin);
  twin.has_another_hash_seed = true;
  arms.push_back(std::move(twin));
  Arm delayed = ControlOf(question.base, ArmRole::Delayed);
  delayed.delay += ShareOf(median_us, question.effect);
  arms.push_back(std::move(delayed));
  return arms;
}

Result<Size> SizeOf(const Question& question,
                    const Pilot& pilot,
                    std::chrono::duration<double> launch) {
  const Effort& effort = question.effort;
  const auto arms = static_cast<double>(ArmsOf(question, pilot.median_us).size());
  const double windows = arms == 2 ? 2 * effort.rows : effort.rows;
  const double wanted_ms = 1.3 * pilot.MillisecondsFor(effort.percentile) / windows;
  Size size;
  size.window = std::max<std::chrono::nanoseconds>(
      effort.window, std::chrono::nanoseconds(std::llround(1e6 * wanted_ms)));
  const double block_s =
      arms * (launch.count() + std::chrono::duration<double>(effort.warm_up).count() +
              windows * std::chrono::duration<double>(size.window).count());
  const double attempts = question.confirms ? 2 : 1;
  const double fits = kReserve * static_cast<double>(effort.within.count()) / attempts / block_s;
  size.blocks = effort.blocks.value_or(std::clamp(static_cast<int>(fits), 1, kMostBlocks));
  const auto plan = LooksOf(question.judging, size.blocks, question.comparisons);
  if (const auto why = reports::statistics::WhyUnreachable(plan)) {
    return Error{ErrorKind::InvalidInput,
                 effort.blocks ? *why
                               : fmt::format("{} ({} fit into {} s: give it more time)",
                                             *why,
                                             size.blocks,
                                             effort.within.count())};
  }
  return size;
}

int BlocksThatFit(int blocks, int needed, const Left& left) {
  if (left.per_block.count() <= 0) return blocks;
  const double fit = std::max(0.0, left.time / left.per_block);
  const int most = fit < blocks ? static_cast<int>(fit) : blocks;
  return std::clamp(most, std::min(needed, blocks), blocks);
}

Result<Ending> CompareArms(const Question& question,
                           Beginning beginning,
                           const Observer& observer) {
  const auto begun = Clock::now();
  auto pilot = RunPilot(
      question.base, std::move(beginning), question.effort.connections, observer.is_interrupted);
  if (!pilot) return pilot.error().While("pilot");
  if (observer.is_interrupted()) return Ending::Interrupted;
  const auto size = SizeOf(question, *pilot, pilot->launch);
  if (!size) return size.error();

  Plan plan;
  plan.id = question.id;
  plan.arms = ArmsOf(question, pilot->median_us);
  plan.blocks = size->blocks;
  plan.rows = question.effort.rows;
  plan.window = {size->window, question.effort.connections};
  plan.warm_up = question.effort.warm_up;
  plan.seed = question.effort.seed;
  plan.judging = question.judging;

  Kept kept(observer);
  Observer through = observer;
  through.write = [&](const record::Line& line) { kept.Write(line); };
  const auto looks = LooksOf(question.judging, plan.blocks, question.comparisons);
  through.is_enough = [&](int block) {
    const bool is_look = looks.LookAt(block).has_value() && block < plan.blocks;
    return is_look && IsDecided(reports::compare::JudgeExperiments(kept.record()).front());
  };
  const auto first_begun = Clock::now();
  const auto ending = RunExperiment(plan, pilot->beginning, through);
  if (!ending || *ending == Ending::Interrupted || !question.confirms) return ending;
  const auto results = reports::compare::JudgeExperiments(kept.record());
  if (!reports::compare::NeedsConfirmation(results.front())) return ending;
  plan.attempt = 2;
  if (!question.effort.blocks) {
    const int blocks =
        results.front().attempts.front().blocks + results.front().attempts.front().lost;
    const auto end = begun + std::chrono::duration<double>(kInTime * question.effort.within);
    const Left left{end - Clock::now(), (Clock::now() - first_begun) / std::max(1, blocks)};
    const int needed = reports::statistics::PairsNeeded(
        looks.comparisons,
        1,
        std::max(question.judging.alpha, reports::statistics::kConfirmingAlpha));
    plan.blocks = BlocksThatFit(plan.blocks, needed, left);
  }
  through.is_enough = {};  // what speaks against somebody is looked at in full
  plan.is_reversed = true;
  auto confirmed = RunExperiment(plan, pilot->beginning, through);
  if (!confirmed) return confirmed.error().While("repeated in reversed order");
  return confirmed;
}

}  // namespace harness::experiment
