#include "hosts/wsgi/answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hosts/wsgi/testing/doubles.h"

namespace hosts::wsgi {
namespace {

using ::testing::ElementsAre;
using testing::RecordingSink;

exchange::AnswerHead HeadWithLength(std::uint64_t length) {
  exchange::AnswerHead head;
  head.content_length = length;
  return head;
}

TEST(Answer, HoldsTheHeadUntilThereIsABody) {
  RecordingSink sink;
  Answer answer(sink);
  answer.SetHead({});
  EXPECT_FALSE(sink.has_begun());
  EXPECT_TRUE(answer.Send("a"));
  EXPECT_TRUE(sink.has_begun());
  answer.Complete();
  EXPECT_TRUE(sink.is_finished());
}

TEST(Answer, DropsWhatContentLengthHasNoRoomFor) {
  RecordingSink sink;
  Answer answer(sink);
  answer.SetHead(HeadWithLength(5));
  EXPECT_TRUE(answer.Send("abc"));
  EXPECT_FALSE(answer.is_full());
  EXPECT_TRUE(answer.Send("def"));
  EXPECT_TRUE(answer.is_full());
  EXPECT_TRUE(answer.Send("ghi"));
  answer.Complete();
  EXPECT_THAT(sink.writes(), ElementsAre("abc", "de"));
}

TEST(Answer, SendsHeldBytesInOnePieceAtTheEnd) {
  RecordingSink sink;
  Answer answer(sink);
  answer.SetHead({});
  answer.Hold("a");
  answer.Hold("b");
  EXPECT_FALSE(sink.has_begun());
  answer.Complete();
  EXPECT_THAT(sink.writes(), ElementsAre("ab"));
}

TEST(Answer, SendsSmallPiecesTogetherAndLargeOnesAlone) {
  RecordingSink sink;
  Answer answer(sink);
  answer.SetHead({});
  const std::string large(100'000, 'x');
  EXPECT_TRUE(answer.SendAll({"a", "b", large, "", "c"}));
  answer.Complete();
  EXPECT_THAT(sink.writes(), ElementsAre("ab", large, "c"));
}

TEST(Answer, ThatFailsBeforeItBeginsIsAnErrorPage) {
  RecordingSink sink;
  Answer answer(sink);
  answer.SetHead(HeadWithLength(2));
  answer.Fail(500);
  answer.Complete();
  EXPECT_EQ(sink.status(), 500);
  EXPECT_EQ(sink.Header("Content-Length"), std::to_string(sink.body().size()));
  EXPECT_TRUE(sink.is_finished());
}

TEST(Answer, ThatFailsAfterItHasBegunIsBrokenOff) {
  RecordingSink sink;
  Answer answer(sink);
  answer.SetHead({});
  EXPECT_TRUE(answer.Send("half"));
  answer.Fail(500);
  answer.Complete();
  EXPECT_TRUE(sink.is_aborted());
  EXPECT_EQ(sink.status(), 200);
}

TEST(Answer, ToAClientThatLeftIsBrokenOff) {
  RecordingSink sink;
  sink.LoseClientAfter(1);
  Answer answer(sink);
  answer.SetHead({});
  EXPECT_TRUE(answer.Send("a"));
  EXPECT_FALSE(answer.Send("b"));
  EXPECT_TRUE(answer.client_has_left());
  EXPECT_FALSE(answer.Send("c"));
  answer.Complete();
  EXPECT_TRUE(sink.is_aborted());
}

}  // namespace
}  // namespace hosts::wsgi
