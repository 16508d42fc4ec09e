// Experiments against the fake host: what they write, and what becomes of an arm that does not work.

#include "harness/experiment/experiment.h"

#include <gmock/gmock.h>

#include <map>
#include <set>

#include "harness/adapters/engine_adapter.h"
#include "harness/experiment/pilot.h"
#include "harness/launch/descendants.h"
#include "harness/run/app_tour.h"
#include "hosts/base/files.h"
#include "reports/record/record.h"

namespace harness::experiment {
namespace {

namespace fs = std::filesystem;
namespace record = reports::record;
using record::ArmRole;
using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::SizeIs;

class ExperimentTest : public testing::Test {
 protected:
  void SetUp() override {
    auto made = hosts::base::TemporaryDirectory::Make("wsgilab-experiment-test");
    ASSERT_TRUE(made);
    folder_.emplace(std::move(*made));
    fs::create_directories(folder_->path() / "data");
    auto hello = matrix::ReadApp(fs::path(WSGILAB_SOURCE_FOLDER) / "apps" / "hello");
    ASSERT_TRUE(hello);
    hello_ = *hello;
    beginning_.script_template = "S = @SCRIPT@; C = @CALLABLE@; D = @DATABASES@";
    beginning_.data = folder_->path() / "data";
    beginning_.tour = *run::TourOf(hello_);
  }

  Arm ArmWith(const std::string& faults, ArmRole role) {
    adapters_.push_back(std::make_unique<adapters::EngineAdapter>(
        FAKE_HOST,
        std::vector<std::pair<std::string, std::string>>{{"PATH", "/usr/bin:/bin"},
                                                         {"WSGILAB_FAKE", faults}}));
    Arm arm;
    arm.name = record::Name(role);
    arm.role = role;
    arm.adapter = adapters_.back().get();
    arm.program = "fake";
    arm.cell = {"engine", *hosts::deployment::ParseMode("daemon/sub/preload"), hello_};
    return arm;
  }

  Plan PlanOf(std::vector<Arm> arms, int blocks) {
    Plan plan;
    plan.id = "test";
    plan.arms = std::move(arms);
    plan.blocks = blocks;
    plan.rows = 2;
    plan.window = {milliseconds(20), 1};
    plan.warm_up = milliseconds(5);
    return plan;
  }

  hosts::base::Result<Ending> Run(const Plan& plan) {
    return RunExperiment(
        plan,
        beginning_,
        {.write = [this](const record::Line& line) { Add(record_, line); },
         .block_begins = [](int, int) {},
         .is_interrupted = [this] { return record_.samples.size() >= interrupt_after_; },
         .is_enough = {}});
  }

