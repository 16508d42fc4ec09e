#include "reports/statistics/orders.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <random>
#include <utility>

#include "hosts/base/check.h"

namespace reports::statistics {

namespace {

using Random = std::mt19937_64;

// std::shuffle deals differently from library to library. Of 2^64 numbers the remainder favours none.
template <typename T>
void Shuffle(std::vector<T>& list, Random& random) {
  for (std::size_t left = list.size(); left > 1; --left)
    std::swap(list[left - 1], list[random() % left]);
}

// 0, 1, n-1, 2, n-2, …: the steps from each to the next are all different.
Order FirstRow(int arms) {
  Order row{0};
  for (int low = 1, high = arms - 1; low <= high; ++low, --high) {
    row.push_back(low);
    if (low < high) row.push_back(high);
  }
  return row;
}

std::vector<Order> WilliamsSquare(int arms) {
  std::vector<Order> rows;
  Order row = FirstRow(arms);
  for (int turn = 0; turn < arms; ++turn) {
    rows.push_back(row);
    for (int& arm : row)
      arm = (arm + 1) % arms;
  }
  if (arms % 2 == 0) return rows;
  for (int turn = 0; turn < arms; ++turn) {
    const Order& forward = rows[static_cast<std::size_t>(turn)];
    rows.emplace_back(forward.rbegin(), forward.rend());
  }
  return rows;
}

std::vector<Order> Square(int arms) {
  if (arms == 1) return {{0}};
  if (arms == 2) return {{0, 1, 1, 0}, {1, 0, 0, 1}};
  return WilliamsSquare(arms);
}

void Rename(std::vector<Order>& rows, const Order& names) {
  for (Order& row : rows) {
    for (int& arm : row)
      arm = names[static_cast<std::size_t>(arm)];
  }
}

}  // namespace

int BlocksOfASquare(int arms) {
  return static_cast<int>(Square(arms).size());
}

std::vector<Order> BalancedOrders(int arms, int blocks, std::uint64_t seed) {
  CHECK(arms > 0 && blocks >= 0, "an order is of arms");
  Random random(seed);
  std::vector<Order> orders;
  while (static_cast<int>(orders.size()) < blocks) {
    Order names(static_cast<std::size_t>(arms));
    std::iota(names.begin(), names.end(), 0);
    Shuffle(names, random);
    std::vector<Order> rows = Square(arms);
    Rename(rows, names);
    Shuffle(rows, random);
    std::ranges::move(rows, std::back_inserter(orders));
  }
  return orders;
}

std::vector<Order> ReversedOrders(std::span<const Order> orders) {
  std::vector<Order> reversed;
  for (auto order = orders.rbegin(); order != orders.rend(); ++order) {
    Order& added = reversed.emplace_back(order->rbegin(), order->rend());
    if (added != *order || added.empty()) continue;
    const int last = *std::ranges::max_element(added);
    for (int& arm : added)
      arm = last - arm;
  }
  return reversed;
}

Pairs PairsOf(std::span<const Order> orders,
              std::span<const double> values,
              int base,
              int candidate) {
  Pairs pairs;
  std::size_t window = 0;
  for (const Order& order : orders) {
    for (const int arm : order) {
      CHECK(window < values.size(), "every window of the orders has a value");
      if (arm == base) pairs.base.push_back(values[window]);
      if (arm == candidate) pairs.candidate.push_back(values[window]);
      ++window;
    }
    CHECK(pairs.base.size() == pairs.candidate.size(), "a block has both arms equally often");
  }
  return pairs;
}

}  // namespace reports::statistics
