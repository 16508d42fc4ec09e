#include "reports/record/json.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <limits>

namespace reports::record {

namespace {

std::string ErrorOf(std::string_view text) {
  const auto line = ParseLine(text);
  return line ? "" : line.error().message;
}

}  // namespace

TEST(Json, ALineSurvivesWritingAndReading) {
  Load load;
  load.cell = "engine/daemon/sub/preload/hello";
  load.loop = Loop::Open;
  load.connections = 8;
  load.rate_per_s = 250.5;
  load.latency_us.p50 = 123.25;
  load.histogram = {{100, 7}, {200.5, 1}};
  load.generator = {0.31, 12.5, GeneratorState::Verified, std::nullopt};
  const std::string text = ToJsonLine(load);
  const auto line = ParseLine(text);
  ASSERT_TRUE(line) << line.error().Text();
  const auto& read = std::get<Load>(*line);
  EXPECT_EQ(read.loop, Loop::Open);
  EXPECT_EQ(read.rate_per_s, 250.5);
  EXPECT_EQ(read.latency_us.p50, 123.25);
  EXPECT_EQ(read.latency_us.p999, std::nullopt);
  ASSERT_EQ(read.histogram.size(), 2U);
  EXPECT_EQ(read.histogram[1].value_us, 200.5);
  EXPECT_EQ(ToJsonLine(*line), text);
}

TEST(Json, TheHeaderHoldsTheDeviationsOfAHost) {
  Header header;
  header.run = "r";
  HostVersion host;
  host.name = "engine";
  host.deviations = {{"EXP-6", "on purpose", "the client's port", "none", "a client is a client"},
                     {"GIL-2", std::string(kNotYet), "its own", "not granted", "not yet"}};
  host.gils = {"shared", "off"};
  header.hosts = {host};
  const std::string text = ToJsonLine(header);
  const auto line = ParseLine(text);
  ASSERT_TRUE(line) << line.error().Text();
  const auto& read = std::get<Header>(*line).hosts.at(0).deviations;
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read[0].rule, "EXP-6");
  EXPECT_EQ(read[0].theirs, "the client's port");
  EXPECT_EQ(read[1].kind, kNotYet);
  EXPECT_TRUE(std::get<Header>(*line).hosts.at(0).can_run_without_gil());
  EXPECT_EQ(ToJsonLine(*line), text);
}

TEST(Json, AHeaderFromBeforeTheDeviationsIsRead) {
  Header header;
  header.hosts = {{"engine", "0.1.0", {}, {}, {}}};
  const std::string text = ToJsonLine(header);
  EXPECT_EQ(text.find("deviations"), std::string::npos);
  const auto line = ParseLine(text);
  ASSERT_TRUE(line) << line.error().Text();
  EXPECT_TRUE(std::get<Header>(*line).hosts.at(0).deviations.empty());
}

TEST(Json, TypeComesFirstAndWhatIsAbsentIsLeftOut) {
  Startup startup;
  startup.cell = "c";
  startup.ready_ms = 80.5;
  EXPECT_EQ(ToJsonLine(startup), R"({"type":"startup","cell":"c","ready_ms":80.5})");
}

TEST(Json, ANumberThatIsNotFiniteIsLeftOut) {
  Startup startup;
  startup.cell = "c";
  startup.import_ms = std::numeric_limits<double>::quiet_NaN();
  startup.first_request_ms = std::numeric_limits<double>::infinity();
  EXPECT_EQ(ToJsonLine(startup), R"({"type":"startup","cell":"c"})");
}

TEST(Json, AMicroBenchmarkIsALineForEachRepetition) {
  Micro micro;
  micro.name = "ParseHead/4096";
  micro.program = "benchmark_requests";
  micro.repetition = 2;
  micro.real_ns = 812.5;
  const std::string text = ToJsonLine(micro);
  EXPECT_EQ(text,
            R"({"type":"micro","name":"ParseHead/4096","program":"benchmark_requests",)"
            R"("repetition":2,"real_ns":812.5})");
  const auto line = ParseLine(text);
  ASSERT_TRUE(line) << line.error().Text();
  EXPECT_EQ(std::get<Micro>(*line).real_ns, 812.5);

  Record record;
  Add(record, micro);
  Add(record, *line);  // a resumed run measured it again: the same repetition
  EXPECT_EQ(record.micros.size(), 1U);
  micro.repetition = 3;
  Add(record, micro);
  EXPECT_EQ(record.micros.size(), 2U);
}

TEST(Json, HostileTextStaysOneLineOfUtf8) {
  NotMeasured line{"line\nbreak\x01 \xff\xfe", std::string("nul\0 after", 10)};
  const std::string text = ToJsonLine(line);
  EXPECT_EQ(text.find('\n'), std::string::npos);
  const auto read = ParseLine(text);
  ASSERT_TRUE(read);
  EXPECT_EQ(std::get<NotMeasured>(*read).what, "line\nbreak\x01 \uFFFD\uFFFD");
  EXPECT_EQ(std::get<NotMeasured>(*read).reason, line.reason);
}

TEST(Json, ErrorsNameTheMember) {
  EXPECT_EQ(ErrorOf("{"), "not a line of JSON");
  EXPECT_EQ(ErrorOf("[]"), "not a JSON object");
  EXPECT_EQ(ErrorOf("{}"), "type is missing");
  EXPECT_EQ(ErrorOf(R"({"type":"not_measured","what":"x"})"), "not_measured: reason is missing");
  EXPECT_EQ(ErrorOf(R"({"type":"startup","cell":"c","ready_ms":"soon"})"),
            "startup: ready_ms is not a number");
  EXPECT_EQ(ErrorOf(R"({"type":"tour","cell":"c","passed":1})"),
            "tour: passed is not true or false");
  EXPECT_EQ(ErrorOf(R"({"type":"resources","cell":"c","when":"later"})"),
            "resources: when is \"later\": not one of ready, after_first_request, after_load, "
            "at_requests");
  EXPECT_EQ(ErrorOf(R"({"type":"resources","cell":"c","when":"ready","processes":[{"pid":1}]})"),
            "resources: processes [0] role is missing");
}

TEST(Json, ANumberThatDoesNotFitIsRefused) {
  const auto footer = [](std::string_view code) {
    return fmt::format(
        R"({{"type":"footer","finished_at":1,"seconds":1,"verdict":"","cells":{{}},"checks":{{}},"exit_code":{}}})",
        code);
  };
  EXPECT_EQ(ErrorOf(footer("3")), "");
  EXPECT_EQ(ErrorOf(footer("3.5")), "footer: exit_code is not a whole number");
  EXPECT_EQ(ErrorOf(footer("4294967296")), "footer: exit_code is too large");
  EXPECT_EQ(ErrorOf(footer("18446744073709551615")), "footer: exit_code is too large");
}

TEST(Json, AnUnknownTypeIsKeptAsItIs) {
  const std::string text = R"({"type":"weather","sky":"grey"})";
  const auto line = ParseLine(text);
  ASSERT_TRUE(line);
  EXPECT_EQ(std::get<UnknownLine>(*line).type, "weather");
  EXPECT_EQ(ToJsonLine(*line), text);
}

TEST(Json, NestingWithoutEndIsNotFatal) {
  EXPECT_NE(ErrorOf(std::string(100'000, '[')), "");
  EXPECT_NE(ErrorOf(std::string(100'000, '[') + std::string(100'000, ']')), "");
}

}  // namespace reports::record
