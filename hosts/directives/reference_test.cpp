// reference.md is what the table says. WSGILAB_ACCEPT_GOLDEN=1 writes it anew: read the diff.

#include "hosts/directives/reference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "hosts/base/files.h"
#include "hosts/directives/table.h"

namespace hosts::directives {
namespace {

TEST(Reference, IsThePageBesideTheTable) {
  const std::filesystem::path page(WSGILAB_REFERENCE);
  if (std::getenv("WSGILAB_ACCEPT_GOLDEN") != nullptr) {
    ASSERT_TRUE(base::WriteFile(page, Reference()));
    return;
  }
  const auto text = base::ReadFile(page);
  ASSERT_TRUE(text) << text.error().Text();
  EXPECT_EQ(*text, Reference());
}

TEST(Reference, HasEveryDirectiveAndItsOptions) {
  const std::string text = Reference();
  for (const DirectiveRow& row : DirectiveTable()) {
    const std::string heading = "\n## " + std::string(row.name) + "\n";
    const size_t begin = text.find(heading);
    ASSERT_NE(begin, std::string::npos) << row.name;
    const std::string part = text.substr(begin, text.find("\n## ", begin + 1) - begin);
    EXPECT_THAT(part, testing::HasSubstr("\n* Where: ")) << row.name;
    EXPECT_THAT(part, testing::HasSubstr("\n* Support: ")) << row.name;
    for (const OptionRow& option : row.options)
      EXPECT_THAT(part, testing::HasSubstr("\n| `" + std::string(option.name) + "` | "));
  }
}

}  // namespace
}  // namespace hosts::directives
