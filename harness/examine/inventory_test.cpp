#include "harness/examine/inventory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/examine/import_audit.h"

namespace harness::examine {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Inventory, IsReadWithModulesAndExtensions) {
  const auto inventory =
      ParseInventory(R"({"python": "3.11.2", "prefix": "/v", "tools": ["pip"], "distributions": [
    {"name": "lxml", "version": "5.0", "modules": ["lxml"], "extensions": [{"module": "lxml.etree", "file": "/e.so"}]}]})");
  ASSERT_TRUE(inventory) << inventory.error().Text();
  EXPECT_EQ(inventory->python, "3.11.2");
  EXPECT_THAT(inventory->tools, ElementsAre("pip"));
  ASSERT_EQ(inventory->distributions.size(), 1U);
  EXPECT_THAT(ModulesToTry(inventory->distributions[0]), ElementsAre("lxml", "lxml.etree"));
}

TEST(Inventory, ThatIsNotUnderstoodSaysSo) {
  EXPECT_FALSE(ParseInventory("Traceback"));
  EXPECT_FALSE(ParseInventory(R"({"python": "3"})"));
}

TEST(FindPython, NamesWhatIsWrongWithAnEnvironment) {
  const auto nothing = FindPython("/nowhere", "3.11.2");
  ASSERT_FALSE(nothing);
  EXPECT_THAT(nothing.error().Text(), HasSubstr("/nowhere is no Python environment"));
  const auto none = FindPython("", "3.99.1");
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().Text(), HasSubstr("python3.99"));
}

}  // namespace

}  // namespace harness::examine
