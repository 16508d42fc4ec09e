#include "harness/run/workers.h"

#include <gmock/gmock.h>

namespace harness::run {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Workers, OneThatAnsweredNothingIsNamed) {
  Workers workers({11, 12, 13});
  workers.Answered("11 1", 100, milliseconds(40));
  workers.Answered("11 2", 101, milliseconds(2));
  workers.Answered("13 1", 102, milliseconds(50));
  EXPECT_THAT(workers.Unreached(), ElementsAre(12));
  ASSERT_TRUE(workers.WhyUnproved());
  EXPECT_THAT(*workers.WhyUnproved(), HasSubstr("1 of 3 processes"));
  EXPECT_THAT(*workers.WhyUnproved(), HasSubstr(": 12"));
  workers.Answered(12, 103);
  EXPECT_THAT(workers.Unreached(), IsEmpty());
  EXPECT_FALSE(workers.WhyUnproved());
}

TEST(Workers, TheFirstRequestOfEachIsTheOneThatItCountsAsItsFirst) {
  Workers workers({11, 12});
  workers.Answered("11 2", 101, milliseconds(3));  // an answer may overtake another
  workers.Answered("11 1", 100, milliseconds(40));
  workers.Answered("12 2", 99, milliseconds(1));
  const auto& all = workers.all();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].requests, 2);
  EXPECT_EQ(all[0].first_request_ms, 40);
  EXPECT_FALSE(all[1].first_request_ms);
  EXPECT_EQ(workers.FirstAskedAt(11), 100);
  EXPECT_EQ(workers.FirstAskedAt(12), 99);
  EXPECT_FALSE(workers.FirstAskedAt(13));
  EXPECT_EQ(workers.First(), 12);
  EXPECT_EQ(workers.answered(), 3);
}

TEST(Workers, OneThatNobodyNamedIsKeptAndProvesNothing) {
  Workers workers({11});
  workers.Answered("99 1", 1, milliseconds(1));
  EXPECT_THAT(workers.Unreached(), ElementsAre(11));
  EXPECT_EQ(workers.all().back().pid, 99);
}

TEST(Workers, WhatIsNoAnswerOfOursSaysNothing) {
  Workers workers({11});
  for (const char* text : {"", "11", "11 ", "11 x", "x 1", "11 1 2"})
    workers.Answered(text, 1, milliseconds(1));
  EXPECT_THAT(workers.Unreached(), ElementsAre(11));
}

TEST(Workers, WithoutAnyThatIsExpectedNothingIsProved) {
  EXPECT_THAT(*Workers().WhyUnproved(), HasSubstr("names no process"));
}

TEST(AskingWhoAnswers, IsAHeaderThatMaySayHowLongToStay) {
  EXPECT_EQ(AskingWhoAnswers({}).headers.back().second, "tell");
  EXPECT_EQ(AskingWhoAnswers({}, milliseconds(20)).headers.back().second, "stay=0.020");
}

}  // namespace
}  // namespace harness::run
