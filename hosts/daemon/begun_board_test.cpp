#include "hosts/daemon/begun_board.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>

namespace hosts::daemon {

TEST(BegunBoard, ARequestIsBegunOnce) {
  BegunBoard board(2);
  const Ticket ticket = board.Issue(1);
  EXPECT_FALSE(board.has_begun(ticket));
  EXPECT_TRUE(board.Begin(ticket));
  EXPECT_TRUE(board.has_begun(ticket));
  EXPECT_FALSE(board.Begin(ticket));
  EXPECT_FALSE(board.TakeBack(ticket));
}

TEST(BegunBoard, WhatWasTakenBackIsNotBegun) {
  BegunBoard board(1);
  const Ticket ticket = board.Issue(0);
  EXPECT_TRUE(board.TakeBack(ticket));
  EXPECT_FALSE(board.Begin(ticket));
  EXPECT_FALSE(board.has_begun(ticket));
  EXPECT_FALSE(board.TakeBack(ticket));
}

// The cell has gone to another channel by then.
TEST(BegunBoard, AnOldTicketIsVoid) {
  BegunBoard board(1);
  const Ticket old = board.Issue(0);
  EXPECT_TRUE(board.TakeBack(old));
  const Ticket next = board.Issue(0);
  EXPECT_FALSE(board.Begin(old));
  EXPECT_TRUE(board.Begin(next));
  EXPECT_FALSE(board.has_begun(old));
}

TEST(BegunBoard, ATicketOfNoCellIsVoid) {
  BegunBoard board(1);
  EXPECT_FALSE(board.Begin({.cell = 1, .turn = 0}));
}

TEST(BegunBoard, EitherTheFrontOrTheProcessHasIt) {
  constexpr int kRounds = 2'000;
  BegunBoard board(1);
  for (int i = 0; i < kRounds; ++i) {
    const Ticket ticket = board.Issue(0);
    std::latch together(2);
    std::atomic<bool> has_begun{false};
    std::thread process([&] {
      together.arrive_and_wait();
      has_begun = board.Begin(ticket);
    });
    together.arrive_and_wait();
    const bool was_taken_back = board.TakeBack(ticket);
    process.join();
    ASSERT_NE(was_taken_back, has_begun);
  }
}

}  // namespace hosts::daemon
