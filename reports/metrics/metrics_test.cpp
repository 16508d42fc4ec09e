#include "reports/metrics/metrics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "reports/samples/samples.h"

namespace reports::metrics {

using gate::Trust;
using record::Record;
using statistics::Worse;

namespace {

const MetricValue* Find(const std::vector<MetricValue>& all,
                        std::string_view subject,
                        std::string_view name) {
  const auto found = std::ranges::find_if(
      all, [&](const MetricValue& one) { return one.subject == subject && one.name == name; });
  return found == all.end() ? nullptr : &*found;
}

constexpr std::string_view kHello = "engine/embedded/main/lazy/hello";

}  // namespace

TEST(Metrics, ACellHasWhatItsLinesSay) {
  const Record record = samples::RecordOf(samples::CompleteRun());
  const auto all = MetricsOf(record);
  const record::Load& open = *FindLoad(record, kHello, record::Loop::Open);
  const record::Load& closed = *FindLoad(record, kHello, record::Loop::Closed);
  const MetricValue* p50 = Find(all, kHello, "latency_p50_us");
  ASSERT_NE(p50, nullptr);
  EXPECT_EQ(p50->value, *open.latency_us.p50);
  EXPECT_EQ(p50->n, open.done);
  EXPECT_EQ(p50->unit, "us");
  EXPECT_TRUE(p50->is_figure);
  EXPECT_FALSE(p50->low);
  EXPECT_EQ(Find(all, kHello, "latency_p50_closed_us")->value, *closed.latency_us.p50);
  EXPECT_FALSE(Find(all, kHello, "latency_p50_closed_us")->is_figure);
  EXPECT_EQ(Find(all, kHello, "rate_requests_per_s")->value, *closed.requests_per_s);
  EXPECT_EQ(Find(all, kHello, "rate_requests_per_s")->worse, Worse::Smaller);
  EXPECT_EQ(Find(all, kHello, "startup_first_request_us")->value,
            1000 * *FindStartup(record, kHello)->first_request_ms);
  EXPECT_EQ(Find(all, kHello, "pss_total_kib")->value,
            static_cast<double>(*FindResources(record, kHello, record::When::AfterLoad)->pss_kib));
  EXPECT_NE(Find(all, kHello, "pss_total_ready_kib"), nullptr);
  EXPECT_EQ(Find(all, "run", "checks_passed")->value, 90);
  EXPECT_EQ(Find(all, "run", "checks_passed")->cell, "");
}

TEST(Metrics, EachIsThereOnce) {
  std::set<std::pair<std::string, std::string>> names;
  for (const MetricValue& one : MetricsOf(samples::RecordOf(samples::FailingRun())))
    EXPECT_TRUE(names.insert({one.subject, one.name}).second) << one.subject << " " << one.name;
}

TEST(Metrics, WhatTheGeneratorDoesNotVouchForSaysSo) {
  const auto all = MetricsOf(samples::RecordOf(samples::FailingRun()));
  const auto found = std::ranges::find(all, Trust::None, &MetricValue::trust);
  ASSERT_NE(found, all.end());
  EXPECT_EQ(found->cell, kHello);
  EXPECT_NE(found->reason.find("97 % of its core"), std::string::npos);
}

TEST(Metrics, RepetitionsHaveAnInterval) {
  Record record;
  for (int repetition = 0; repetition < 9; ++repetition) {
    record::Micro micro;
    micro.name = "ParseHead";
    micro.repetition = repetition;
    micro.real_ns = 2000 + 10 * repetition;
    Add(record, std::move(micro));
  }
  const auto all = MetricsOf(record);
  const MetricValue* real = Find(all, "ParseHead", "micro_real_us");
  ASSERT_NE(real, nullptr);
  EXPECT_DOUBLE_EQ(real->value, 2.04);
  EXPECT_EQ(real->n, 9);
  ASSERT_TRUE(real->low && real->high);
  EXPECT_LT(*real->low, real->value);
  EXPECT_GT(*real->high, real->value);
  EXPECT_EQ(Find(all, "ParseHead", "micro_cpu_us"), nullptr);
}

TEST(Metrics, AnExperimentHasItsArmsAndTheirRatio) {
  Record record;
  record::Experiment plan;
  plan.experiment = "after against before";
  plan.blocks = 12;
  plan.margin = 0.02;
  plan.alpha = 0.05;
  plan.arms = {
      {"base", record::ArmRole::Baseline, "engine", "daemon/main/lazy", "hello", "1", {}, {}},
      {"new", record::ArmRole::Candidate, "engine", "daemon/main/lazy", "hello", "2", {}, {}}};
  Add(record, plan);
  for (int block = 1; block <= plan.blocks; ++block) {
    for (const record::Arm& arm : plan.arms) {
      record::Sample sample;
      sample.experiment = plan.experiment;
      sample.block = block;
      sample.arm = arm.name;
      sample.values = {{"requests_per_s", arm.name == "new" ? 200.0 : 100.0}};
      if (block == 12) sample.problem = "the host ended";
      Add(record, sample);
    }
  }
  const auto all = MetricsOf(record);
  const MetricValue* base = Find(all, "after against before: base", "requests_per_s");
  ASSERT_NE(base, nullptr);
  EXPECT_EQ(base->value, 100);
  EXPECT_EQ(base->n, 11);
  EXPECT_EQ(base->cell, "engine/daemon/main/lazy/hello");
  const MetricValue* ratio = Find(all, "after against before: new", "requests_per_s_ratio");
  ASSERT_NE(ratio, nullptr);
  EXPECT_NEAR(ratio->value, 2, 1e-9);
  EXPECT_EQ(ratio->n, 11);
  EXPECT_EQ(ratio->worse, Worse::Smaller);
}

TEST(Metrics, WhatIsNoNumberIsLeftOut) {
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    for (const MetricValue& one : MetricsOf(samples::AnyBytes(seed)))
      EXPECT_TRUE(std::isfinite(one.value)) << one.name;
  }
}

}  // namespace reports::metrics
