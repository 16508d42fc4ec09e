#include "reports/record/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <variant>

#include "reports/record/json.h"

namespace reports::record {

using testing::ElementsAre;
using testing::HasSubstr;

namespace {

const std::string kHeader = ToJsonLine(Header{}) + '\n';
const std::string kFooter = ToJsonLine(Footer{}) + '\n';

std::string CellLine(std::string_view outcome) {
  return R"({"type":"cell","cell":"c","host":"engine","process":"daemon","interpreter":"sub",)"
         R"("loading":"lazy","app":"hello","title":"Hello","outcome":")" +
         std::string(outcome) + "\"}\n";
}

}  // namespace

TEST(Reader, AWholeRecordIsComplete) {
  const auto record = ReadRecordText(kHeader + CellLine("ok") + kFooter, "r");
  ASSERT_TRUE(record) << record.error().Text();
  EXPECT_TRUE(record->complete);
  EXPECT_THAT(record->problems, ElementsAre());
  ASSERT_NE(FindCell(*record, "c"), nullptr);
  EXPECT_EQ(FindCell(*record, "d"), nullptr);
}

TEST(Reader, WithoutAFooterItIsReadableAndNotComplete) {
  const auto record = ReadRecordText(kHeader + CellLine("ok"), "r");
  ASSERT_TRUE(record);
  EXPECT_FALSE(record->complete);
  EXPECT_EQ(record->cells.size(), 1U);
}

TEST(Reader, ACutOffLastLineIsDropped) {
  const std::string cut_off = CellLine("ok").substr(0, 30);
  const auto record = ReadRecordText(kHeader + CellLine("ok") + cut_off, "r");
  ASSERT_TRUE(record);
  EXPECT_FALSE(record->complete);
  EXPECT_THAT(record->problems,
              ElementsAre("The last line (3) was cut off.",
                          "The run did not finish: its record ends without a footer."));
}

TEST(Reader, PointsOfTheCurveOverRequestsStandBesideEachOther) {
  const std::string begin = R"({"type":"resources","cell":"c","when":")";
  const auto record =
      ReadRecordText(kHeader + begin + R"(at_requests","requests":10,"pss_kib":1})" + '\n' + begin +
                         R"(at_requests","requests":100,"pss_kib":2})" + '\n' + begin +
                         R"(at_requests","requests":10,"pss_kib":3})" + '\n' + begin +
                         R"(after_load","requests":10,"pss_kib":4})" + '\n' + kFooter,
                     "r");
  ASSERT_TRUE(record) << record.error().Text();
  ASSERT_EQ(record->resources.size(), 3U);
  EXPECT_EQ(record->resources[0].pss_kib, 3) << "the later one of the same point stands";
  EXPECT_EQ(record->resources[1].pss_kib, 2);
  EXPECT_EQ(FindResources(*record, "c", When::AfterLoad)->pss_kib, 4);
}

TEST(Reader, ABadLineIsAnErrorWithFileAndLine) {
  const auto record = ReadRecordText(kHeader + CellLine("fine") + kFooter, "run/record.jsonl");
  ASSERT_FALSE(record);
  EXPECT_THAT(record.error().Text(),
              HasSubstr("run/record.jsonl:2: cell: outcome is \"fine\": not one of ok,"));
}

TEST(Reader, WhatIsNoRecordIsRefused) {
  EXPECT_EQ(ReadRecordText("", "r").error().Text(), "r:1: not a record: the file is empty");
  EXPECT_EQ(ReadRecordText(kFooter, "r").error().Text(),
            "r:1: not a record: the first line is no header");
  EXPECT_EQ(ReadRecordText("hello", "r").error().Text(), "r:1: not a line of JSON");
  Header later;
  later.schema = 2;
  EXPECT_EQ(ReadRecordText(ToJsonLine(later), "r").error().Text(),
            "r:1: a record of schema 2; this program reads schema 1");
}

TEST(Reader, AResumedRunReplacesItsCellsAndKeepsItsHeader) {
  Header resumed;
  resumed.command = "wsgilab run --resume";
  const auto record = ReadRecordText(
      kHeader + CellLine("timed_out") + ToJsonLine(resumed) + '\n' + CellLine("ok") + kFooter, "r");
  ASSERT_TRUE(record);
  ASSERT_EQ(record->cells.size(), 1U);
  EXPECT_EQ(record->cells[0].outcome, CellOutcome::Ok);
  EXPECT_EQ(record->header.command, "");
}

