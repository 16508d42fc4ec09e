#include "reports/gate/measured.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "reports/histogram/histogram.h"
#include "reports/histogram/v2.h"
#include "reports/samples/samples.h"

namespace reports::gate {

namespace {

using testing::HasSubstr;

const record::Record& Complete() {
  static const record::Record record = samples::RecordOf(samples::CompleteRun());
  return record;
}
const record::Record& Failing() {
  static const record::Record record = samples::RecordOf(samples::FailingRun());
  return record;
}

std::vector<Measured> Of(const record::Record& record, std::string_view text) {
  const auto expression = ParseExpression(text);
  EXPECT_TRUE(expression) << (expression ? "" : expression.error().message);
  return expression ? MeasuredOf(*expression, record) : std::vector<Measured>{};
}

// The one value of what fits only one thing.
Measured One(const record::Record& record, std::string_view text) {
  const auto all = Of(record, text);
  EXPECT_EQ(all.size(), 1U) << text;
  return all.empty() ? Measured{} : all[0];
}

constexpr std::string_view kHello = "engine/daemon/main/lazy/hello";
constexpr std::string_view kOfHello = "host=engine,mode=daemon/main/lazy,app=hello";

std::string Text(std::string_view metric, std::string_view labels, std::string_view rest) {
  return std::string(metric) + "{" + std::string(labels) + "}: " + std::string(rest);
}

}  // namespace

TEST(MeasuredOf, LatencyIsThatOfTheOpenLoopUnlessAskedOtherwise) {
  const record::Load& open = *FindLoad(Complete(), kHello, record::Loop::Open);
  const record::Load& closed = *FindLoad(Complete(), kHello, record::Loop::Closed);
  const Measured measured = One(Complete(), Text("latency", kOfHello, "p(50) < 1 ms"));
  EXPECT_EQ(measured.value, open.latency_us.p50);
  EXPECT_EQ(measured.where, "engine/daemon/main/lazy/hello (open loop)");
  EXPECT_EQ(measured.trust, Trust::Full);
  const std::string of_closed = std::string(kOfHello) + ",loop=closed";
  EXPECT_EQ(One(Complete(), Text("latency", of_closed, "p(99) < 1 ms")).value,
            closed.latency_us.p99);
  EXPECT_EQ(One(Complete(), Text("latency", kOfHello, "p(99.9) < 1 ms")).value,
            open.latency_us.p999);
  EXPECT_EQ(One(Complete(), Text("latency", kOfHello, "mean < 1 ms")).value, open.latency_us.mean);
  EXPECT_EQ(One(Complete(), Text("latency", kOfHello, "min < 1 ms")).value, open.latency_us.min);
  EXPECT_EQ(One(Complete(), Text("latency", kOfHello, "max < 1 ms")).value, open.latency_us.max);
  EXPECT_EQ(
      Of(Complete(), Text("latency", std::string(kOfHello) + ",loop=*", "p(50) < 1 ms")).size(),
      2U);
}

TEST(MeasuredOf, OtherPercentilesAreReadFromTheHistogram) {
  const record::Load& open = *FindLoad(Complete(), kHello, record::Loop::Open);
  std::int64_t seen = 0;
  double value = 0;
  for (const record::Bucket& bucket : open.histogram) {
    if (seen >= open.done * 3 / 4) break;
    seen += bucket.count;
    value = bucket.value_us;
  }
  EXPECT_EQ(One(Complete(), Text("latency", kOfHello, "p(75) < 1 ms")).value, value);
}

TEST(MeasuredOf, SaysHowManyAnswersAPercentileNeeds) {
  const Measured measured =
      One(Complete(), "latency{mode=daemon/main/lazy,app=django_accounts}: p(99.9) < 1 s");
  EXPECT_FALSE(measured.value);
  EXPECT_THAT(measured.reason, HasSubstr("too few for latency p(99.9): 10,000 are needed"));
}

TEST(MeasuredOf, RateIsThatOfTheClosedLoop) {
  EXPECT_EQ(One(Complete(), Text("rate", kOfHello, "requests_per_s > 1/s")).value,
            FindLoad(Complete(), kHello, record::Loop::Closed)->requests_per_s);
}

TEST(MeasuredOf, MemoryAndProcessorTimeAreThoseAfterTheLoad) {
  using record::When;
  const auto total = [&](When when) {
    return static_cast<double>(*FindResources(Complete(), kHello, when)->pss_kib);
  };
  EXPECT_EQ(One(Complete(), Text("pss", kOfHello, "total < 1 GiB")).value, total(When::AfterLoad));
  EXPECT_EQ(
      One(Complete(), Text("pss", std::string(kOfHello) + ",when=ready", "total < 1 GiB")).value,
      total(When::Ready));
  const Measured largest = One(Complete(), Text("pss", kOfHello, "largest < 1 GiB"));
  EXPECT_LT(*largest.value, total(When::AfterLoad));
  EXPECT_GT(*largest.value, total(When::AfterLoad) / 3);
  EXPECT_TRUE(One(Complete(), Text("private_dirty", kOfHello, "total < 1 GiB")).value);
  EXPECT_EQ(One(Complete(), Text("cpu", kOfHello, "per_request < 1 s")).value,
            FindResources(Complete(), kHello, When::AfterLoad)->cpu_us_per_request);
}

TEST(MeasuredOf, StartupIsInMicrosecondsAsEveryTime) {
  const record::Startup& startup = *FindStartup(Complete(), kHello);
  EXPECT_EQ(One(Complete(), Text("startup", kOfHello, "ready < 1 s")).value,
            *startup.ready_ms * 1000);
  EXPECT_EQ(One(Complete(), Text("startup", kOfHello, "first_request < 1 s")).value,
            *startup.first_request_ms * 1000);
  EXPECT_EQ(One(Complete(), Text("startup", kOfHello, "second_request < 1 s")).value,
            *startup.second_request_ms * 1000);
  EXPECT_EQ(One(Complete(), Text("startup", kOfHello, "import < 1 s")).value,
            *startup.import_ms * 1000);
}

TEST(MeasuredOf, CostsAreThoseOfARequestUnderLoad) {
  record::Record record = Complete();
  for (record::Resources& line : record.resources) {
    if (line.cell != kHello || line.when != record::When::AfterLoad) continue;
    line.per_request = record::RequestCosts{};
    line.per_request->minor_faults = 0.25;
    line.per_request->voluntary_switches = 2.5;
  }
  EXPECT_EQ(One(record, Text("costs", kOfHello, "minor_faults < 1")).value, 0.25);
  EXPECT_EQ(One(record, Text("costs", kOfHello, "voluntary_switches < 1")).value, 2.5);
  const Measured none = One(record, Text("costs", kOfHello, "instructions < 1"));
  EXPECT_FALSE(none.value);
  EXPECT_EQ(none.reason, "costs instructions was not measured");
  // Every one that the table names is one that is looked up.
  for (const Aggregate& aggregate : FindMetric("costs")->aggregates)
    EXPECT_EQ(Of(record, Text("costs", kOfHello, std::string(aggregate.name) + " < 1")).size(), 1U);
}

TEST(MeasuredOf, KnowsTheWorkersAndWhatTheyImported) {
  record::Record record = Complete();
  for (record::Startup& line : record.startups) {
    if (line.cell != kHello) continue;
    line.workers = {{100, 3, 4.5}, {101, 2, 7.5}};
    line.modules = record::Modules{50, 20, {"a", "b"}, {"c"}, {}};
  }
  EXPECT_EQ(One(record, Text("startup", kOfHello, "slowest_first_request < 1 s")).value, 7500);
  EXPECT_EQ(One(record, Text("startup", kOfHello, "unreached_workers == 0")).value, 0);
  EXPECT_EQ(One(record, Text("imports", kOfHello, "by_script < 1")).value, 20);
  EXPECT_EQ(One(record, Text("imports", kOfHello, "by_first_requests == 0")).value, 2);
  EXPECT_EQ(One(record, Text("imports", kOfHello, "by_tour == 0")).value, 1);
  EXPECT_EQ(One(record, Text("imports", kOfHello, "by_load == 0")).value, 0);
  for (record::Startup& line : record.startups) {
    if (line.cell != kHello) continue;
    line.workers.push_back({102, 0, std::nullopt});
    line.modules.reset();
  }
  EXPECT_EQ(One(record, Text("startup", kOfHello, "unreached_workers == 0")).value, 1);
  EXPECT_FALSE(One(record, Text("startup", kOfHello, "slowest_first_request < 1 s")).value);
  EXPECT_FALSE(One(record, Text("imports", kOfHello, "by_load == 0")).value);
}

// One for each of the 32 cells; and where a cell has none, the reason, not silence.
TEST(MeasuredOf, NamesTheCellsThatHaveNoValueAndWhy) {
  EXPECT_EQ(Of(Complete(), "latency: p(50) < 1 s").size(), 32U);
  const auto failing = Of(Failing(), "latency: p(50) < 1 s");
  EXPECT_EQ(failing.size(), 30U);  // two are of modes that are not offered
  const auto crashed = std::ranges::find(
      failing, "engine/daemon/sub/lazy/django_accounts (open loop)", &Measured::where);
  ASSERT_NE(crashed, failing.end());
  EXPECT_FALSE(crashed->value);
  EXPECT_THAT(crashed->reason, HasSubstr("the cell is crashed: process 4170"));
  record::Record without = Complete();
  std::erase_if(without.cells, [](const record::Cell& cell) { return cell.cell == kHello; });
  std::erase_if(without.loads, [](const record::Load& load) { return load.cell == kHello; });
  EXPECT_EQ(One(without, Text("latency", kOfHello, "p(50) < 1 s")).reason,
            "the cell was not run to its end");
}

// What the buckets of the record have lost, the histogram has not.
TEST(MeasuredOf, OtherPercentilesAreExactWhereTheHistogramIs) {
  histogram::Histogram exact;
  for (int i = 1; i <= 2000; ++i)
    exact.Record(i * 1000);
  record::Record record = Complete();
  for (record::Load& load : record.loads) {
    if (load.cell == kHello) load.hdr = histogram::EncodeV2(exact);
  }
  const Measured measured = One(record, Text("latency", kOfHello, "p(75) < 1 s"));
  ASSERT_TRUE(measured.value);
  EXPECT_NEAR(*measured.value, 1500, 1500 * 0.001);
  EXPECT_FALSE(One(record, Text("latency", kOfHello, "p(99.6) < 1 s")).value);  // 8 lie beyond
}

TEST(MeasuredOf, ServiceConnectAndFirstByteAreThereWhereTheyWereMeasured) {
  record::Record record = Complete();
  for (record::Load& load : record.loads) {
    if (load.cell != kHello || load.loop != record::Loop::Open) continue;
    load.service_us = record::Latency{1, 2, 3, 4, 5, 6, 7};
    load.first_byte_us = record::Latency{10, 20, 30, 40, 50, 60, 70};
  }
  EXPECT_EQ(One(record, Text("service", kOfHello, "p(90) < 1 s")).value, 4);
  EXPECT_EQ(One(record, Text("service", kOfHello, "min < 1 s")).value, 1);
  EXPECT_EQ(One(record, Text("first_byte", kOfHello, "p(99.9) < 1 s")).value, 60);
  const Measured none = One(record, Text("connect", kOfHello, "p(50) < 1 s"));
  EXPECT_FALSE(none.value);
  EXPECT_EQ(none.reason, "connect p(50) was not measured");
}

// The first is the generator's own limit, the second what it had to leave behind.
TEST(MeasuredOf, KnowsOnWhichSideOfALowerBoundTheTruthIs) {
  record::Record record = Complete();
  for (record::Load& load : record.loads) {
    if (load.cell == kHello)
      load.generator = {0.9, {}, record::GeneratorState::LowerBound, "near it"};
  }
  EXPECT_EQ(One(record, Text("rate", kOfHello, "requests_per_s > 1/s")).trust, Trust::AtLeast);
  EXPECT_EQ(One(record, Text("latency", kOfHello, "p(50) < 1 s")).trust, Trust::AtMost);
  for (record::Load& load : record.loads) {
    if (load.cell == kHello) load.lower_bounds = {"p99", "max"};
  }
  EXPECT_EQ(One(record, Text("latency", kOfHello, "p(50) < 1 s")).trust, Trust::Full);
  EXPECT_EQ(One(record, Text("latency", kOfHello, "p(99) < 1 s")).trust, Trust::AtLeast);
  EXPECT_EQ(One(record, Text("latency", kOfHello, "p(99.5) < 1 s")).trust, Trust::AtLeast);
  EXPECT_EQ(One(record, Text("latency", kOfHello, "max < 1 s")).trust, Trust::AtLeast);
  EXPECT_EQ(One(record, Text("latency", kOfHello, "mean < 1 s")).trust, Trust::Full);
}

TEST(MeasuredOf, OfAMicroBenchmarkIsTheMedianOfItsRepetitions) {
  record::Record record;
  for (const double ns : {900.0, 700.0, 800.0}) {
    record::Micro micro;
    micro.name = "Head_Parse/small";
    micro.program = "benchmark_rooms";
    micro.repetition = static_cast<int>(ns);
    micro.real_ns = ns;
    micro.cpu_ns = ns / 2;
    Add(record, micro);
  }
  record::Micro broken;
  broken.name = "Script_Load";
  broken.problem = "no such file";
  Add(record, broken);
  EXPECT_EQ(One(record, "micro{name=Head_*}: real < 900 ns").value, 0.8);
  EXPECT_EQ(One(record, "micro{program=benchmark_rooms}: cpu < 900 ns").value, 0.4);
  EXPECT_EQ(One(record, "micro{name=Script_Load}: real < 1 s").reason, "no such file");
  EXPECT_EQ(Of(record, "micro: real < 1 s").size(), 2U);
  EXPECT_TRUE(Of(record, "micro{name=Nothing}: real < 1 s").empty());
}

TEST(MeasuredOf, DoesNotCallZeroWhatNobodyCounted) {
  EXPECT_TRUE(Of(Complete(), "load: crosstalk == 0").empty());
  record::Record record = Complete();
  record.loads[0].crosstalk = 2;
  record.loads[1].crosstalk = 0;
  record.loads[1].lost_tokens = 4;
  record.loads[1].censored = 5;
  EXPECT_EQ(One(record, "load: crosstalk == 0").value, 2);
  EXPECT_EQ(One(record, "load: lost_tokens == 0").value, 4);
  EXPECT_EQ(One(record, "load: censored == 0").value, 5);
}

TEST(MeasuredOf, DoesNotVouchForWhatTheGeneratorDoesNot) {
  const Measured measured =
      One(Failing(), "latency{mode=embedded/main/lazy,app=hello,loop=closed}: p(50) < 1 s");
  EXPECT_TRUE(measured.value);
  EXPECT_EQ(measured.trust, Trust::None);
  EXPECT_EQ(measured.reason, "unverified: the load generator used 97 % of its core");
}

TEST(MeasuredOf, CountsChecksByOutcome) {
  const auto count = [](record::CheckOutcome outcome) {
    return static_cast<double>(
        std::ranges::count(Failing().checks, outcome, &record::Check::outcome));
  };
  EXPECT_EQ(One(Failing(), "checks: total > 0").value,
            static_cast<double>(Failing().checks.size()));
  EXPECT_EQ(One(Failing(), "checks: passed > 0").value, count(record::CheckOutcome::Passed));
  EXPECT_EQ(One(Failing(), "checks: failed == 0").value,
            count(record::CheckOutcome::Failed) + count(record::CheckOutcome::Error));
  EXPECT_EQ(One(Complete(), "checks: failed == 0").value, 0);
  EXPECT_EQ(One(Failing(), "checks{check=loading/PRELOAD-5}: failed == 0").value, 1);
  EXPECT_TRUE(Of(Failing(), "checks{suite=nowhere}: failed == 0").empty());
}

TEST(MeasuredOf, CountsCellsPlacementsToursAndLoad) {
  EXPECT_EQ(One(Complete(), "cells: failed == 0").value, 0);
  EXPECT_EQ(One(Complete(), "cells: ok > 0").value, 32);
  EXPECT_EQ(One(Failing(), "cells: failed == 0").value, 3);  // failed, crashed, timed out
  EXPECT_EQ(One(Failing(), "cells: crashed == 0").value, 1);
  EXPECT_EQ(One(Failing(), "cells: misconfigured == 0").value, 1);
  EXPECT_EQ(One(Failing(), "cells: not_offered == 0").value, 2);
  EXPECT_EQ(One(Failing(), "cells: failed == 0").where,
            "engine/embedded/sub/preload/flask_notes, engine/daemon/main/lazy/flask_notes, "
            "engine/daemon/sub/lazy/django_accounts");
  EXPECT_EQ(One(Failing(), "placement: misconfigured == 0").value, 1);
  EXPECT_EQ(One(Failing(), "placement: misconfigured == 0").where,
            "engine/daemon/main/preload/django_secondapp");
  EXPECT_EQ(One(Failing(), "tour: failed == 0").value, 1);
  EXPECT_EQ(One(Failing(), "load: failed == 0").value, 3);
  EXPECT_EQ(One(Failing(), "load: wrong_answers == 0").value, 1);
  EXPECT_EQ(One(Failing(), "load: unverified == 0").value, 1);
  EXPECT_EQ(One(Failing(), "load{loop=open}: wrong_answers == 0").value, 0);
  const double share = *One(Failing(), "load: failed_share < 1 %").value;
  EXPECT_NEAR(share, 4 / *One(Failing(), "load: sent > 0").value, 1e-12);
}

}  // namespace reports::gate
