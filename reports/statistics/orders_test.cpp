#include "reports/statistics/orders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace reports::statistics {

namespace {

using testing::ElementsAre;

// How often each arm stands at each place, and how often each stands right behind each other.
struct Balance {
  std::map<std::pair<int, std::size_t>, int> places;
  std::map<std::pair<int, int>, int> neighbours;
};

Balance BalanceOf(std::span<const Order> orders) {
  Balance balance;
  for (const Order& order : orders) {
    for (std::size_t place = 0; place < order.size(); ++place) {
      ++balance.places[{order[place], place}];
      if (place > 0) ++balance.neighbours[{order[place - 1], order[place]}];
    }
  }
  return balance;
}

template <typename Counts>
std::set<int> DifferentCounts(const Counts& counts) {
  std::set<int> different;
  for (const auto& [key, count] : counts)
    different.insert(count);
  return different;
}

}  // namespace

TEST(BalancedOrders, OfTwoArmsAreAbbaAndBaabEquallyOften) {
  const auto orders = BalancedOrders(2, 20, 1);
  ASSERT_EQ(orders.size(), 20U);
  EXPECT_EQ(std::ranges::count(orders, Order{0, 1, 1, 0}), 10);
  EXPECT_EQ(std::ranges::count(orders, Order{1, 0, 0, 1}), 10);
  EXPECT_EQ(BalancedOrders(2, 5, 1).size(), 6U);  // one of each
}

TEST(BalancedOrders, OfMoreArmsBalancePlacesAndNeighbours) {
  for (int arms = 3; arms <= 9; ++arms) {
    const int blocks = BlocksOfASquare(arms);
    EXPECT_EQ(blocks, arms % 2 == 0 ? arms : 2 * arms);
    const auto orders = BalancedOrders(arms, blocks, 7);
    ASSERT_EQ(static_cast<int>(orders.size()), blocks);
    const Balance balance = BalanceOf(orders);
    EXPECT_EQ(static_cast<int>(balance.places.size()), arms * arms);
    EXPECT_THAT(DifferentCounts(balance.places), ElementsAre(blocks / arms)) << arms;
    EXPECT_EQ(static_cast<int>(balance.neighbours.size()), arms * (arms - 1)) << arms;
    EXPECT_THAT(DifferentCounts(balance.neighbours), ElementsAre(blocks / arms)) << arms;
  }
}

TEST(BalancedOrders, AreWholeSquares) {
  EXPECT_EQ(BalancedOrders(4, 4, 1).size(), 4U);
  EXPECT_EQ(BalancedOrders(4, 5, 1).size(), 8U);
  EXPECT_EQ(BalancedOrders(3, 7, 1).size(), 12U);
  EXPECT_EQ(BalancedOrders(4, 0, 1).size(), 0U);
  EXPECT_THAT(BalancedOrders(1, 2, 1), ElementsAre(Order{0}, Order{0}));
}

// The seed is in the record: whoever repeats the run gets these, with any C++ library (the sequence of
// mt19937_64 is fixed by the standard, what std::shuffle makes of it is not).
TEST(BalancedOrders, AreTheSameForTheSameSeed) {
  EXPECT_EQ(BalancedOrders(4, 12, 5), BalancedOrders(4, 12, 5));
  EXPECT_NE(BalancedOrders(4, 12, 5), BalancedOrders(4, 12, 6));
}

TEST(ReversedOrders, RunEveryBlockFromItsEnd) {
  const Order blocks[] = {{0, 1, 2}, {2, 0, 1}};
  EXPECT_THAT(ReversedOrders(blocks), ElementsAre(Order{1, 0, 2}, Order{2, 1, 0}));
}

TEST(ReversedOrders, ExchangeTheArmsOfWhatReadsTheSameBackwards) {
  const Order blocks[] = {{0, 1, 1, 0}, {0, 1, 1, 0}, {1, 0, 0, 1}};
  EXPECT_THAT(ReversedOrders(blocks),
              ElementsAre(Order{0, 1, 1, 0}, Order{1, 0, 0, 1}, Order{1, 0, 0, 1}));
}

TEST(PairsOf, AreTheWindowsThatStoodSideBySide) {
  const Order abba[] = {{0, 1, 1, 0}, {1, 0, 0, 1}};
  const double values[] = {10, 11, 12, 13, 20, 21, 22, 23};
  const Pairs pairs = PairsOf(abba, values, 0, 1);
  EXPECT_THAT(pairs.base, ElementsAre(10, 13, 21, 22));
  EXPECT_THAT(pairs.candidate, ElementsAre(11, 12, 20, 23));

  const Order rows[] = {{0, 1, 2}, {2, 0, 1}};
  const double of_rows[] = {1, 2, 3, 4, 5, 6};
  EXPECT_THAT(PairsOf(rows, of_rows, 2, 0).base, ElementsAre(3, 4));
  EXPECT_THAT(PairsOf(rows, of_rows, 2, 0).candidate, ElementsAre(1, 5));
}

TEST(ReversedOrders, StayBalanced) {
  const auto reversed = ReversedOrders(BalancedOrders(5, 10, 3));
  EXPECT_THAT(DifferentCounts(BalanceOf(reversed).neighbours), ElementsAre(2));
}

}  // namespace reports::statistics
