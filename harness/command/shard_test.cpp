// `wsgilab run --shard` and `wsgilab merge`: the shards of a run, put together, are the run.

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <regex>
#include <set>

#include "harness/command/testing/wsgilab_test.h"

namespace harness::command {
namespace {

namespace fs = std::filesystem;
namespace record = reports::record;
using testing::HasSubstr;

class ShardTest : public WsgilabTest {
 protected:
  Ended Run(const fs::path& out, const std::string& shard = "") {
    std::vector<std::string> words = {
        "run", "--mode", "embedded/main/*", "--suite", "all", "-o", out.string()};
    if (!shard.empty()) words.insert(words.end(), {"--shard", shard});
    words.insert(words.end(), {Script("one"), Script("two"), Script("three")});
    return Call(words);
  }

  [[nodiscard]] std::string Shard(int index) const {
    return (Folder() / ("shard" + std::to_string(index))).string();
  }

  [[nodiscard]] std::string Merged() const { return (Folder() / "merged/").string(); }
};

// The heads and the first column of every table of a page, its sections, and nothing that was measured.
std::vector<std::string> StructureOf(const fs::path& page) {
  const auto text = hosts::base::ReadFile(page);
  EXPECT_TRUE(text);
  std::vector<std::string> structure;
  const std::regex parts("<(h2|h3|caption|th)[ >][^]*?</\\1>");
  const std::regex numbers("[0-9][0-9.,]*");
  for (std::sregex_iterator part(text->begin(), text->end(), parts), end; part != end; ++part)
    structure.push_back(std::regex_replace(part->str(), numbers, "#"));
  return structure;
}

TEST_F(ShardTest, ThreeShardsMergedAreTheUnshardedRun) {
  ASSERT_EQ(Run(Out()).exit_code, 0);
  const record::Record whole = Record(RecordFile());
  std::multiset<std::string> cells;
  for (int index = 1; index <= 3; ++index) {
    const Ended ended = Run(Shard(index), std::to_string(index) + "/3");
    EXPECT_EQ(ended.exit_code, 0) << ended.output;
    const record::Record shard = Record(fs::path(Shard(index)) / "record.jsonl");
    EXPECT_EQ(shard.header.shard->index, index);
    EXPECT_EQ(shard.header.shard->whole.cells, whole.header.plan.cells);
    EXPECT_EQ(shard.header.shard->whole.digest, whole.header.plan.digest);
    EXPECT_EQ(shard.cells.size(), 2U) << "both modes of one application";
    EXPECT_EQ(shard.checks.size(), 20U);
    for (const record::Cell& cell : shard.cells)
      cells.insert(cell.cell);
  }
  EXPECT_EQ(
      cells,
      std::multiset<std::string>(whole.header.plan.cells.begin(), whole.header.plan.cells.end()));

  const Ended ended = Call({"merge", Shard(3), Shard(1), Shard(2), "-o", Merged()});
  EXPECT_EQ(ended.exit_code, 0) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("6 of 6 cells ok; 60 of 60 checks passed"));
  const record::Record merged = Record(fs::path(Merged()) / "record.jsonl");
  EXPECT_TRUE(merged.complete);
  EXPECT_EQ(merged.header.plan.cells, whole.header.plan.cells);
  EXPECT_EQ(merged.header.plan.digest, whole.header.plan.digest);
  ASSERT_EQ(merged.cells.size(), whole.cells.size());
  for (size_t at = 0; at < whole.cells.size(); ++at) {
    const std::string& cell = whole.cells[at].cell;
    EXPECT_EQ(merged.cells[at].cell, cell);
    EXPECT_NE(FindPlacement(merged, cell), nullptr);
    EXPECT_NE(FindStartup(merged, cell), nullptr);
    for (const record::Loop loop : {record::Loop::Closed, record::Loop::Open})
      EXPECT_NE(FindLoad(merged, cell, loop), nullptr);
  }
  std::set<std::string> one;
  std::set<std::string> other;
  for (const record::Check& check : whole.checks)
    one.insert(check.check);
  for (const record::Check& check : merged.checks)
    other.insert(check.check);
  EXPECT_EQ(other, one);
  EXPECT_EQ(merged.checks.size(), whole.checks.size());
  EXPECT_EQ(merged.footer->verdict, whole.footer->verdict);
  EXPECT_EQ(merged.not_measured.size(), whole.not_measured.size());

