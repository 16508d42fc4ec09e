// hosts/deviations.md is what the table says. WSGILAB_ACCEPT_GOLDEN=1 writes it anew: read the diff.

#include "hosts/deviations/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>

#include "hosts/base/files.h"

namespace hosts::deviations {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

TEST(Deviations, AreThePageBesideTheRoom) {
  const std::filesystem::path page(WSGILAB_DEVIATIONS);
  if (std::getenv("WSGILAB_ACCEPT_GOLDEN") != nullptr) {
    ASSERT_TRUE(base::WriteFile(page, Page()));
    return;
  }
  const auto text = base::ReadFile(page);
  ASSERT_TRUE(text) << text.error().Text();
  EXPECT_EQ(*text, Page());
}

TEST(Deviations, HaveIdsOfTheirOwnRulesAndReasons) {
  std::set<std::string_view> ids;
  for (const Deviation& row : DeviationTable()) {
    EXPECT_TRUE(ids.insert(row.id).second) << row.id;
    EXPECT_THAT(std::string(row.id), MatchesRegex("[a-z]+(-[a-z]+)*"));
    for (const std::string_view text : {row.rules, row.theirs, row.ours, row.why}) {
      EXPECT_FALSE(text.empty()) << row.id;
      EXPECT_EQ(text.find_first_of("|\n"), std::string_view::npos) << row.id << ": " << text;
    }
  }
}

TEST(Deviations, HaveAClauseWhereExplainShowsThem) {
  for (const Deviation& row : DeviationTable())
    EXPECT_EQ(!row.clause.empty(), SeenWhere(row.bears_on) == Seen::InExplain) << row.id;
}

TEST(Deviations, AreOnPurposeOrNotYetAndSayWhich) {
  const std::string page = Page();
  const size_t not_yet = page.find("\n## Not yet\n");
  for (const Deviation& row : DeviationTable()) {
    const size_t at = page.find(row.ours);
    EXPECT_EQ(row.why.starts_with("not yet"), row.kind == Kind::NotYet) << row.id;
    if (row.ours == "an error") continue;  // of several
    EXPECT_EQ(at > not_yet, row.kind == Kind::NotYet) << row.id;
  }
}

TEST(Deviations, HaveAllOfThatForProgramsToo) {
  const auto rows = ToJson().at("deviations");
  ASSERT_EQ(rows.size(), DeviationTable().size());
  const auto& row = *std::ranges::find(rows, "kept-connections", [](const auto& one) {
    return one.at("id").template get<std::string>();
  });
  EXPECT_EQ(row.at("rule"), "DAEMON-14");
  EXPECT_EQ(row.at("kind"), "on purpose");
  EXPECT_EQ(row.at("bears_on"), "daemon processes");
  EXPECT_EQ(row.at("seen"), "explain");
  EXPECT_EQ(row.at("ours"), "connections are kept");
}

}  // namespace
}  // namespace hosts::deviations
