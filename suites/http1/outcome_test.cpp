#include "suites/http1/outcome.h"

#include <gtest/gtest.h>

namespace suites::http1 {
namespace {

using Seen = std::vector<std::string>;

const Outcome kBoth{.answers = {200, 200}, .seen = {"/a", "/next"}};

TEST(Http1Outcome, WhatIsExpectedIsAllowed) {
  EXPECT_TRUE(IsAllowed({200, 200}, {"/a", "/next"}, kBoth));
  EXPECT_TRUE(IsAllowed({404}, {}, {.answers = {kRefused}}));
  EXPECT_TRUE(IsAllowed({}, {}, {}));
  EXPECT_FALSE(IsAllowed({200}, {}, {.answers = {kRefused}}));
  EXPECT_FALSE(IsAllowed({200, 200}, {"/next", "/a"}, kBoth));
}

TEST(Http1Outcome, AConnectionMayBeClosedBeforeALaterRequest) {
  EXPECT_TRUE(IsAllowed({200}, {"/a"}, kBoth));
  const Outcome three{.answers = {200, 200, 200}, .seen = {"/a", "/b", "/next"}};
  EXPECT_TRUE(IsAllowed({200, 200}, {"/a", "/b"}, three));
  EXPECT_TRUE(IsAllowed({200}, {"/a"}, three));
}

TEST(Http1Outcome, AnAnswerMayNotBeLostWhenItsRequestWasSeen) {
  EXPECT_FALSE(IsAllowed({200}, {"/a", "/next"}, kBoth));
  const Outcome three{.answers = {200, 200, 200}, .seen = {"/a", "/b", "/next"}};
  EXPECT_FALSE(IsAllowed({200}, {"/a", "/b", "/next"}, three));
  EXPECT_FALSE(IsAllowed({200}, {"/a", "/b"}, three));
  EXPECT_FALSE(IsAllowed({200, 200}, {"/a", "/b", "/next"}, three));
}

TEST(Http1Outcome, ARequestMayNotBeLostWhenItWasAnswered) {
  EXPECT_FALSE(IsAllowed({200, 200}, {"/a"}, kBoth));
  EXPECT_FALSE(IsAllowed({200, 200}, {"/next"}, kBoth));
  EXPECT_FALSE(IsAllowed({200}, {"/next"}, kBoth));
  EXPECT_FALSE(IsAllowed({}, {}, kBoth));
}

TEST(Http1Outcome, WhatAnotherApplicationAnswersIsNotSeen) {
  const Outcome next_is_seen{.answers = {204, 200}, .seen = {"/next"}};
  EXPECT_TRUE(IsAllowed({204}, {}, next_is_seen));
  EXPECT_FALSE(IsAllowed({204}, {"/next"}, next_is_seen));
}

TEST(Http1Outcome, WhatTheServerRefusesIsNotSeen) {
  for (const int refused : {400, kRefused}) {
    const Outcome last_is_refused{.answers = {200, refused}, .seen = {"/a"}};
    EXPECT_TRUE(IsAllowed({200, 400}, {"/a"}, last_is_refused));
    EXPECT_TRUE(IsAllowed({200}, {"/a"}, last_is_refused));
    EXPECT_FALSE(IsAllowed({200}, {}, last_is_refused));
  }
}

TEST(Http1Outcome, InterimAnswersGoWithTheirs) {
  const Outcome second_waits{.answers = {200, 100, 200}, .seen = {"/a", "/b"}};
  EXPECT_TRUE(IsAllowed({200}, {"/a"}, second_waits));
  EXPECT_FALSE(IsAllowed({200, 100}, {"/a"}, second_waits));
  const Outcome first_waits{.answers = {100, 200, 200}, .seen = {"/a", "/next"}};
  EXPECT_TRUE(IsAllowed({100, 200}, {"/a"}, first_waits));
  EXPECT_FALSE(IsAllowed({100}, {}, first_waits));
}

}  // namespace
}  // namespace suites::http1
