#include "reports/plan/sharding.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>

namespace reports::plan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> Plan(const std::vector<std::string>& hosts,
                              const std::vector<std::string>& apps) {
  std::vector<std::string> cells;
  for (const std::string& host : hosts) {
    for (const char* mode : {"embedded/main/lazy", "daemon/main/lazy", "daemon/sub/preload"}) {
      for (const std::string& app : apps)
        cells.push_back(host + "/" + mode + "/" + app);
    }
  }
  return cells;
}

const std::vector<std::string> kApps = {"hello", "django_accounts", "flask_notes", "upload"};

TEST(Sharding, EveryCellIsInOneShard) {
  const auto all = Plan({"engine", "apache", "uwsgi"}, kApps);
  for (int count = 1; count <= 20; ++count) {
    std::multiset<std::string> found;
    for (int index = 1; index <= count; ++index) {
      for (const std::string& cell : CellsOf({index, count}, all))
        found.insert(cell);
    }
    EXPECT_EQ(found, std::multiset<std::string>(all.begin(), all.end())) << count << " shards";
  }
}

TEST(Sharding, TheOrderOfTheIdsDoesNotDecide) {
  const auto all = Plan({"engine", "apache"}, kApps);
  auto reversed = all;
  std::ranges::reverse(reversed);
  for (int index = 1; index <= 3; ++index) {
    auto mirrored = CellsOf({index, 3}, reversed);
    std::ranges::reverse(mirrored);
    EXPECT_EQ(CellsOf({index, 3}, all), mirrored);
  }
}

TEST(Sharding, AllThatIsComparedStaysTogether) {
  const auto all = Plan({"engine", "apache"}, kApps);
  for (int count = 1; count <= 4; ++count) {
    std::map<std::string, std::set<int>> shards_of_app;
    for (int index = 1; index <= count; ++index) {
      for (const std::string& cell : CellsOf({index, count}, all))
        shards_of_app[AppOf(cell)].insert(index);
    }
    for (const auto& [app, shards] : shards_of_app)
      EXPECT_EQ(shards.size(), 1U) << app << " in " << count << " shards";
  }
}

TEST(Sharding, WithMoreShardsThanApplicationsTheModesOfAHostStayTogether) {
  const auto all = Plan({"engine", "apache"}, {"hello", "flask_notes"});
  std::map<std::string, std::set<int>> shards_of_pair;
  std::set<int> used;
  for (int index = 1; index <= 5; ++index) {
    for (const std::string& cell : CellsOf({index, 5}, all)) {
      shards_of_pair[HostOf(cell) + " " + AppOf(cell)].insert(index);
      used.insert(index);
    }
  }
  EXPECT_EQ(shards_of_pair.size(), 4U);
  for (const auto& [pair, shards] : shards_of_pair)
    EXPECT_EQ(shards.size(), 1U) << pair;
  EXPECT_EQ(used.size(), 4U) << "the fifth has checks only";
}

TEST(Sharding, NoMoreApplicationsAreDividedThanThereAreShardsFor) {
  const auto all = Plan({"engine", "apache"}, {"a", "b"});
  std::map<std::string, std::set<int>> shards_of_app;
  for (int index = 1; index <= 3; ++index) {
    for (const std::string& cell : CellsOf({index, 3}, all))
      shards_of_app[AppOf(cell)].insert(index);
  }
  EXPECT_EQ(shards_of_app["a"].size(), 2U);
  EXPECT_EQ(shards_of_app["b"].size(), 1U);
}

TEST(Sharding, ShardsAreAboutEqual) {
  const auto all = Plan({"engine"}, {"a", "b", "c", "d", "e", "f"});
  for (int index = 1; index <= 3; ++index)
    EXPECT_EQ(CellsOf({index, 3}, all).size(), 6U);
}

TEST(Sharding, ChecksAreDealtOutByName) {
  const std::vector<std::string> all = {"d", "b", "a", "e", "c"};
  EXPECT_THAT(ChecksOf({1, 2}, all), ElementsAre("a", "c", "e"));
  EXPECT_THAT(ChecksOf({2, 2}, all), ElementsAre("b", "d"));
  EXPECT_THAT(ChecksOf({6, 7}, all), ElementsAre());
}

TEST(Sharding, AShardIsANumberOfSoMany) {
  const auto shard = ParseShard("2/3");
  ASSERT_TRUE(shard);
  EXPECT_EQ(shard->index, 2);
  EXPECT_EQ(shard->count, 3);
  EXPECT_TRUE(ParseShard("1/1"));
  const std::map<std::string, std::string> refused = {
      {"0/3", "shards are counted from 1"},
      {"4/3", "there is no shard 4 of 3"},
      {"x/y", "not two numbers"},
      {"1", "not two numbers"},
      {"", "not two numbers"},
      {"/", "not two numbers"},
      {"1/2/3", "not two numbers"},
      {"-1/3", "not two numbers"},
      {"1/ 3", "not two numbers"},
      {"1/0", "there can be 1 to"},
      {"1/99999999999", "not two numbers"},
  };
  for (const auto& [text, why] : refused) {
    const auto parsed = ParseShard(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_THAT(parsed.error().message, HasSubstr(why)) << text;
    EXPECT_THAT(parsed.error().message, HasSubstr("e.g. --shard 1/3")) << text;
  }
}

}  // namespace
}  // namespace reports::plan
