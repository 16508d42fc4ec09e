#include "reports/junit/junit.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <vector>

#include "reports/characters/characters.h"
#include "reports/golden/golden.h"
#include "reports/record/reader.h"
#include "reports/samples/samples.h"

namespace reports::junit {

using ::testing::HasSubstr;
using ::testing::Not;

namespace {

// What is not as XML must be, or nothing: a reader of the few things that are written. Independent ones read the same files in
// harness/command/report_outputs_test.py; these here also see texts that no record could bring from a file.
std::string ProblemOf(std::string_view xml) {
  std::string_view rest = xml;
  while (!rest.empty()) {
    const characters::Character first = characters::First(rest);
    if (first.bytes == 0) return "not UTF-8";
    const bool is_space = first.value == '\n' || first.value == '\t' || first.value == '\r';
    if ((first.value < 0x20 && !is_space) || first.value == 0xFFFE || first.value == 0xFFFF)
      return "a character that XML does not have";
    rest.remove_prefix(first.bytes);
  }
  static const std::regex kTag(
      R"(<(/?)([a-z-]+)((?: [a-z]+="(?:[^<>&"\n\t]|&(?:amp|lt|gt|quot|#9|#10);)*")*)(/?)>)");
  constexpr std::string_view kEntities[] = {"&amp;", "&lt;", "&gt;"};
  constexpr std::string_view kDeclaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  if (!xml.starts_with(kDeclaration)) return "no declaration";
  std::vector<std::string> open;
  for (std::size_t at = kDeclaration.size(); at < xml.size();) {
    const std::size_t tag = std::min(xml.find('<', at), xml.size());
    for (std::size_t step = at; step < tag; ++step) {
      if (xml[step] == '>') return "> in a text";
      if (xml[step] == '&' && std::ranges::none_of(kEntities, [&](std::string_view entity) {
            return xml.substr(step).starts_with(entity);
          }))
        return "& in a text";
    }
    if (tag == xml.size()) break;
    const std::size_t end = xml.find('>', tag);
    if (end == std::string_view::npos) return "a tag without an end";
    const std::string whole(xml.substr(tag, end + 1 - tag));
    std::smatch parts;
    if (!std::regex_match(whole, parts, kTag)) return "no tag: " + whole;
    if (parts[1].length() > 0) {
      if (open.empty() || open.back() != parts[2].str()) return "closes what is not open: " + whole;
      open.pop_back();
    } else if (parts[4].length() == 0) {
      open.push_back(parts[2]);
    }
    at = end + 1;
  }
  return open.empty() ? "" : "left open: " + open.back();
}

std::string Junit(const std::vector<record::Line>& lines) {
  return RenderJunit(samples::RecordOf(lines));
}

}  // namespace

TEST(Junit, TheRunsAreAsTheyWere) {
  const std::filesystem::path folder = WSGILAB_JUNIT_FOLDER "/testdata";
  golden::ExpectGolden(folder / "complete.xml", Junit(samples::CompleteRun()));
  golden::ExpectGolden(folder / "failing.xml", Junit(samples::FailingRun()));
}

TEST(Junit, TheSameRecordGivesTheSameBytes) {
  EXPECT_EQ(Junit(samples::FailingRun()), Junit(samples::FailingRun()));
}

TEST(Junit, AnEmptyRecordIsAnErrorAndNoEmptyFile) {
  const std::string xml = RenderJunit({});
  EXPECT_EQ(ProblemOf(xml), "");
  EXPECT_THAT(xml, HasSubstr("<error type=\"nothing_measured\""));
}

TEST(Junit, FailuresErrorsAndSkipsAreTold) {
  const std::string xml = Junit(samples::FailingRun());
  EXPECT_THAT(xml, HasSubstr("<error type=\"crashed\" message=\"process 4170 of group"));
  EXPECT_THAT(xml, HasSubstr("Fatal Python error: Segmentation fault"));
  EXPECT_THAT(xml,
              HasSubstr("<failure type=\"failed\" message=\"Expected isolated, found shared."));
  EXPECT_THAT(xml, HasSubstr("<skipped type=\"not_offered\""));
  EXPECT_THAT(xml, HasSubstr("name=\"isolation/crash [INTERP-8] (two daemon groups)\""));
}

TEST(Junit, TheRulesOfAGateAreASuite) {
  const std::string xml = Junit(samples::ComparisonRun());
  EXPECT_THAT(xml, HasSubstr(" name=\"rules\" "));
  EXPECT_THAT(xml, HasSubstr("<failure type=\"broken\" message=\"broken: engine/embedded/main"));
  EXPECT_THAT(xml, HasSubstr("<skipped type=\"left out\" message=\"left out: this run has no"));
}

TEST(Junit, TwoOfOneNameStayTwo) {
  record::Record record;
  record::Check check;
  check.suite = "hosting";
  check.check = std::string(1000, 'x');  // is cut: so are the others
  for (int count = 0; count < 3; ++count)
    Add(record, check);
  const std::string xml = RenderJunit(record);
  EXPECT_THAT(xml, HasSubstr("(1,000 bytes)\" time"));
  EXPECT_THAT(xml, HasSubstr("(1,000 bytes) (2)\" time"));
  EXPECT_THAT(xml, HasSubstr("(1,000 bytes) (3)\" time"));
}

TEST(Junit, HostileTextStaysTextAndTheFileShort) {
  const std::string xml = Junit(samples::HostileRun(1 << 18));
  EXPECT_EQ(ProblemOf(xml), "");
  EXPECT_THAT(xml, Not(HasSubstr("<script")));
  EXPECT_THAT(xml, HasSubstr("bytes)"));
  EXPECT_LT(xml.size(), 1'000'000U);
}

TEST(Junit, ManyLongTranscriptsStayWithinWhatIsRead) {
  record::Record record;
  record::Check check;
  check.outcome = record::CheckOutcome::Failed;
  check.transcript = std::string(30'000, '<');  // of which each becomes four
  for (int count = 0; count < 2000; ++count) {
    check.check = fmt::format("check {}", count);
    Add(record, check);
  }
  const std::string xml = RenderJunit(record);
  EXPECT_LT(xml.size(), 10'000'000U);
  EXPECT_THAT(xml, HasSubstr("(30,000 bytes)"));
}

TEST(Junit, AnyBytesAreWellFormed) {
  for (std::uint32_t seed = 0; seed < 30; ++seed)
    EXPECT_EQ(ProblemOf(RenderJunit(samples::AnyBytes(seed))), "") << seed;
}

}  // namespace reports::junit
