// faults.md is what the table says. WSGILAB_ACCEPT_GOLDEN=1 writes it anew: read the diff.

#include "suites/containment/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>

#include "hosts/base/files.h"
#include "suites/containment/faults.h"

namespace suites::containment {
namespace {

TEST(Faults, AreThePageBesideTheTable) {
  const std::filesystem::path page(WSGILAB_FAULTS);
  if (std::getenv("WSGILAB_ACCEPT_GOLDEN") != nullptr) {
    ASSERT_TRUE(hosts::base::WriteFile(page, Page()));
    return;
  }
  const auto text = hosts::base::ReadFile(page);
  ASSERT_TRUE(text) << text.error().Text();
  EXPECT_EQ(*text, Page());
}

TEST(Faults, HaveNamesOfTheirOwnAndRulesAndAreInTheLogWhenTheyEndAProcess) {
  std::set<std::string_view> names;
  for (const Fault& fault : FaultTable()) {
    EXPECT_TRUE(names.insert(fault.name).second) << fault.name;
    EXPECT_THAT(std::string(fault.name), testing::MatchesRegex("[a-z]+(_[a-z]+)*"));
    for (const std::string_view text : {fault.what, fault.rules, fault.python}) {
      EXPECT_FALSE(text.empty()) << fault.name;
    }
    for (const std::string_view text : {fault.what, fault.rules, fault.remedy, fault.remark}) {
      EXPECT_EQ(text.find_first_of("|\n"), std::string_view::npos) << fault.name << ": " << text;
    }
    EXPECT_FALSE(fault.fate == Fate::IsReplaced && fault.logged.empty()) << fault.name;
  }
}

}  // namespace
}  // namespace suites::containment
