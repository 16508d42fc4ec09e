#include "reports/google_benchmark/google_benchmark.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "hosts/base/files.h"
#include "reports/golden/golden.h"
#include "reports/record/json.h"
#include "reports/samples/samples.h"

namespace reports::google_benchmark {

namespace {

const std::string kTestdata = WSGILAB_GOOGLE_BENCHMARK_FOLDER "/testdata";

// What benchmark_rooms wrote (libbenchmark 1.7.1), shortened.
std::vector<record::Micro> Written() {
  const auto text = hosts::base::ReadFile(kTestdata + "/benchmark_rooms.json");
  EXPECT_TRUE(text);
  const auto micros = ReadResults(*text, "benchmark_rooms.json");
  EXPECT_TRUE(micros) << micros.error().Text();
  return *micros;
}

std::string ErrorOf(std::string_view json) {
  const auto micros = ReadResults(json, "x.json");
  return micros ? "" : micros.error().Text();
}

std::string TextOf(const std::vector<record::Micro>& micros) {
  std::string text;
  for (const record::Micro& micro : micros)
    text += record::ToJsonLine(micro) + '\n';
  return text;
}

}  // namespace

TEST(ReadResults, GivesALineForEachRepetitionAndNoneForWhatWasComputed) {
  const auto micros = Written();
  ASSERT_EQ(micros.size(), 4U);
  EXPECT_EQ(micros[0].name, "Head_Parse/small");
  EXPECT_EQ(micros[0].program, "benchmark_rooms");
  EXPECT_EQ(micros[0].repetition, 0);
  EXPECT_EQ(micros[0].repetitions, 2);
  EXPECT_EQ(micros[0].iterations, 1000);
  EXPECT_EQ(micros[0].threads, 1);
  EXPECT_NEAR(*micros[0].real_ns, 983.02, 1e-9);
  EXPECT_NEAR(*micros[0].cpu_ns, 981.5, 1e-9);
  EXPECT_EQ(micros[1].repetition, 1);
  EXPECT_NEAR(*micros[2].real_ns, 7250, 1e-9);  // it was written in us
  EXPECT_EQ(micros[2].bytes_per_s, 5e8);
  EXPECT_EQ(micros[3].problem, "no such file");
  EXPECT_FALSE(micros[3].real_ns);
}

TEST(ReadResults, SaysWhatIsNotUnderstood) {
  EXPECT_EQ(ErrorOf("x"), "x.json: not what Google Benchmark writes with --benchmark_format=json");
  EXPECT_EQ(ErrorOf("[]"), "x.json: not what Google Benchmark writes with --benchmark_format=json");
  EXPECT_EQ(ErrorOf(R"({"benchmarks":3})"),
            "x.json: not what Google Benchmark writes with --benchmark_format=json");
  EXPECT_EQ(ErrorOf(R"({"benchmarks":[{}]})"), "x.json: benchmark 0 '' has no name");
  EXPECT_EQ(ErrorOf(R"({"benchmarks":[{"name":"a","real_time":1,"cpu_time":1},{"name":"b"}]})"),
            "x.json: benchmark 1 'b' has no real_time or cpu_time");
  EXPECT_EQ(ErrorOf(R"({"benchmarks":[{"name":"a","time_unit":"min"}]})"),
            "x.json: benchmark 0 'a' has the time_unit 'min': there are ns, us, ms, s");
  EXPECT_EQ(ErrorOf(R"({"context":3,"benchmarks":[3]})"), "x.json: benchmark 0 '' has no name");
}

TEST(WriteResults, AreReadAsTheyWere) {
  record::Record record = samples::RecordOf(samples::CompleteRun());
  record.cells.clear();
  record.micros = Written();
  for (record::Micro& micro : record.micros)
    micro.program = "wsgilab";  // who wrote the file is its executable
  const auto again = ReadResults(WriteResults(record), "again.json");
  ASSERT_TRUE(again) << again.error().Text();
  EXPECT_EQ(TextOf(*again), TextOf(record.micros));
}

TEST(WriteResults, HaveTheCellsOfARun) {
  record::Record record = samples::RecordOf(samples::CompleteRun());
  std::erase_if(record.cells, [](const record::Cell& cell) { return cell.app != "flask_notes"; });
  record.micros = Written();
  golden::ExpectGolden(kTestdata + "/complete.json", WriteResults(record));
}

TEST(WriteResults, LeaveOutWhatWasNotMeasured) {
  const std::string text = WriteResults(samples::RecordOf(samples::FailingRun()));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("null")));
  EXPECT_THAT(text,
              testing::Not(testing::HasSubstr("engine/daemon/sub/lazy/django_accounts/latency")));
  EXPECT_TRUE(ReadResults(text, "failing.json"));
  EXPECT_TRUE(ReadResults(WriteResults({}), "nothing.json"));
}

TEST(WriteResults, HaveEveryBlockOfAnExperimentAsARepetition) {
  record::Record record;
  for (const int block : {1, 2}) {
    for (const char* arm : {"base", "candidate"}) {
      record::Sample sample;
      sample.experiment = "e";
      sample.block = block;
      sample.arm = arm;
      sample.values = {{"latency_p50_us", 100.0 + block},
                       {"cpu_us", 40},
                       {"requests_per_s", 2000},
                       {"ready_ms", 30},
                       {"pss_kib", 9000}};
      Add(record, sample);
    }
  }
  const auto written = ReadResults(WriteResults(record), "samples.json");
  ASSERT_TRUE(written) << written.error().Text();
  EXPECT_EQ(written->size(), 16U);  // memory is no time
  std::vector<record::Micro> of_base;
  for (const record::Micro& micro : *written) {
    if (micro.name == "e/base/latency_p50_us") of_base.push_back(micro);
    if (micro.name == "e/base/requests_per_s") {
      EXPECT_NEAR(*micro.real_ns, 500'000, 1e-6);
    }
    if (micro.name == "e/base/ready_ms") {
      EXPECT_EQ(micro.cpu_ns, 0);
    }
  }
  ASSERT_EQ(of_base.size(), 2U);
  EXPECT_EQ(of_base[1].repetition, 1);
  EXPECT_EQ(of_base[1].repetitions, 2);
  EXPECT_NEAR(*of_base[1].real_ns, 102'000, 1e-6);
  EXPECT_NEAR(*of_base[1].cpu_ns, 40'000, 1e-6);
}

TEST(WriteResults, StandWhateverARunBringsAlong) {
  EXPECT_TRUE(
      ReadResults(WriteResults(samples::RecordOf(samples::HostileRun(1000))), "hostile.json"));
}

}  // namespace reports::google_benchmark
