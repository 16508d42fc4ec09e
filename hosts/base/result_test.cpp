#include "hosts/base/result.h"

#include <gtest/gtest.h>

#include <memory>

namespace hosts::base {

TEST(Result, HoldsAValueThatCanOnlyBeMoved) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(7));
  ASSERT_TRUE(result);
  const std::unique_ptr<int> taken = std::move(result).value();
  EXPECT_EQ(*taken, 7);
}

TEST(Result, TellsWhereAndAddsContext) {
  const Result<int> result(
      Error{ErrorKind::InvalidInput, "unknown directive Lissen", SourcePosition{"site.conf", 3}});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().Text(), "site.conf:3: unknown directive Lissen");
  EXPECT_EQ(result.error().While("reading site.conf").message,
            "reading site.conf: unknown directive Lissen");
}

TEST(ResultDeathTest, AskingAFailureForItsValueIsABug) {
  const Result<int> result(Error{ErrorKind::NotFound, "nothing"});
  EXPECT_DEATH((void)result.value(), "value of a failed Result");
}

}  // namespace hosts::base