  std::optional<hosts::base::TemporaryDirectory> folder_;
  std::vector<std::unique_ptr<adapters::HostAdapter>> adapters_;
  matrix::App hello_;
  Beginning beginning_;
  record::Record record_;
  std::size_t interrupt_after_ = 1'000'000;
};

TEST_F(ExperimentTest, EveryArmIsMeasuredInEveryBlockOnAHostOfItsOwn) {
  const auto ending = Run(PlanOf(
      {ArmWith("", ArmRole::Baseline), ArmWith("", ArmRole::Candidate), ArmWith("", ArmRole::Twin)},
      3));
  ASSERT_TRUE(ending) << ending.error().Text();
  EXPECT_EQ(*ending, Ending::Complete);
  ASSERT_THAT(record_.experiments, SizeIs(1));
  EXPECT_EQ(record_.experiments[0].windows, 2);
  ASSERT_THAT(record_.samples, SizeIs(9));
  for (const record::Sample& sample : record_.samples) {
    EXPECT_FALSE(sample.problem);
    EXPECT_THAT(sample.positions, SizeIs(2));
    for (const char* metric :
         {"latency_mean_us", "requests_per_s", "cpu_us", "ready_ms", "first_request_ms", "pss_kib"})
      EXPECT_GT(sample.values.at(metric), 0) << metric;
    ASSERT_TRUE(sample.hiccup_max_us) << "somebody watched the machine meanwhile";
    EXPECT_GT(*sample.hiccup_max_us, 0);
  }
  EXPECT_EQ(launch::FamilyOf(::getpid()).size(), 1U) << "every host is gone";
}

TEST_F(ExperimentTest, TheOrderOfArmsIsBalanced) {
  const auto orders =
      OrdersOf(PlanOf({ArmWith("", ArmRole::Baseline), ArmWith("", ArmRole::Candidate)}, 10));
  std::map<int, int> first;
  for (const Order& order : orders)
    ++first[order.front()];
  EXPECT_EQ(first[0], first[1]);
}

TEST_F(ExperimentTest, TheReversedPlanIsTheSameAgainstTheGrain) {
  Plan plan = PlanOf(
      {ArmWith("", ArmRole::Baseline), ArmWith("", ArmRole::Candidate), ArmWith("", ArmRole::Twin)},
      6);
  auto orders = OrdersOf(plan);
  plan.is_reversed = true;
  const auto reversed = OrdersOf(plan);
  std::ranges::reverse(orders.front());
  EXPECT_EQ(reversed.back(), orders.front());
}

TEST_F(ExperimentTest, AnArmThatNeverStartsEndsItWithAReason) {
  const auto ending = Run(
      PlanOf({ArmWith("", ArmRole::Baseline), ArmWith("exit-at-start=3", ArmRole::Candidate)}, 50));
  ASSERT_FALSE(ending);
  EXPECT_THAT(ending.error().Text(), HasSubstr("candidate failed 3 times in a row: launch"));
  EXPECT_THAT(record_.samples, SizeIs(6)) << "what was seen is written";
}

TEST_F(ExperimentTest, AWrongAnswerUnderLoadIsAProblemAndNoNumber) {
  const auto ending =
      Run(PlanOf({ArmWith("", ArmRole::Baseline), ArmWith("drop-every=7", ArmRole::Candidate)}, 3));
  ASSERT_FALSE(ending);
  EXPECT_THAT(ending.error().Text(), HasSubstr("broke off"));
  for (const record::Sample& sample : record_.samples)
    EXPECT_FALSE(sample.problem && !sample.values.empty());
}

TEST_F(ExperimentTest, AHostThatIsElsewhereGetsNoNumbers) {
  const auto ending =
      Run(PlanOf({ArmWith("", ArmRole::Baseline), ArmWith("wrong-place", ArmRole::Candidate)}, 3));
  ASSERT_FALSE(ending);
  EXPECT_THAT(ending.error().Text(), HasSubstr("not where it was asked to be"));
}

TEST_F(ExperimentTest, AnInterruptionEndsItBetweenTwoWindows) {
  interrupt_after_ = 2;
  const auto ending =
      Run(PlanOf({ArmWith("", ArmRole::Baseline), ArmWith("", ArmRole::Candidate)}, 1000));
  ASSERT_TRUE(ending);
  EXPECT_EQ(*ending, Ending::Interrupted);
  EXPECT_THAT(record_.samples, SizeIs(2));
}

TEST_F(ExperimentTest, ThePilotKeepsTheVisitorAndSaysHowLongARequestTakes) {
  const auto pilot = RunPilot(ArmWith("", ArmRole::Baseline), beginning_, 1, [] { return false; });
  ASSERT_TRUE(pilot) << pilot.error().Text();
  EXPECT_GT(pilot->median_us, 0);
  EXPECT_GT(pilot->requests_per_s, 0);
  EXPECT_NEAR(pilot->MillisecondsFor(99) * pilot->requests_per_s / 1e3, 1000, 1);
  EXPECT_TRUE(fs::is_directory(pilot->beginning.data));
}

}  // namespace
}  // namespace harness::experiment
