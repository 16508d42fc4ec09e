#include "reports/statistics/paired.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

#include "hosts/base/check.h"
#include "reports/statistics/percentile.h"

namespace reports::statistics {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool IsValue(double value) {
  return std::isfinite(value) && value >= 0;
}

// a - b, where two equal infinities differ by nothing.
double Difference(double a, double b) {
  return a == b ? 0 : a - b;
}

// How much worse the candidate was than each of its bases, as logarithms, ascending; better is negative.
class Worsenings {
 public:
  Worsenings(std::span<const std::span<const double>> bases,
             std::span<const double> candidate,
             Worse worse)
      : worse_(worse), blocks_{candidate.size(), bases.size()} {
    for (const auto base : bases)
      CHECK(base.size() == candidate.size(), "pairs need a candidate for every base");
    for (std::size_t block = 0; block < candidate.size(); ++block) {
      const std::size_t missing_before = missing_;
      for (const auto base : bases)
        Add(base[block], candidate[block]);
      if (missing_ > missing_before) ++incomplete_;
      if (IsValue(candidate[block]) && bases.front()[block] == candidate[block]) ++ties_;
    }
    std::ranges::sort(logs_);
  }

  [[nodiscard]] bool is_empty() const { return logs_.empty(); }
  [[nodiscard]] Blocks blocks() const { return blocks_; }
  [[nodiscard]] int incomplete() const { return incomplete_; }  // blocks
  [[nodiscard]] int ties() const { return ties_; }

  [[nodiscard]] double Median() const {
    const double below = logs_[(logs_.size() - 1) / 2];
    const double above = logs_[logs_.size() / 2];
    if (std::isinf(below) && std::isinf(above) && below != above) return 0;  // anything
    return below == above ? below : (below + above) / 2;
  }

  // The bound that the median is beyond with a probability of at most `tail`: its rank, see Low and High.
  [[nodiscard]] std::size_t Rank(double tail) const { return RankOfBound(blocks_, tail); }
  // Those missing stand before all others, and behind all others.
  [[nodiscard]] double Low(std::size_t rank) const {
    return rank <= missing_ ? -kInfinity : logs_[rank - missing_ - 1];
  }
  [[nodiscard]] double High(std::size_t rank) const {
    return rank <= missing_ ? kInfinity : logs_[logs_.size() - (rank - missing_)];
  }

  // What the standard deviation would be if it were normal: the median distance from the median, times 1.4826.
  [[nodiscard]] double Spread() const {
    const double median = Median();
    std::vector<double> distances;
    for (const double log : logs_)
      distances.push_back(std::abs(Difference(log, median)));
    return 1.4826 * statistics::Median(std::move(distances)).value_or(0);
  }

  // candidate / base of a worsening.
  [[nodiscard]] double Ratio(double log) const {
    return std::exp(worse_ == Worse::Larger ? log : -log);
  }

 private:
  void Add(double base, double candidate) {
    if (!IsValue(base) || !IsValue(candidate)) {
      ++missing_;
      return;
    }
    const double log = Difference(std::log(candidate), std::log(base));
    logs_.push_back(worse_ == Worse::Larger ? log : -log);
  }

