#include "hosts/directives/table.h"

#include <gtest/gtest.h>

#include <set>

#include "hosts/directives/foreign_directives.h"

namespace hosts::directives {

TEST(Table, EveryRowSaysWhatItMeansAndHasASetter) {
  std::set<std::string_view> names;
  for (const DirectiveRow& row : DirectiveTable()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_TRUE(row.meaning.ends_with('.')) << row.name;
    EXPECT_EQ(row.arguments.empty(), row.most_arguments == 0) << row.name;
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
      EXPECT_FALSE(option.rules.empty()) << option.name;
      EXPECT_NE(option.set, nullptr) << option.name;
    }
  }
}

TEST(Table, NoDirectiveIsBothOursAndForeign) {
  for (const DirectiveRow& row : DirectiveTable())
    EXPECT_EQ(FindForeignDirective(row.name), nullptr) << row.name;
}

TEST(Table, NamesAreFoundInAnyCase) {
  ASSERT_NE(FindDirective("wsgiscriptALIAS"), nullptr);
  EXPECT_EQ(FindDirective("wsgiscriptALIAS")->name, "WSGIScriptAlias");
  EXPECT_EQ(FindDirective("WSGIScriptAlia"), nullptr);
}

}  // namespace hosts::directives
