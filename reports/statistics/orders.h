#pragma once
// BalancedOrders: which arm is measured in which window, so that neither drift nor place favours one.
//
// Two arms: a block is ABBA or BAAB, as many of each. More arms: a block is a row of a Williams square,
// in which every arm stands once at every place and follows every other arm equally often; an odd number
// of arms needs two such squares. Chance deals the names of the arms and shuffles the rows of a square.
//
// PairsOf:        the pairs of two arms, once the windows of such orders have been measured.
//
// Pure: the same seed gives the same orders on every machine, whatever its C++ library.

#include <cstdint>
#include <span>
#include <vector>

namespace reports::statistics {

// Arms, numbered from 0, in the order of the windows of one block.
using Order = std::vector<int>;

// At least `blocks` of them: whole squares are made, and two blocks of two arms at a time.
[[nodiscard]] std::vector<Order> BalancedOrders(int arms, int blocks, std::uint64_t seed);

// Of how many blocks a whole square consists: 2 for two arms, `arms` or twice that for more.
[[nodiscard]] int BlocksOfASquare(int arms);

// The same plan against the grain, for a confirmation: the last block first, every block from its end,
// and where that is the same order (ABBA), with the arms exchanged.
[[nodiscard]] std::vector<Order> ReversedOrders(std::span<const Order> orders);

struct Pairs {
  std::vector<double> base;
  std::vector<double> candidate;
};

// `values` are those of the windows, in the order in which they were measured. In every block the arm's first
// window is paired with the other's first, and the second with the second: ABBA gives two pairs of neighbours.
[[nodiscard]] Pairs PairsOf(std::span<const Order> orders,
                            std::span<const double> values,
                            int base,
                            int candidate);

}  // namespace reports::statistics