  Worse worse_;
  Blocks blocks_;
  std::vector<double> logs_;
  std::size_t missing_ = 0;  // differences
  int incomplete_ = 0;
  int ties_ = 0;
};

Worsenings WorseningsOf(const PairedSeries& series) {
  std::vector<std::span<const double>> bases{series.base};
  bases.insert(bases.end(), series.again.begin(), series.again.end());
  return {bases, series.candidate, series.worse};
}

// A bound that is wrong with a probability of at most `tail`.
struct Bound {
  double tail = 0;
  std::size_t rank = 0;
};

// Those by which each thing is decided.
struct Bounds {
  Bound regressed;
  Bound no_worse;
  Bound improved;
};

bool IsRegressed(const Worsenings& worsenings, double margin, std::size_t rank) {
  return worsenings.Low(rank) > std::log1p(margin);
}
bool IsNoWorse(const Worsenings& worsenings, double margin, std::size_t rank) {
  return worsenings.High(rank) <= std::log1p(margin);
}
bool IsImproved(const Worsenings& worsenings, double margin, std::size_t rank) {
  return worsenings.High(rank) < std::min(0.0, std::log1p(margin));
}

Verdict VerdictOf(const Worsenings& worsenings, double margin, const Bounds& bounds) {
  if (IsRegressed(worsenings, margin, bounds.regressed.rank)) return Verdict::Regressed;
  if (IsImproved(worsenings, margin, bounds.improved.rank)) return Verdict::Improved;
  if (IsNoWorse(worsenings, margin, bounds.no_worse.rank)) return Verdict::NoWorse;
  return Verdict::Inconclusive;
}

std::optional<Comparison> Compare(const Worsenings& worsenings,
                                  double margin,
                                  const Bounds& bounds) {
  if (worsenings.is_empty()) return std::nullopt;
  Comparison comparison;
  comparison.verdict = VerdictOf(worsenings, margin, bounds);
  comparison.pairs = static_cast<int>(worsenings.blocks().count);
  comparison.ties = worsenings.ties();
  comparison.missing = worsenings.incomplete();

  const Bound& low_bound = bounds.regressed;
  const Bound& high_bound =
      comparison.verdict == Verdict::Improved ? bounds.improved : bounds.no_worse;
  const double low = worsenings.Low(low_bound.rank);
  const double ends[] = {worsenings.Ratio(low), worsenings.Ratio(worsenings.High(high_bound.rank))};
  comparison.ratio = worsenings.Ratio(worsenings.Median());
  comparison.interval = {.low = std::min(ends[0], ends[1]),
                         .high = std::max(ends[0], ends[1]),
                         .confidence = 1 - TailOfRank(worsenings.blocks(), low_bound.rank) -
                                       TailOfRank(worsenings.blocks(), high_bound.rank)};
  comparison.alpha = low_bound.tail + high_bound.tail;
  comparison.spread = worsenings.Spread();
  comparison.detectable = std::expm1(std::log1p(margin) + Difference(worsenings.Median(), low));
  return comparison;
}

// Holm's steps: all share the tail; who is shown at its share goes, and the rest share the tail anew.
// Returns the share that each had last.
template <typename IsShown>
std::vector<double> HolmTails(std::size_t count, double tail, IsShown is_shown) {
  std::vector<double> tails(count, tail);
  std::vector<std::size_t> open(count);
  for (std::size_t i = 0; i < count; ++i)
    open[i] = i;
  while (!open.empty()) {
    const double share = tail / static_cast<double>(open.size());
    for (const std::size_t index : open)
      tails[index] = share;
    if (std::erase_if(open, [&](std::size_t index) { return is_shown(index, share); }) == 0) break;
  }
  return tails;
}

}  // namespace

std::string_view Name(Verdict verdict) {
  constexpr std::array<std::string_view, 4> kNames{
      "regressed", "no worse", "improved", "inconclusive"};
  return kNames[static_cast<std::size_t>(verdict)];
}

std::optional<Comparison> ComparePaired(std::span<const double> base,
                                        std::span<const double> candidate,
                                        const Judging& judging) {
  CHECK(judging.margin > -1, "a margin leaves something of the base");
  const std::span<const double> bases[] = {base};
  const Worsenings worsenings(bases, candidate, judging.worse);
  const Bound bound{judging.alpha / 2, worsenings.Rank(judging.alpha / 2)};
  return Compare(worsenings, judging.margin, {bound, bound, bound});
}

std::vector<std::optional<Comparison>> CompareFamily(std::span<const PairedSeries> family,
                                                     double alpha) {
  std::vector<Worsenings> worsenings;
  for (const PairedSeries& series : family) {
    CHECK(series.margin > -1, "a margin leaves something of the base");
    worsenings.push_back(WorseningsOf(series));
  }
  // By Holm's steps, of each of the family the bound that it was decided by.
  const auto bounds_of = [&](auto is_shown) {
    const auto tails = HolmTails(family.size(), alpha / 2, [&](std::size_t i, double tail) {
      return !worsenings[i].is_empty() &&
             is_shown(worsenings[i], family[i].margin, worsenings[i].Rank(tail));
    });
    std::vector<Bound> bounds;
    for (std::size_t i = 0; i < family.size(); ++i)
      bounds.push_back({tails[i], worsenings[i].Rank(tails[i])});
    return bounds;
  };
  const auto regressed = bounds_of(IsRegressed);
  const auto no_worse = bounds_of(IsNoWorse);
  const auto improved = bounds_of(IsImproved);

  std::vector<std::optional<Comparison>> comparisons;
  for (std::size_t i = 0; i < family.size(); ++i) {
    comparisons.push_back(
        Compare(worsenings[i], family[i].margin, {regressed[i], no_worse[i], improved[i]}));
  }
  return comparisons;
}

}  // namespace reports::statistics