TEST(Reader, AResumedRunMakesUpForWhatHadBeenStopped) {
  Header resumed;
  resumed.started_at = 50;
  const std::string startup = R"({"type":"startup","cell":"d","ready_ms":7})"
                              "\n";
  const std::string missing =
      R"({"type":"not_measured","what":"1 cell of uwsgi","reason":"no","cells":1})"
      "\n";
  const std::string stopped =
      R"({"type":"not_measured","what":"d","reason":"the run was interrupted","stopped":"interrupted"})"
      "\n";
  const std::string rule = R"({"type":"rule","name":"n","expect":"e","standing":"left out"})"
                           "\n";
  const std::string before =
      kHeader + missing + CellLine("ok") + startup + stopped + rule + kFooter;
  const auto interrupted = ReadRecordText(before, "r");
  ASSERT_TRUE(interrupted) << interrupted.error().Text();
  EXPECT_EQ(interrupted->not_measured.at(1).stopped, Stopped::Interrupted);
  EXPECT_EQ(interrupted->rules.at(0).standing, RuleStanding::LeftOut);

  const auto begun_again = ReadRecordText(before + ToJsonLine(resumed) + '\n', "r");
  ASSERT_TRUE(begun_again);
  EXPECT_FALSE(begun_again->complete) << "the footer was of the part that ended";
  EXPECT_FALSE(begun_again->footer.has_value());
  EXPECT_THAT(begun_again->resumed_at, ElementsAre(50.0));
  EXPECT_EQ(FindStartup(*begun_again, "d"), nullptr) << "its cell had no end";
  ASSERT_EQ(begun_again->not_measured.size(), 1U);
  EXPECT_EQ(begun_again->not_measured.at(0).cells, 1);
  EXPECT_EQ(begun_again->cells.size(), 1U);
  EXPECT_TRUE(begun_again->rules.empty()) << "what they were held against is not all";
}

TEST(Reader, AResumedRunTriesAgainWhatWasNotTheHostsFault) {
  for (const auto& [outcome, cells] :
       {std::pair{"crashed", 1}, std::pair{"setup_failed", 0}, std::pair{"harness_fault", 0}}) {
    const std::string text = kHeader + CellLine(outcome) + kFooter;
    EXPECT_EQ(ReadRecordText(text, "r")->cells.size(), 1U);
    EXPECT_EQ(ReadRecordText(text + kHeader, "r")->cells.size(), static_cast<size_t>(cells))
        << outcome;
  }
}

TEST(Reader, AMergedRecordIsCompleteWhenItsPartsAre) {
  Header header;
  header.merged = {3, {{1, "a", 10, 5, true, {}}, {3, "c", 10, {}, false, {}}}};
  const auto record = ReadRecordText(ToJsonLine(header) + '\n' + kFooter, "r");
  ASSERT_TRUE(record) << record.error().Text();
  EXPECT_FALSE(record->complete);
  EXPECT_THAT(record->problems,
              ElementsAre("Shard 2 of 3 is missing.", "Shard 3 of 3 is not finished."));
}

// Records from before 28 November 2026 have no settings.
TEST(Reader, SettingsAreReadWhereTheyAre) {
  const auto before = ReadRecordText(kHeader + CellLine("ok") + kFooter, "r");
  ASSERT_TRUE(before);
  EXPECT_EQ(FindSettings(*before, "c"), nullptr);
  const std::string line =
      R"({"type":"settings","cell":"c","asked":{"processes":1,"threads":5,"keep_alive":true,)"
      R"("access_log":false},"found":{"at_once":16}})"
      "\n";
  const auto record = ReadRecordText(kHeader + line + kFooter, "r");
  ASSERT_TRUE(record) << record.error().Text();
  const Settings* settings = FindSettings(*record, "c");
  ASSERT_NE(settings, nullptr);
  EXPECT_EQ(settings->found.at_once, 16);
  EXPECT_EQ(settings->found.processes, std::nullopt);
}

TEST(Reader, AnUnknownTypeIsKept) {
  const auto record = ReadRecordText(kHeader + "{\"type\":\"weather\"}\n" + kFooter, "r");
  ASSERT_TRUE(record);
  EXPECT_TRUE(record->complete);
  ASSERT_EQ(record->unknown.size(), 1U);
}

// Records that programs of earlier versions wrote (kept/README.md): never edited, read for ever.
TEST(Reader, KeptRecordsAreReadAndNothingOfThemIsLost) {
  const std::filesystem::path kept = WSGILAB_REPORTS_FOLDER "/record/kept";
  std::set<std::string> types;
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kept)) {
    if (entry.path().extension() != ".jsonl") continue;
    ++files;
    const auto record = ReadRecord(entry.path());
    ASSERT_TRUE(record) << record.error().Text();
    EXPECT_TRUE(record->complete) << entry.path();
    std::ifstream lines(entry.path());
    for (std::string text; std::getline(lines, text);) {
      const auto written = nlohmann::json::parse(text);
      types.insert(written["type"].get<std::string>());
      const auto line = ParseLine(text);
      ASSERT_TRUE(line) << line.error().Text();
      EXPECT_FALSE(std::holds_alternative<UnknownLine>(*line)) << text;
      EXPECT_EQ(nlohmann::json::parse(ToJsonLine(*line)), written) << entry.path();
    }
  }
  EXPECT_EQ(files, 3) << "none was removed";
  EXPECT_THAT(types,
              testing::UnorderedElementsAre("header",
                                            "cell",
                                            "placement",
                                            "settings",
                                            "startup",
                                            "tour",
                                            "load",
                                            "resources",
                                            "check",
                                            "experiment",
                                            "sample",
                                            "micro",
                                            "interference",
                                            "not_measured",
                                            "footer"))
      << "the types of version 1";
}

}  // namespace reports::record
