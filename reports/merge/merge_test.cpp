#include "reports/merge/merge.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "reports/plan/digest.h"
#include "reports/plan/sharding.h"
#include "reports/record/json.h"
#include "reports/samples/samples.h"
#include "reports/tally/tally.h"

namespace reports::merge {
namespace {

using record::Check;
using record::Footer;
using record::Header;
using record::Line;
using record::NotMeasured;
using record::Record;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string HostOf(const Check& check) {
  return check.host.value_or("engine");
}

// The plan of a run that was done, as it would have written it itself.
void Plan(std::vector<Line>& lines) {
  auto& header = std::get<Header>(lines.front());
  std::map<std::string, std::vector<std::string>> checks;
  for (const Line& line : lines) {
    if (const auto* check = std::get_if<Check>(&line))
      checks[HostOf(*check)].push_back(check->check);
    const auto* cell = std::get_if<record::Cell>(&line);
    if (cell == nullptr || cell->outcome != record::CellOutcome::NotOffered) continue;
    std::erase(header.plan.cells, cell->cell);
    header.plan.not_offered.push_back(cell->cell);
  }
  for (const auto& [host, names] : checks)
    header.plan.checks.push_back({host, static_cast<int>(names.size()), plan::DigestOf(names)});
  header.plan.digest = plan::DigestOf(header.plan, header);
}

// What one shard of that run would have written.
std::vector<Line> ShardOf(const std::vector<Line>& whole, int index, int count) {
  std::vector<Line> lines;
  auto header = std::get<Header>(whole.front());
  header.shard = {index, count, header.plan};
  const auto of_shard = [&](const std::vector<std::string>& ids) {
    auto all = header.shard->whole.cells;
    const auto& not_offered = header.shard->whole.not_offered;
    all.insert(all.end(), not_offered.begin(), not_offered.end());
    const auto share = plan::CellsOf({index, count}, all);
    std::vector<std::string> own;
    std::ranges::copy_if(ids, std::back_inserter(own), [&](const std::string& id) {
      return std::ranges::find(share, id) != share.end();
    });
    return own;
  };
  header.plan.cells = of_shard(header.plan.cells);
  header.plan.not_offered = of_shard(header.plan.not_offered);
  std::map<std::string, std::vector<std::string>> checks;
  for (const Line& line : whole) {
    if (const auto* check = std::get_if<Check>(&line))
      checks[HostOf(*check)].push_back(check->check);
  }
  header.plan.checks.clear();
  std::map<std::string, std::set<std::string>> own_checks;
  for (const auto& [host, names] : checks) {
    const auto own = plan::ChecksOf({index, count}, names);
    header.plan.checks.push_back({host, static_cast<int>(own.size()), plan::DigestOf(own)});
    own_checks[host] = {own.begin(), own.end()};
  }
  header.command += " --shard " + std::to_string(index) + "/" + std::to_string(count);
  header.run = "shard" + std::to_string(index);
  header.started_at += index;
  std::set<std::string> cells(header.plan.cells.begin(), header.plan.cells.end());
  cells.insert(header.plan.not_offered.begin(), header.plan.not_offered.end());
  lines.emplace_back(header);
  Footer footer;
  for (const Line& line : whole) {
    if (std::holds_alternative<Header>(line)) continue;
    if (const auto* check = std::get_if<Check>(&line)) {
      if (own_checks[HostOf(*check)].contains(check->check)) lines.push_back(line);
    } else if (const auto* its = std::get_if<Footer>(&line)) {
      footer = *its;
    } else {
      const std::string cell(record::CellOf(line));
      if (cell.empty() || cells.contains(cell)) lines.push_back(line);
    }
  }
  Footer own = tally::FooterOf(samples::RecordOf(lines));
  own.finished_at = footer.finished_at + index;
  own.seconds = 10;
  own.left_behind = {"process " + std::to_string(index)};
  lines.emplace_back(own);
  return lines;
}

std::vector<Line> WholeRun() {
  auto lines = samples::FailingRun();
  int number = 0;
  for (Line& line : lines) {  // a program of checks has each name once
    if (auto* check = std::get_if<Check>(&line)) check->check += "/" + std::to_string(++number);
  }
  Plan(lines);
  return lines;
}

ShardRecord Named(std::string name, std::vector<Line> lines) {
  return {std::move(name), {std::move(lines), {}, {}}};
}

std::vector<ShardRecord> AllShards(const std::vector<Line>& whole, int count) {
  std::vector<ShardRecord> shards;
  for (int index = 1; index <= count; ++index)
    shards.push_back(Named("r" + std::to_string(index), ShardOf(whole, index, count)));
  return shards;
}

std::string TextOf(const hosts::base::Result<std::vector<Line>>& merged) {
  EXPECT_TRUE(merged) << merged.error().Text();
  return merged ? samples::TextOf(*merged) : std::string();
}

std::string ErrorOf(std::vector<ShardRecord> records, Missing missing = Missing::Refused) {
  const auto merged = Merge(std::move(records), {"merged", missing});
  return merged ? "it was merged" : merged.error().Text();
}

std::multiset<std::string> TextsOf(const std::vector<Line>& lines) {
  std::multiset<std::string> texts;
  for (const Line& line : lines) {
    if (!std::holds_alternative<Header>(line) && !std::holds_alternative<Footer>(line))
      texts.insert(record::ToJsonLine(line));
  }
  return texts;
}

Header& HeaderOf(ShardRecord& record) {
  return std::get<Header>(record.lines.lines.front());
}

TEST(Merge, GivesTheRecordOfTheUnshardedRun) {
  const auto whole = WholeRun();
  for (const int count : {1, 2, 3, 7}) {
    const auto merged = Merge(AllShards(whole, count), {"merged"});
    ASSERT_TRUE(merged) << merged.error().Text();
    EXPECT_EQ(TextsOf(*merged), TextsOf(whole)) << count << " shards: line for line";
    const Record one = samples::RecordOf(whole);
    const Record other = samples::RecordOf(*merged);
    ASSERT_EQ(other.cells.size(), one.cells.size());
    EXPECT_EQ(other.header.plan.cells, one.header.plan.cells);
    EXPECT_EQ(other.header.plan.digest, one.header.plan.digest);
    EXPECT_FALSE(other.header.shard);
    ASSERT_TRUE(other.footer);
    EXPECT_EQ(other.footer->verdict, tally::TallyOf(one).verdict);
    EXPECT_EQ(other.footer->exit_code, static_cast<int>(tally::TallyOf(one).exit_code));
    EXPECT_EQ(other.footer->cells, tally::TallyOf(one).cells);
    EXPECT_TRUE(other.complete) << count;
  }
}

TEST(Merge, CellsAreInTheOrderOfThePlan) {
  const auto whole = WholeRun();
  const auto merged = Merge(AllShards(whole, 3), {"merged"});
  ASSERT_TRUE(merged) << merged.error().Text();
  std::vector<std::string> measured;
  for (const Line& line : *merged) {
    const auto* cell = std::get_if<record::Cell>(&line);
    if (cell != nullptr && cell->outcome != record::CellOutcome::NotOffered)
      measured.push_back(cell->cell);
  }
  EXPECT_EQ(measured, std::get<Header>(whole.front()).plan.cells);
}

TEST(Merge, TheOrderOfTheRecordsDoesNotMatter) {
  const auto shards = AllShards(WholeRun(), 3);
  const std::string merged = TextOf(Merge(shards, {"merged"}));
  std::vector<int> order = {0, 1, 2};
  while (std::ranges::next_permutation(order).found) {
    std::vector<ShardRecord> permuted;
    for (const int at : order)
      permuted.push_back(shards[static_cast<std::size_t>(at)]);
    EXPECT_EQ(TextOf(Merge(permuted, {"merged"})), merged);
  }
}

TEST(Merge, TheHeaderNamesItsParts) {
  auto shards = AllShards(WholeRun(), 2);
  HeaderOf(shards[1]).machine.load_1min = 9.5;
  const auto merged = Merge(shards, {"merged"});
  ASSERT_TRUE(merged) << merged.error().Text();
  const auto& header = std::get<Header>(merged->front());
  EXPECT_EQ(header.run, "merged");
  EXPECT_THAT(header.command, testing::Not(HasSubstr("--shard")));
  EXPECT_THAT(header.command, HasSubstr("wsgilab run"));
  EXPECT_EQ(header.started_at, HeaderOf(shards[0]).started_at);
  EXPECT_EQ(header.machine.load_1min, 9.5);
  ASSERT_TRUE(header.merged);
  EXPECT_EQ(header.merged->shards, 2);
  ASSERT_EQ(header.merged->parts.size(), 2U);
  EXPECT_EQ(header.merged->parts[1].run, "shard2");
  EXPECT_EQ(header.merged->parts[1].seconds, 10);
  const auto& footer = std::get<Footer>(merged->back());
  EXPECT_EQ(footer.seconds, 20);
  EXPECT_THAT(footer.left_behind, ElementsAre("process 1", "process 2"));
  EXPECT_EQ(footer.finished_at, std::get<Footer>(shards[1].lines.lines.back()).finished_at);
}

TEST(Merge, AHistogramIsTakenOverAsItIs) {
  const auto whole = WholeRun();
  const auto merged = Merge(AllShards(whole, 3), {"merged"});
  ASSERT_TRUE(merged) << merged.error().Text();
  const Record one = samples::RecordOf(whole);
  const Record other = samples::RecordOf(*merged);
  ASSERT_FALSE(one.loads.empty());
  for (const record::Load& load : one.loads) {
    const record::Load* same = FindLoad(other, load.cell, load.loop);
    ASSERT_NE(same, nullptr);
    EXPECT_EQ(record::ToJsonLine(*same), record::ToJsonLine(load));
  }
}

TEST(Merge, WhatIsNoShardIsRefused) {
  EXPECT_THAT(ErrorOf({}), HasSubstr("no record"));
  EXPECT_THAT(ErrorOf({Named("whole.jsonl", WholeRun())}),
              HasSubstr("whole.jsonl is the record of a whole run"));
  const auto merged = Merge(AllShards(WholeRun(), 2), {"merged"});
  ASSERT_TRUE(merged);
  EXPECT_THAT(ErrorOf({Named("m", *merged)}), HasSubstr("m was merged already"));
}

TEST(Merge, ShardsOfDifferentRunsAreRefused) {
  const auto shards = AllShards(WholeRun(), 2);
  auto other = shards;
  HeaderOf(other[1]).revision = "0123";
  EXPECT_THAT(ErrorOf(other),
              HasSubstr("r1 and r2 are not shards of the same run: the revision of"));
  other = shards;
  HeaderOf(other[1]).profile = "full";
  EXPECT_THAT(ErrorOf(other), HasSubstr("the profile of the first is"));
  other = shards;
  HeaderOf(other[1]).shard->whole.cells.emplace_back("engine/daemon/main/lazy/extra");
  EXPECT_THAT(ErrorOf(other), HasSubstr("cells only in the second: engine/daemon/main/lazy/extra"));
  other = shards;
  other[1] = Named("r2", ShardOf(WholeRun(), 2, 3));
  EXPECT_THAT(ErrorOf(other), HasSubstr("r1 is a shard of 2 and r2 one of 3"));
}

TEST(Merge, OneThatIsThereTwiceIsRefused) {
  auto shards = AllShards(WholeRun(), 2);
  shards.push_back(Named("again", shards[0].lines.lines));
  EXPECT_EQ(ErrorOf(shards), "shard 1/2 is there twice: again and r1: name one of them");
}

TEST(Merge, OneThatIsMissingIsRefusedOrSaid) {
  auto shards = AllShards(WholeRun(), 3);
  shards.erase(shards.begin() + 1);
  EXPECT_THAT(ErrorOf(shards), HasSubstr("shard 2/3 is missing: name its record as well"));
  const auto merged = Merge(shards, {"merged", Missing::Said});
  ASSERT_TRUE(merged) << merged.error().Text();
  const auto record = record::ReadRecordText(samples::TextOf(*merged), "merged");
  ASSERT_TRUE(record) << record.error().Text();
  EXPECT_FALSE(record->complete);
  EXPECT_THAT(record->problems, ElementsAre("Shard 2 of 3 is missing."));
  EXPECT_THAT(record->not_measured,
              testing::Contains(testing::Field(&NotMeasured::what, HasSubstr("shard 2 of 3: "))));
  EXPECT_NE(record->footer->exit_code, 0);
  EXPECT_THAT(record->footer->verdict, HasSubstr("not complete: Shard 2 of 3 is missing."));
}

TEST(Merge, OneThatIsNotFinishedIsRefusedOrSaid) {
  auto shards = AllShards(WholeRun(), 2);
  auto& lines = shards[0].lines;
  lines.lines.pop_back();  // the footer
  lines.problems = {"The run did not finish: its record ends without a footer."};
  // Its last cell is cut off: it has lines, but no end.
  const auto last = std::ranges::find_if(lines.lines, [](const Line& line) {
    const auto* cell = std::get_if<record::Cell>(&line);
    return cell != nullptr && cell->outcome == record::CellOutcome::Ok;
  });
  ASSERT_NE(last, lines.lines.end());
  const std::string cut_off = std::get<record::Cell>(*last).cell;
  lines.lines.erase(last);
  EXPECT_THAT(ErrorOf(shards), HasSubstr("r1 (shard 1/2) is not finished: The run did not finish"));
  EXPECT_THAT(ErrorOf(shards), HasSubstr("--resume"));
  const auto merged = Merge(shards, {"merged", Missing::Said});
  ASSERT_TRUE(merged) << merged.error().Text();
  for (const Line& line : *merged)
    EXPECT_NE(record::CellOf(line), cut_off);
  const auto record = record::ReadRecordText(samples::TextOf(*merged), "merged");
  ASSERT_TRUE(record);
  EXPECT_THAT(record->problems, ElementsAre("Shard 1 of 2 is not finished."));
}

TEST(Merge, OneWhoseProgramOfChecksBrokeIsNotFinished) {
  auto shards = AllShards(WholeRun(), 2);
  auto& lines = shards[1].lines.lines;
  lines.insert(
      lines.end() - 1,
      NotMeasured{"the rest of the checks of engine", "exit 3", {}, record::Stopped::Fault});
  EXPECT_THAT(
      ErrorOf(shards),
      HasSubstr("r2 (shard 2/2) is not finished: the rest of the checks of engine: exit 3."));
  const auto merged = Merge(shards, {"merged", Missing::Said});
  ASSERT_TRUE(merged) << merged.error().Text();
  EXPECT_EQ(std::get<Footer>(merged->back()).exit_code, 70);
}

TEST(Merge, ARecordThatIsNotItsShareIsRefused) {
  const auto shards = AllShards(WholeRun(), 2);
  auto other = shards;
  std::erase_if(other[0].lines.lines, [&](const Line& line) {
    const auto* cell = std::get_if<record::Cell>(&line);
    return cell != nullptr && cell->cell == HeaderOf(other[0]).plan.cells.front();
  });
  EXPECT_THAT(ErrorOf(other), HasSubstr("it has no cell " + HeaderOf(other[0]).plan.cells.front()));
  other = shards;
  const auto check = std::ranges::find_if(
      other[1].lines.lines, [](const Line& line) { return std::holds_alternative<Check>(line); });
  ASSERT_NE(check, other[1].lines.lines.end());
  std::get<Check>(*check).check = "Other.Check";
  EXPECT_THAT(ErrorOf(other), HasSubstr("others"));
  other[1].lines.lines.erase(check);
  EXPECT_THAT(ErrorOf(other), HasSubstr("were planned, and it has"));
  other = shards;
  HeaderOf(other[0]).plan.cells.pop_back();
  EXPECT_THAT(ErrorOf(other), HasSubstr("other cells were planned for it"));
  other = shards;
  record::Cell twice;
  twice.cell = HeaderOf(other[0]).plan.cells.front();
  other[0].lines.lines.insert(other[0].lines.lines.end() - 1, twice);
  EXPECT_THAT(ErrorOf(other), HasSubstr("it has a cell too many: " + twice.cell));
}

TEST(Merge, ApplicationsMayBeMeasuredOnDifferentMachinesAndThatIsSaid) {
  auto shards = AllShards(WholeRun(), 2);
  HeaderOf(shards[1]).machine.cores = 99;
  HeaderOf(shards[1]).machine.fingerprint = "another";
  const auto merged = Merge(shards, {"merged"});
  ASSERT_TRUE(merged) << merged.error().Text();
  const Record record = samples::RecordOf(*merged);
  EXPECT_THAT(record.not_measured,
              testing::Contains(testing::Field(&NotMeasured::reason, HasSubstr("99 cores"))));
}

// One application on two hosts, in two shards.
TEST(Merge, TimesOfOneApplicationFromDifferentMachinesAreRefused) {
  Header header;
  header.machine.fingerprint = "1";
  header.plan.cells = {"engine/daemon/main/lazy/hello", "apache/daemon/main/lazy/hello"};
  header.plan.apps = {"hello"};
  std::vector<Line> whole = {header};
  for (const std::string& id : header.plan.cells) {
    record::Cell cell;
    cell.cell = id;
    cell.app = "hello";
    cell.outcome = record::CellOutcome::Ok;
    whole.emplace_back(cell);
  }
  whole.emplace_back(Footer{});
  Plan(whole);
  auto shards = AllShards(whole, 2);
  EXPECT_TRUE(Merge(shards, {"merged"})) << "on machines that are alike";
  HeaderOf(shards[1]).machine.fingerprint = "2";
  HeaderOf(shards[1]).machine.facts = {"cpu: another"};
  EXPECT_THAT(ErrorOf(shards),
              testing::AllOf(HasSubstr("hello was measured by r1 and by r2 on different machines"),
                             HasSubstr("another")));
}

TEST(Merge, ALineThatNobodyKnowsIsKeptOnce) {
  auto shards = AllShards(WholeRun(), 2);
  for (ShardRecord& shard : shards) {
    auto& lines = shard.lines.lines;
    lines.insert(lines.end() - 1,
                 record::UnknownLine{"weather", R"({"type":"weather","sky":"grey"})"});
  }
  const auto merged = Merge(shards, {"merged"});
  ASSERT_TRUE(merged) << merged.error().Text();
  EXPECT_EQ(samples::RecordOf(*merged).unknown.size(), 1U);
}

TEST(Merge, WhatAShardAloneWasHeldAgainstIsNoPartOfTheWhole) {
  auto shards = AllShards(WholeRun(), 2);
  for (ShardRecord& shard : shards) {
    auto& lines = shard.lines.lines;
    lines.insert(lines.end() - 1,
                 record::Rule{"r", "cells: ok >= 1", record::RuleStanding::Held, {}, {}});
  }
  const auto merged = Merge(shards, {"merged"});
  ASSERT_TRUE(merged) << merged.error().Text();
  EXPECT_TRUE(samples::RecordOf(*merged).rules.empty());
}

}  // namespace
}  // namespace reports::merge
