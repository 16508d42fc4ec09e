#include "harness/run/to_record.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "harness/run/load_phases.h"
#include "reports/histogram/v2.h"

namespace harness::run {
namespace {

namespace record = reports::record;

TEST(ToLoad, PercentilesNeedSamplesBehindThem) {
  load::LoadResult result;
  for (int count = 0; count < 500; ++count)
    result.latency.Record(100'000);
  result.done = 500;
  const record::Load line = ToLoad("cell", result);
  EXPECT_EQ(line.loop, record::Loop::Closed);
  EXPECT_FALSE(line.planned);
  ASSERT_TRUE(line.latency_us.p90);
  EXPECT_NEAR(*line.latency_us.p90, 100, 0.1);
  EXPECT_FALSE(line.latency_us.p99);
  EXPECT_FALSE(line.latency_us.p999);
}

TEST(ToLoad, TheHistogramIsThinnedAndLosesNoSample) {
  load::LoadResult result;
  for (std::int64_t value = 50'000; value < 50'000'000; value += 997)
    result.latency.Record(value);
  const record::Load line = ToLoad("cell", result);
  const auto total = std::accumulate(
      line.histogram.begin(), line.histogram.end(), std::int64_t{0}, [](std::int64_t sum, auto& b) {
        return sum + b.count;
      });
  EXPECT_EQ(total, result.latency.count());
  EXPECT_LT(line.histogram.size(), 400U);
  for (size_t index = 1; index < line.histogram.size(); ++index) {
    EXPECT_GT(line.histogram[index].value_us, line.histogram[index - 1].value_us);
  }
}

TEST(ToLoad, AnUnverifiedGeneratorSaysWhy) {
  load::LoadResult result;
  result.done = 1;
  result.cpu_share = 0.95;
  const record::Load line = ToLoad("cell", result);
  EXPECT_EQ(line.generator.state, record::GeneratorState::Unverified);
  ASSERT_TRUE(line.generator.reason);
}

TEST(ToLoad, TheWholeHistogramIsInTheLine) {
  load::LoadResult result;
  for (std::int64_t value = 50'000; value < 50'000'000; value += 997)
    result.latency.Record(value);
  const record::Load line = ToLoad("cell", result);
  ASSERT_TRUE(line.hdr);
  const auto back = reports::histogram::DecodeV2(*line.hdr);
  ASSERT_TRUE(back);
  EXPECT_TRUE(std::ranges::equal(back->cells(), result.latency.cells()));
}

TEST(ToLoad, SaysWhatItsNumbersAreNot) {
  load::LoadResult result;
  result.profile.loop = load::Loop::Open;
  result.profile.arrivals = load::Arrivals::Poisson;
  result.profile.seed = 7;
  result.profile.canary = load::Canary::On;
  result.calibration = {90'000, 21'000};
  for (int count = 0; count < 100; ++count) {
    result.latency.Record(1'000'000);
    result.lateness.Record(1000);
  }
  result.done = 99;
  result.unfinished = 1;
  result.crosstalk = 2;
  result.least_censored_ns = 1'000'000;
  const record::Load line = ToLoad("cell", result);
  EXPECT_EQ(line.censored, 1);
  EXPECT_EQ(line.lower_bounds, (std::vector<std::string>{"mean", "p50", "p90", "max"}));
  EXPECT_EQ(line.generator.state, record::GeneratorState::LowerBound);
  EXPECT_EQ(line.generator.ceiling_per_s, 90'000);
  EXPECT_EQ(line.generator.floor_p50_us, 21);
  EXPECT_TRUE(line.generator.lateness_us);
  EXPECT_EQ(line.poisson_seed, 7);
  EXPECT_EQ(line.crosstalk, 2);
  EXPECT_EQ(line.lost_tokens, 0);
  EXPECT_FALSE(line.connect_us) << "none was made";
}

TEST(FaultOf, CrosstalkIsAFault) {
  load::LoadResult result;
  result.sent = result.done = 5;
  EXPECT_FALSE(FaultOf(result));
  result.lost_tokens = 5;
  EXPECT_FALSE(FaultOf(result)) << "a host or application may drop a header";
  result.crosstalk = 1;
  EXPECT_NE(FaultOf(result).value_or("").find("1 got what belongs to another"), std::string::npos);
}

TEST(ToTour, KeepsEveryStep) {
  tour::StepResult fine;
  fine.name = "home";
  fine.status = 200;
  tour::StepResult broken;
  broken.name = "login";
  broken.problem = "no answer in time";
  const record::Tour line = ToTour("cell", {fine, broken});
  EXPECT_FALSE(line.passed);
  EXPECT_TRUE(line.steps[0].passed);
  EXPECT_FALSE(line.steps[1].status);
  EXPECT_FALSE(line.steps[1].ms);
}

TEST(ToResources, RolesAreTheHostsWords) {
  launch::Ready ready;
  ready.supervisor = 7;
  ready.server = {8};
  ready.daemons = {{"desk", {9}}};
  sampling::FamilySample sample;
  for (const pid_t pid : {7, 8, 9, 10}) {
    sampling::ProcessSample process;
    process.stat.pid = pid;
    process.stat.name = "helper";
    process.memory = sampling::MemoryRollup{0, 10, 1};
    sample.processes.push_back(process);
  }
  const record::Resources line = ToResources("cell", record::When::Ready, sample, ready);
  EXPECT_EQ(line.pss_kib, 40);
  EXPECT_EQ(line.private_dirty_kib, 4);
  EXPECT_EQ(line.processes[0].role, "supervisor");
  EXPECT_EQ(line.processes[1].role, "server");
  EXPECT_EQ(line.processes[2].role, "daemon desk");
  EXPECT_EQ(line.processes[3].role, "helper");
}

}  // namespace
}  // namespace harness::run
