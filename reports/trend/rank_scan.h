#pragma once
// Scan:      how far the parts of a series are apart, by the ranks of its values: split in two where the standardized rank sum is greatest
//            (Pettitt's test), and how far the sum of the ranks goes up and down in all (Kuiper's), which sees what went up and came down again.
//            A single run that was out of the way moves them by one rank and no more.
// ScanTable: what these are where nothing changes: how often they are at least so great. Ranks of runs that do not differ are a
//            random permutation, whatever law the values have, so that one table serves all series of a length: it is made by permutations,
//            once for each length, always from the same seed.
//
// Threads: a table is one thread's.
// Pure otherwise.

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

namespace reports::trend {

// On each side of a split there are at least so many values: fewer are an anecdote.
inline constexpr std::size_t kLeastOnASide = 4;
inline constexpr std::size_t kLeastValues = 2 * kLeastOnASide;

struct Scanned {
  double height = 0;  // of the standardized rank sum at the split that is best
  double range = 0;   // of the sum of the ranks less their mean, from its lowest to its highest
  // Where it is the one and the other: what lies between differs from what lies around it.
  std::size_t from = 0;
  std::size_t to = 0;
};

// 0, 1, …: the place of each value among all; equal ones in an order that the seed decides, so that they are neither up nor down.
[[nodiscard]] std::vector<double> RanksOf(std::span<const double> values, std::uint64_t seed);

// Of kLeastValues or more.
[[nodiscard]] Scanned Scan(std::span<const double> ranks);

// Whether there is room for a part between two others: else the range says nothing that the height does not.
[[nodiscard]] constexpr bool HasRoomForTwo(std::size_t values) {
  return values >= 3 * kLeastOnASide;
}

// How rare the clearest step of all is in a series of so many values, when nothing changed: nothing can be rarer.
[[nodiscard]] double RarestOf(std::size_t values);
// The fewest values that could be as rare as that.
[[nodiscard]] std::size_t FewestValues(double level);

// How often a series that has not changed has one of the two so great: whichever of them is asked, the other was a try as well.
struct Chances {
  double of_height = 1;
  double of_range = 1;

  [[nodiscard]] double Least() const { return of_height < of_range ? of_height : of_range; }
};

class ScanTable {
 public:
  // `draws` permutations for each length.
  explicit ScanTable(std::size_t draws) : draws_(draws) {}

  // Never 0.
  [[nodiscard]] Chances ChancesOf(std::size_t values, const Scanned& scanned);
  // The height whose chance is so small.
  [[nodiscard]] double HeightOf(std::size_t values, double level);

 private:
  struct Unchanged {
    std::vector<double> heights;  // ascending
    std::vector<double> ranges;
    std::vector<double>
        least;  // of each permutation: the smaller of the shares that have both at least so great
  };
  const Unchanged& Of(std::size_t values);
  std::size_t draws_;
  std::map<std::size_t, Unchanged> unchanged_;  // by the number of values
};

}  // namespace reports::trend