  const fs::path page = Folder() / "page.html";
  EXPECT_EQ(Call({"report", Merged(), "-o", "html=" + page.string()}).exit_code, 0);
  const auto structure = StructureOf(Out() / "report.html");
  EXPECT_GT(structure.size(), 10U);
  EXPECT_EQ(StructureOf(page), structure);

  // A second time there is something in the way.
  const Ended again = Call({"merge", Shard(1), Shard(2), Shard(3), "-o", Merged()});
  EXPECT_EQ(again.exit_code, 2);
  EXPECT_THAT(again.output, HasSubstr("is there already"));
}

TEST_F(ShardTest, AShareCanBeLookedAtBeforeItIsRun) {
  std::multiset<std::string> cells;
  for (const char* shard : {"1/2", "2/2"}) {
    const Ended ended = Call({"list", "--json", "--shard", shard});
    ASSERT_EQ(ended.exit_code, 0) << ended.output;
    const auto list = nlohmann::json::parse(ended.output);
    EXPECT_EQ(list["checks"].size(), 30U);
    for (const auto& cell : list["cells"])
      cells.insert(cell.get<std::string>());
  }
  const auto whole = nlohmann::json::parse(Call({"list", "--json"}).output);
  const auto all = whole["cells"].get<std::vector<std::string>>();
  EXPECT_EQ(cells, std::multiset<std::string>(all.begin(), all.end()));
  EXPECT_EQ(Call({"list", "--shard", "3/2"}).exit_code, 2);
}

TEST_F(ShardTest, WhatIsNotAllOfOneRunIsRefused) {
  ASSERT_EQ(Run(Shard(1), "1/2").exit_code, 0);
  const Ended missing = Call({"merge", Shard(1), "-o", Merged()});
  EXPECT_EQ(missing.exit_code, 2);
  EXPECT_THAT(missing.output, HasSubstr("shard 2/2 is missing"));
  const Ended twice = Call({"merge", Shard(1), Shard(1), "-o", Merged()});
  EXPECT_EQ(twice.exit_code, 2);
  EXPECT_THAT(twice.output, HasSubstr("shard 1/2 is there twice"));
  const Ended nowhere = Call({"merge", Shard(7), "-o", Merged()});
  EXPECT_EQ(nowhere.exit_code, 2);
  EXPECT_THAT(nowhere.output, HasSubstr("there is no record"));
  EXPECT_FALSE(fs::exists(fs::path(Merged()) / "record.jsonl")) << "nothing was written";

  const Ended partial = Call({"merge", "--partial", Shard(1), "-o", Merged()});
  EXPECT_EQ(partial.exit_code, 3) << partial.output;
  EXPECT_THAT(partial.output, HasSubstr("Shard 2 of 2 is missing."));
  EXPECT_FALSE(Record(fs::path(Merged()) / "record.jsonl").complete);
  EXPECT_EQ(Call({"report", Merged()}).exit_code, 0);
}

TEST_F(ShardTest, ANumberThatIsNoneIsMisuse) {
  for (const char* shard : {"0/3", "4/3", "x/y", "3", "1/"}) {
    const Ended ended = Run(Out(), shard);
    EXPECT_EQ(ended.exit_code, 2) << shard;
    EXPECT_THAT(ended.output, testing::StartsWith("wsgilab: --shard " + std::string(shard) + ": "));
    EXPECT_FALSE(fs::exists(Out()));
  }
}

TEST_F(ShardTest, OneThatHasNothingToDoSaysSo) {
  const Ended ended = Call({"run",
                            "--suite",
                            "none",
                            "--mode",
                            "embedded/main/lazy",
                            "--shard",
                            "2/2",
                            "-o",
                            Out().string(),
                            Script("one")});
  EXPECT_EQ(ended.exit_code, 4) << ended.output;
  EXPECT_THAT(ended.output, HasSubstr("fewer shards are enough"));
  EXPECT_TRUE(Record(RecordFile()).complete) << "it can be merged";
}

}  // namespace
}  // namespace harness::command
