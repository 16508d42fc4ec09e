#include "reports/github/annotations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

#include "reports/golden/golden.h"
#include "reports/samples/samples.h"

namespace reports::github {

using ::testing::HasSubstr;

namespace {

std::string Annotations(const std::vector<record::Line>& lines) {
  return RenderAnnotations(samples::RecordOf(lines));
}

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

// Every line is one command of ours, however long: checked by hand, as std::regex calls itself for each character.
void ExpectCommands(const std::string& text) {
  for (const std::string& line : LinesOf(text)) {
    EXPECT_LT(line.size(), 16'000U);
    EXPECT_EQ(line.find('\r'), std::string::npos);
    const std::size_t end = line.find("::", 2);
    ASSERT_NE(end, std::string::npos) << line;
    const std::regex properties("::(error|warning|notice) (file=[^:,]+,line=[0-9]+,)?title=[^:,]*");
    EXPECT_TRUE(std::regex_match(line.substr(0, end), properties)) << line.substr(0, end);
  }
}

}  // namespace

TEST(Annotations, TheRunsAreAsTheyWere) {
  const std::filesystem::path folder = WSGILAB_GITHUB_FOLDER "/testdata";
  golden::ExpectGolden(folder / "failing.txt", Annotations(samples::FailingRun()));
}

TEST(Annotations, AGoodRunSaysSo) {
  EXPECT_EQ(Annotations(samples::CompleteRun()),
            "::notice title=wsgilab::4 applications in 8 hosting modes: all 32 cells work.\n");
}

TEST(Annotations, ATracebackHasItsPlace) {
  EXPECT_THAT(Annotations(samples::FailingRun()),
              HasSubstr("::error file=apps/flask_notes/notes/views.py,line=71,title=failed%3A "
                        "engine/daemon/main/lazy%3A flask_notes::the tour failed at"));
}

TEST(Annotations, TheTenthSaysHowManyMore) {
  record::Record record;
  for (int count = 0; count < 25; ++count) {
    record::Check check;
    check.check = "check " + std::to_string(count);
    check.outcome = record::CheckOutcome::Failed;
    Add(record, std::move(check));
  }
  std::vector<std::string> lines = LinesOf(RenderAnnotations(record));
  EXPECT_EQ(std::ranges::count_if(lines, [](auto& line) { return line.starts_with("::error "); }),
            10);
  EXPECT_EQ(lines[9],  // besides them, that the record has no end and nothing has passed
            "::error title=18 more::They are not shown here: the report of the run has them all.");
}

TEST(Annotations, WhatIsACommandOrAPropertyElsewhereIsEscaped) {
  record::Record record;
  record::Check check;
  check.check = "a,b::c%";
  check.title = "100 %\n::error::forged\r\n";
  check.outcome = record::CheckOutcome::Failed;
  Add(record, std::move(check));
  const std::string text = RenderAnnotations(record);
  EXPECT_THAT(text, HasSubstr("a%2Cb%3A%3Ac%25::100 %25%0A::error::forged"));
  ExpectCommands(text);
}

TEST(Annotations, HostileTextStaysText) {
  ExpectCommands(Annotations(samples::HostileRun(1 << 16)));
}

TEST(Annotations, AnyBytesAreCommands) {
  for (std::uint32_t seed = 0; seed < 20; ++seed)
    ExpectCommands(RenderAnnotations(samples::AnyBytes(seed)));
}

}  // namespace reports::github
