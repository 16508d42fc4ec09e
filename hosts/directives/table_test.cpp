#include "hosts/directives/table.h"

#include <gtest/gtest.h>

#include <set>

namespace hosts::directives {

TEST(Table, EveryRowSaysWhatItMeansAndHasASetter) {
  std::set<std::string_view> names;
  for (const DirectiveRow& row : DirectiveTable()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_TRUE(row.meaning.ends_with('.')) << row.name;
    EXPECT_FALSE(row.arguments.empty()) << row.name;
    EXPECT_NE(row.set, nullptr) << row.name;
    EXPECT_LE(row.fewest_arguments, row.most_arguments) << row.name;
    const Contexts& places = row.allowed_in;
    EXPECT_TRUE(places.server || places.virtual_host || places.directory) << row.name;
  }
}

TEST(Table, OptionsAreDescribedAndCiteTheirRule) {
  for (const DirectiveRow& row : DirectiveTable()) {
    std::set<std::string_view> names;
    for (const OptionRow& option : row.options) {
      EXPECT_TRUE(names.insert(option.name).second) << option.name;
      EXPECT_FALSE(option.meaning.empty()) << option.name;
      EXPECT_TRUE(option.rules.starts_with("CFG-")) << option.name;
    }
  }
}

TEST(Table, NothingIsBothOfferedAndNotOffered) {
  for (const std::string_view name : DirectivesNotOffered()) {
    EXPECT_EQ(FindDirective(name), nullptr) << name;
  }
}

TEST(Table, NamesAreFoundInAnyCase) {
  ASSERT_NE(FindDirective("wsgiscriptALIAS"), nullptr);
  EXPECT_EQ(FindDirective("wsgiscriptALIAS")->name, "WSGIScriptAlias");
  EXPECT_EQ(FindDirective("WSGIScriptAlia"), nullptr);
}

}  // namespace hosts::directives
