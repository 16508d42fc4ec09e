#include "reports/html/html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <string>
#include <vector>

#include "reports/golden/golden.h"
#include "reports/html/assets.h"
#include "reports/record/reader.h"
#include "reports/samples/samples.h"

namespace reports::html {

using ::testing::HasSubstr;
using ::testing::Not;

namespace {

// The page without what every page carries, one element a line: what a person can review.
std::string Stripped(std::string page) {
  for (const Asset& asset : {kStyle, kCharts, kFilters, kChartLibrary}) {
    const std::size_t at = page.find(asset.text);
    if (at != std::string::npos) page.replace(at, asset.text.size(), "...");
    const std::size_t hash = page.find(asset.hash);
    if (hash != std::string::npos) page.replace(hash, asset.hash.size(), "sha256-...");
  }
  return std::regex_replace(
      page, std::regex("<(section|tr|li|figure|details|dl|h1|p|script|style)\\b"), "\n<$1");
}

std::string Page(const std::vector<record::Line>& lines) {
  const auto page = RenderHtml(samples::RecordOf(lines));
  EXPECT_TRUE(page);
  return page ? *page : "";
}

std::size_t CountOf(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos;
       at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

}  // namespace

// A section each in a file of its own, and what stands before them.
void ExpectParts(const std::string& sample,
                 const std::vector<record::Line>& lines,
                 const std::vector<std::string>& parts) {
  const std::string page = Stripped(Page(lines));
  const auto folder = std::filesystem::path(WSGILAB_REPORTS_FOLDER "/html/testdata") / sample;
  for (const std::string& part : parts) {
    const std::string begins = part == "top" ? "<!DOCTYPE" : "\n<section id=\"" + part + "\"";
    const std::size_t from = page.find(begins);
    ASSERT_NE(from, std::string::npos) << part;
    const std::size_t to = page.find(part == "top" ? "<main" : "</section>\n", from);
    golden::ExpectGolden(folder / (part + ".html"), page.substr(from, to - from) + "\n");
  }
}

TEST(Html, TheFailingRunIsAsItWas) {
  ExpectParts("failing",
              samples::FailingRun(),
              {"top",
               "failed",
               "findings",
               "isolation",
               "placement",
               "latency",
               "throughput",
               "cold-start",
               "memory",
               "interference",
               "checks",
               "not-measured",
               "cells",
               "load",
               "deviations",
               "reproduce"});
}

TEST(Html, TheComparisonIsAsItWas) {
  ExpectParts(
      "comparison", samples::ComparisonRun(), {"top", "rules", "experiments", "latency", "micro"});
}

TEST(Html, TheCheckIsAsItWas) {
  ExpectParts("check", samples::CheckRun(), {"top", "modes", "together", "imports", "answers"});
}

TEST(Html, TheHostsAreAsTheyWere) {
  ExpectParts("hosts", samples::HostsRun(12, 0), {"hosts", "checks"});
}

TEST(Html, TwoPythonsAreAsTheyWere) {
  ExpectParts("pythons", samples::PythonsRun(), {"top", "upgrade", "imports", "interference"});
}

TEST(Html, TheSameRecordGivesTheSameBytes) {
  for (const auto& lines : {samples::FailingRun(),
                            samples::PythonsRun(),
                            samples::CheckRun(),
                            samples::ComparisonRun(),
                            samples::HostsRun(10, 0)}) {
    const auto record = samples::RecordOf(lines);
    EXPECT_EQ(*RenderHtml(record), *RenderHtml(record));
  }
}

TEST(Html, NothingIsFetched) {
  const std::string page = Stripped(Page(samples::CompleteRun()));
  EXPECT_THAT(page, Not(HasSubstr("src=")));
  EXPECT_THAT(page, Not(HasSubstr("http:")));
  EXPECT_THAT(page, Not(HasSubstr("https:")));
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
}

TEST(Html, EveryApplicationHasAFigureOfEveryKindWithItsTable) {
  const std::string page = Stripped(Page(samples::CompleteRun()));
  EXPECT_EQ(CountOf(page, "<figure"),
            4U * 11 + 2 + 1);  // and two curves of memory, and interference
  EXPECT_EQ(CountOf(page, "<figure"), CountOf(page, "</figure>"));
  EXPECT_THAT(page, HasSubstr("4 applications in 8 hosting modes: all 32 cells work."));
}

TEST(Html, SaysWhetherThereWasAGilBeforeTheImportAndAfter) {
  auto record = samples::RecordOf(samples::CompleteRun());
  ASSERT_FALSE(record.placements.empty());
  auto& found = record.placements.front().found;
  found.gil_before_import = "off";
  EXPECT_THAT(*RenderHtml(record), HasSubstr("<dd>shared, off until its script was imported</dd>"));
  found.gil = "off";
  EXPECT_THAT(*RenderHtml(record),
              HasSubstr("<dd>off, before its script was imported and after</dd>"));
}

TEST(Html, ACutOffRunSaysWhatIsMissing) {
  const auto record = record::ReadRecordText(samples::CutOffText(), "cut_off");
  ASSERT_TRUE(record);
  const auto page = RenderHtml(*record);
  ASSERT_TRUE(page);
  EXPECT_THAT(*page, HasSubstr("The run is not finished: 9 of 32 cells are there"));
  EXPECT_THAT(*page, HasSubstr("the run ended before it"));
}

TEST(Html, AComparisonHasItsArmsItsFindingsAndItsControls) {
  record::Record record;
  record::Experiment plan;
  plan.experiment = "after against before";
  plan.blocks = 10;
  plan.windows = 4;
  plan.window_ms = 100;
  plan.margin = 0.02;
  plan.alpha = 0.05;
  plan.arms = {
      {"base",
       record::ArmRole::Baseline,
       "engine",
       "daemon/main/lazy",
       "hello",
       "engine 1",
       {},
       {}},
      {"candidate",
       record::ArmRole::Candidate,
       "engine",
       "daemon/main/lazy",
       "hello",
       "engine <2>",
       {},
       {}},
      {"twin", record::ArmRole::Twin, "engine", "daemon/main/lazy", "hello", "engine 1", {}, {}}};
  Add(record, plan);
  for (int block = 1; block <= plan.blocks; ++block) {
    for (const record::Arm& arm : plan.arms) {
      record::Sample sample;
      sample.experiment = plan.experiment;
      sample.block = block;
      sample.arm = arm.name;
      sample.values = {{"latency_p50_us", arm.name == "candidate" ? 120.0 + block : 100.0 + block}};
      Add(record, sample);
    }
  }
  const auto rendered = RenderHtml(record);
  ASSERT_TRUE(rendered);
  const std::string page = Stripped(*rendered);
  EXPECT_THAT(page, HasSubstr("Against each other"));
  EXPECT_THAT(page, HasSubstr("latency p50"));
  EXPECT_THAT(page, HasSubstr("regressed"));
  EXPECT_THAT(page, HasSubstr("engine &lt;2&gt;"));
  EXPECT_THAT(page, HasSubstr("a delay that must be found"));
  EXPECT_THAT(page, HasSubstr("1 comparison of two sides: 1 metric regressed."));
}

TEST(Html, ShardsAndTheirMachinesAreFacts) {
  auto lines = samples::CompleteRun();
  auto& header = std::get<record::Header>(lines.front());
  header.shard = {2, 3, header.plan};
  EXPECT_THAT(Page(lines), HasSubstr("<dt>Shards</dt><dd>2 of 3</dd>"));
  record::Machine other = header.machine;
  other.cpu = "Other CPU";
  header.merged = {3, {{1, "a", 0, 90, true, header.machine}, {3, "c", 0, {}, false, other}}};
  header.shard.reset();
  const std::string page = Page(lines);
  EXPECT_THAT(page, HasSubstr("<dt>Shards</dt><dd>2 of 3 merged; 1: "));
  EXPECT_THAT(page, HasSubstr("3: cut off, not finished, Other CPU"));
  EXPECT_THAT(page, HasSubstr("Shard 2 of 3 is missing."));
}

TEST(Html, ARunThatWasGoneOnWithSaysWhen) {
  auto lines = samples::CompleteRun();
  record::Header resumed = std::get<record::Header>(lines.front());
  resumed.started_at += 3600;
  lines.insert(lines.begin() + 1, resumed);
  EXPECT_THAT(Page(lines), HasSubstr("<dt>Gone on with</dt>"));
  EXPECT_THAT(Page(samples::CompleteRun()), Not(HasSubstr("Gone on with")));
}

TEST(Html, TheDeviationsOfTheEngineAreFoldedAway) {
  const std::string page = Stripped(Page(samples::CompleteRun()));
  EXPECT_THAT(page, HasSubstr("Where wsgilab-host differs from mod_wsgi, on purpose</h2>"));
  EXPECT_THAT(page, HasSubstr("<details><summary>2 differences: what mod_wsgi does"));
  EXPECT_THAT(page, HasSubstr("<details><summary>1 more: not as mod_wsgi yet"));
  EXPECT_THAT(page, HasSubstr("<td>numbers are read loosely: <code>threads=abc</code> is 0</td>"));
  EXPECT_THAT(page, HasSubstr("<a href=\"#deviations\">"));
}

TEST(Html, WithoutTheEngineThereIsNothingToDeviate) {
  std::vector<record::Line> lines = samples::CompleteRun();
  std::get<record::Header>(lines.front()).hosts = {{"gunicorn", "20.1.0", {}, {}, {}}};
  EXPECT_THAT(Stripped(Page(lines)), Not(HasSubstr("differs from mod_wsgi")));
}

TEST(Html, ChecksOfSeveralHostsStandSideBySide) {
  EXPECT_THAT(Stripped(Page(samples::CompleteRun())), Not(HasSubstr("Hosts side by side")));
  const auto check_of = [](const std::string& host, const std::string& mode) {
    record::Check check;
    check.suite = "http1";
    check.check = "Suite/Shapes.Row/HostTwice_" + std::regex_replace(mode, std::regex("/"), "_");
    if (host != "engine") check.host = host;
    check.rule = "RFC 9112, 3.2";
    check.mode = mode;
    check.title = "two Hosts";
    check.outcome = record::CheckOutcome::Passed;
    return check;
  };
  record::Check failed = check_of("granian", "embedded/main");
  failed.outcome = record::CheckOutcome::ExpectedFailure;
  failed.observed = "200";
  failed.transcript = "--> sent\nGET / HTTP/1.1";
  record::Check not_applicable = check_of("granian", "daemon/main");
  not_applicable.outcome = record::CheckOutcome::NotApplicable;
  const std::string page = Stripped(Page({record::Header{},
                                          check_of("engine", "embedded/main"),
                                          check_of("engine", "daemon/main"),
                                          not_applicable,
                                          failed}));
  EXPECT_THAT(page, HasSubstr("Hosts side by side"));
  EXPECT_EQ(CountOf(page, "<p class=\"muted\">in 2 of 2 places"), 1U) << page;
  EXPECT_EQ(CountOf(page, "<p class=\"muted\">in 1 of 2 places"), 1U);
  EXPECT_THAT(page, HasSubstr("GET / HTTP/1.1</pre>"));
  EXPECT_THAT(page, HasSubstr("found 200"));
  EXPECT_THAT(page, HasSubstr("expected failure</summary>"));
  // Nor behind what was skipped, or before what passed.
  record::Check skipped = not_applicable;
  skipped.outcome = record::CheckOutcome::Skipped;
  for (const auto& [first, second] : {std::pair{skipped, failed}, std::pair{failed, skipped}}) {
    EXPECT_THAT(
        Stripped(Page({record::Header{}, check_of("engine", "daemon/main"), first, second})),
        HasSubstr("expected failure</summary>"));
  }
  // One that nobody expects comes before one that is expected.
  record::Check unexpected = failed;
  unexpected.mode = "daemon/main";
  unexpected.outcome = record::CheckOutcome::TimedOut;
  EXPECT_THAT(
      Stripped(Page({record::Header{}, check_of("engine", "daemon/main"), failed, unexpected})),
      HasSubstr("timed out</summary>"));
}

TEST(Html, HostileTextStaysText) {
  const std::string page = Page(samples::HostileRun(1 << 20));
  const std::string rest = Stripped(page);
  EXPECT_EQ(CountOf(rest, "<script"), 3U);
  EXPECT_EQ(CountOf(rest, "</script"), 3U);
  EXPECT_EQ(CountOf(rest, "<style"), 1U);
  EXPECT_EQ(CountOf(rest, "<title"), 1U);
  for (const std::string_view part :
       {"<img", "<!--", "onerror=\"", "\u2028", "\u202e", "\x1b", "\x07"}) {
    EXPECT_EQ(rest.find(part), std::string::npos) << part;
  }
  EXPECT_LT(page.size(), 3'000'000U);
}

TEST(Html, WhatIsTooMuchIsShownInLessDetailAndThePageSaysSo) {
  const auto record = samples::RecordOf(samples::HostsRun(100, 2500));
  const auto page_of = [&](std::size_t bytes) {
    const auto page = RenderHtml(record, {.bytes = bytes});
    EXPECT_TRUE(page);
    return page ? Stripped(*page) : "";
  };
  const auto has = [](const std::string& page, std::string_view text) {
    return page.find(text) != std::string::npos;  // a page is no message for a person
  };
  const std::string whole = page_of(10'000'000);
  const std::string grouped = page_of(whole.size() * 9 / 10);
  const std::string compact = page_of(grouped.size() * 9 / 10);
  const std::string least = page_of(compact.size() * 9 / 10);
  const std::string notes = page_of(5000);
  EXPECT_LT(grouped.size(), whole.size() * 9 / 10);
  EXPECT_LT(compact.size(), grouped.size() * 9 / 10);
  EXPECT_LT(least.size(), compact.size() * 9 / 10);
  EXPECT_LT(notes.size(), 15'000U);
  // All names are there while there is room for them, and the counts as long.
  EXPECT_FALSE(has(whole, " (8 passed)"));
  EXPECT_TRUE(has(grouped, " (8 passed)"));
  EXPECT_TRUE(has(compact, " (8 passed)"));
  EXPECT_FALSE(has(least, " (8 passed)"));
  EXPECT_TRUE(has(least, "<td>200</td>"));
  EXPECT_FALSE(has(whole, "class=\"left-out\""));
  EXPECT_TRUE(has(notes, "Left out: this part alone would take "));
}

TEST(Html, FailuresBeyondWhatFitsAreCounted) {
  std::vector<record::Line> lines{record::Header{}};
  for (int index = 0; index < 600; ++index) {
    record::Check check;
    check.check = check.title = "check " + std::to_string(index);
    check.outcome = record::CheckOutcome::Failed;
    lines.emplace_back(check);
  }
  const auto page = RenderHtml(samples::RecordOf(lines), {.bytes = 75'000});
  ASSERT_TRUE(page);
  EXPECT_NE(page->find("400 checks more left out here"), std::string::npos);
}

TEST(Html, EverySectionIsInTheNavigation) {
  const std::regex begins("<section id=\"([a-z-]+)\"");
  for (const auto& lines :
       {samples::FailingRun(), samples::ComparisonRun(), samples::HostsRun(10, 0)}) {
    const std::string page = Stripped(Page(lines));
    const std::string navigation =
        page.substr(page.find("<nav"), page.find("</nav>") - page.find("<nav"));
    for (auto found = std::sregex_iterator(page.begin(), page.end(), begins);
         found != std::sregex_iterator();
         ++found) {
      EXPECT_THAT(navigation, HasSubstr("href=\"#" + (*found)[1].str() + "\""));
    }
  }
}

TEST(Html, LinesOfANewerProgramAreCounted) {
  auto lines = samples::HostsRun(1, 0);
  lines.emplace_back(record::UnknownLine{"dream", R"({"type":"dream","of":"sheep"})"});
  EXPECT_NE(Page(lines).find("1 line of types that this version does not know (dream) not shown."),
            std::string::npos);
}

TEST(Html, AnEmptyRecordIsRefused) {
  const auto page = RenderHtml(record::Record{});
  ASSERT_FALSE(page);
  EXPECT_THAT(page.error().message, HasSubstr("the record is empty"));
}

}  // namespace reports::html
