#include "harness/load/answer_check.h"

#include <gmock/gmock.h>

namespace harness::load {
namespace {

using testing::HasSubstr;

TEST(AnswerCheck, EveryDemandIsMadeAndNamed) {
  const AnswerCheck check{200, std::nullopt, {"<h1>Notes</h1>", "ada"}, {"error"}};
  EXPECT_TRUE(IsAsExpected(check, 200, "<h1>Notes</h1> of ada"));
  EXPECT_FALSE(Mismatch(check, 200, "<h1>Notes</h1> of ada"));
  EXPECT_THAT(*Mismatch(check, 500, "sorry"), HasSubstr("status 500, not 200: sorry"));
  EXPECT_THAT(*Mismatch(check, 200, "<h1>Notes</h1>"), HasSubstr("lacks 'ada'"));
  EXPECT_THAT(*Mismatch(check, 200, "<h1>Notes</h1> ada error"), HasSubstr("'error' must not"));
  EXPECT_FALSE(IsAsExpected(check, 200, ""));
}

TEST(AnswerCheck, ABodyIsComparedWhole) {
  const AnswerCheck check{200, "hello", {}, {}};
  EXPECT_TRUE(IsAsExpected(check, 200, "hello"));
  EXPECT_FALSE(IsAsExpected(check, 200, "hello "));
  EXPECT_THAT(*Mismatch(check, 200, "bye"), HasSubstr("body 'bye', not 'hello'"));
}

}  // namespace
}  // namespace harness::load
