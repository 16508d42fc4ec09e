#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <set>

#include "reports/golden/golden.h"
#include "reports/samples/samples.h"
#include "reports/trackers/bencher.h"
#include "reports/trackers/github_action_benchmark.h"

namespace reports::trackers {

using Json = nlohmann::json;
using record::Record;

namespace {

const std::filesystem::path kTestData = WSGILAB_TRACKERS_FOLDER "/testdata";

// Two cells of it, of the first of which the generator does not vouch for its closed loop.
Record FewCells() {
  Record record = samples::RecordOf(samples::FailingRun());
  record.header.plan.cells.resize(2);
  record.cells.resize(2);
  for (int repetition = 0; repetition < 9; ++repetition) {
    record::Micro micro;
    micro.name = "ParseHead";
    micro.repetition = repetition;
    micro.real_ns = 2000 + 10 * repetition;
    Add(record, std::move(micro));
  }
  return record;
}

void ExpectBencher(const Json& json) {
  ASSERT_TRUE(json.is_object());
  for (const auto& [name, measures] : json.items()) {
    EXPECT_TRUE(!name.empty() && name.size() <= 1024);
    for (const auto& [measure, values] : measures.items()) {
      EXPECT_TRUE(!measure.empty() && measure.size() <= 64) << measure;
      EXPECT_TRUE(values.at("value").is_number());
      for (const auto& [key, value] : values.items()) {
        EXPECT_TRUE(key == "value" || key == "lower_value" || key == "upper_value");
        EXPECT_TRUE(value.is_number());
      }
    }
  }
}

void ExpectList(const Json& json) {
  ASSERT_TRUE(json.is_array());
  std::set<std::string> names;
  for (const Json& one : json) {
    EXPECT_TRUE(names.insert(one.at("name").get<std::string>()).second);
    EXPECT_TRUE(one.at("unit").is_string());
    EXPECT_TRUE(one.at("value").is_number());
    EXPECT_TRUE(one.at("extra").is_string());
  }
}

}  // namespace

TEST(Bencher, TheRunsAreAsTheyWere) {
  golden::ExpectGolden(kTestData / "bencher.json", RenderBencher(FewCells()));
}

TEST(Bencher, WhatCannotBeBelievedIsNotKept) {
  const Json json = Json::parse(RenderBencher(FewCells()));
  const Json& unverified = json.at("engine/embedded/main/lazy/hello");
  const Json& verified = json.at("engine/embedded/main/lazy/django_accounts");
  EXPECT_TRUE(verified.contains("latency_p50_us") && verified.contains("rate_requests_per_s"));
  EXPECT_NE(unverified.contains("latency_p50_us"), unverified.contains("rate_requests_per_s"));
  EXPECT_TRUE(unverified.contains("pss_total_kib"));
}

TEST(GithubActionBenchmark, TheRunsAreAsTheyWere) {
  golden::ExpectGolden(kTestData / "smaller_is_better.json", RenderSmallerIsBetter(FewCells()));
  golden::ExpectGolden(kTestData / "bigger_is_better.json", RenderBiggerIsBetter(FewCells()));
}

TEST(GithubActionBenchmark, TheBiggerOnesAreThroughputAlone) {
  for (const Json& one : Json::parse(RenderBiggerIsBetter(FewCells())))
    EXPECT_EQ(one.at("unit"), "requests/s");
}

TEST(Trackers, AnEmptyRecordHasNoFigures) {
  EXPECT_EQ(RenderBencher({}), "{}\n");
  EXPECT_EQ(RenderSmallerIsBetter({}), "[]\n");
}

TEST(Trackers, AnyBytesAreJson) {
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    const Record record = samples::AnyBytes(seed);
    ExpectBencher(Json::parse(RenderBencher(record)));
    ExpectList(Json::parse(RenderSmallerIsBetter(record)));
    ExpectList(Json::parse(RenderBiggerIsBetter(record)));
  }
  const Record hostile = samples::RecordOf(samples::HostileRun(1 << 16));
  ExpectBencher(Json::parse(RenderBencher(hostile)));
  ExpectList(Json::parse(RenderSmallerIsBetter(hostile)));
}

}  // namespace reports::trackers
