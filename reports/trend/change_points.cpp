#include "reports/trend/change_points.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

#include "hosts/base/check.h"
#include "reports/statistics/percentile.h"

namespace reports::trend {

namespace {

constexpr std::size_t kLeastDraws = 10'000;
constexpr std::uint64_t kSeedOfTies = 20'261'129;

double MedianOf(std::span<const double> values) {
  return statistics::Median({values.begin(), values.end()}).value_or(0);
}

Scanned ScanOf(std::span<const double> values) {
  return Scan(RanksOf(values, kSeedOfTies));
}

// How far a part is from being all the same: the sum of its distances to its median, of the logarithms.
double Unevenness(std::span<const double> values) {
  const double level = std::log(MedianOf(values));
  double sum = 0;
  for (const double value : values)
    sum += std::abs(std::log(value) - level);
  return sum;
}

// The first value of the second part, where both are as even as can be.
std::size_t BestSplit(std::span<const double> values) {
  std::size_t best = kLeastOnASide;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t at = kLeastOnASide; at + kLeastOnASide <= values.size(); ++at) {
    const double sum = Unevenness(values.first(at)) + Unevenness(values.subspan(at));
    if (sum >= least) continue;
    least = sum;
    best = at;
  }
  return best;
}

// Where a series has changed: splits that are as rare as `level`, and whose parts are not the same.
class Splitting {
 public:
  Splitting(std::span<const double> values, double level, ScanTable& table)
      : values_(values), level_(level), table_(table) {}

  struct Place {
    std::size_t at;
    double chance;
  };

  [[nodiscard]] std::vector<Place> Find() {
    Split(0, values_.size());
    std::ranges::sort(places_, {}, &Place::at);
    // What was split off first was judged beside what was found later: once more, between its neighbours alone.
    for (std::size_t i = 0; i < places_.size();) {
      const std::size_t begin = i == 0 ? 0 : places_[i - 1].at;
      const std::size_t end = i + 1 < places_.size() ? places_[i + 1].at : values_.size();
      if (const auto place = Look(begin, end)) {
        places_[i++] = *place;
      } else {
        places_.erase(places_.begin() + static_cast<std::ptrdiff_t>(i));
      }
    }
    return std::move(places_);
  }

 private:
  [[nodiscard]] std::optional<Place> Look(std::size_t begin, std::size_t end) {
    if (end - begin < kLeastValues) return std::nullopt;
    const auto part = values_.subspan(begin, end - begin);
    const double chance = table_.ChancesOf(part.size(), ScanOf(part)).of_height;
    if (chance > level_) return std::nullopt;
    const std::size_t at = BestSplit(part);
    if (MedianOf(part.first(at)) == MedianOf(part.subspan(at))) return std::nullopt;
    return Place{begin + at, chance};
  }

  // What went up and came down again, or the other way round.
  void SplitInThree(std::size_t begin, std::size_t end) {
    if (!HasRoomForTwo(end - begin)) return;
    const auto part = values_.subspan(begin, end - begin);
    const Scanned scanned = ScanOf(part);
    const double chance = table_.ChancesOf(part.size(), scanned).of_range;
    const bool has_room = scanned.from >= kLeastOnASide &&
                          scanned.to >= scanned.from + kLeastOnASide &&
                          part.size() >= scanned.to + kLeastOnASide;
    if (chance > level_ || !has_room) return;
    places_.push_back({begin + scanned.from, chance});
    places_.push_back({begin + scanned.to, chance});
    Split(begin, begin + scanned.from);
    Split(begin + scanned.from, begin + scanned.to);
    Split(begin + scanned.to, end);
  }

  void Split(std::size_t begin, std::size_t end) {
    const auto place = Look(begin, end);
    if (!place) {
      SplitInThree(begin, end);
      return;
    }
    places_.push_back(*place);
    Split(begin, place->at);
    Split(place->at, end);
  }

  std::span<const double> values_;
  double level_;
  ScanTable& table_;
  std::vector<Place> places_;
};

// The values' spread about their levels, as a share of them: of the logarithms, by their median distance.
double SpreadOf(std::span<const double> values, const std::vector<Change>& changes) {
  constexpr double kNormal =
      1.4826;  // the standard deviation of a normal law by its median distance
  std::vector<double> distances;
  std::size_t begin = 0;
  const auto add = [&](std::size_t end) {
    const auto part = values.subspan(begin, end - begin);
    const double level = std::log(MedianOf(part));
    for (const double value : part)
      distances.push_back(std::abs(std::log(value) - level));
    begin = end;
  };
  for (const Change& change : changes)
    add(change.at);
  add(values.size());
  // A median takes some of the distance of few values from them away.
  const auto count = static_cast<double>(values.size());
  const auto parts = static_cast<double>(changes.size() + 1);
  return kNormal * statistics::Median(std::move(distances)).value_or(0) *
         std::sqrt(count / std::max(1.0, count - parts));
}

constexpr int kTries = 200;
constexpr double kSeen = 0.8;

double ShareSeen(std::size_t values, double height, double step) {
  std::mt19937_64 random(values);
  std::normal_distribution<double> normal;
  std::vector<double> series(values);
  int seen = 0;
  for (int attempt = 0; attempt < kTries; ++attempt) {
    for (std::size_t at = 0; at < values; ++at)
      series[at] = normal(random) + (at < values / 2 ? 0 : step);
    if (Scan(RanksOf(series, kSeedOfTies)).height >= height) ++seen;
  }
  return static_cast<double>(seen) / kTries;
}

double LevelOfOne(std::size_t series, double rate) {
  return rate / static_cast<double>(std::max<std::size_t>(series, 1));
}

// How rare it must be: as rare as its place among all of them allows. 0 when none is.
double LevelOf(std::vector<double> chances, double rate) {
  std::ranges::sort(chances);
  const auto all = static_cast<double>(chances.size());
  double level = 0;
  for (std::size_t i = 0; i < chances.size(); ++i) {
    const double allowed = rate * static_cast<double>(i + 1) / all;
    if (chances[i] <= allowed) level = allowed;
  }
  return level;
}

std::vector<Change> ChangesOf(std::span<const double> values,
                              const std::vector<Splitting::Place>& places,
                              double level,
                              double rate) {
  std::vector<Change> changes;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const std::size_t begin = i == 0 ? 0 : places[i - 1].at;
    const std::size_t at = places[i].at;
    const std::size_t end = i + 1 < places.size() ? places[i + 1].at : values.size();
    changes.push_back({.at = at,
                       .before = MedianOf(values.subspan(begin, at - begin)),
                       .after = MedianOf(values.subspan(at, end - at)),
                       .confidence = 1 - places[i].chance / level * rate});
  }
  return changes;
}

}  // namespace

std::vector<std::vector<Change>> FindChanges(std::span<const std::vector<double>> series,
                                             ScanTable& table,
                                             double rate) {
  std::vector<double> chances;
  for (const std::vector<double>& values : series) {
    CHECK(std::ranges::all_of(values, [](double value) { return value > 0; }),
          "what is measured is above 0");
    if (values.size() >= kLeastValues)
      chances.push_back(table.ChancesOf(values.size(), ScanOf(values)).Least());
  }
  const double level = LevelOf(std::move(chances), rate);
  std::vector<std::vector<Change>> changes(series.size());
  for (std::size_t i = 0; i < series.size() && level > 0; ++i)
    changes[i] = ChangesOf(series[i], Splitting(series[i], level, table).Find(), level, rate);
  return changes;
}

ScanTable TableFor(std::size_t series, double rate) {
  constexpr double kAtLeast = 4;  // permutations that are as rare as what is asked
  const double draws = std::ceil(kAtLeast / LevelOfOne(series, rate));
  return ScanTable(std::max(kLeastDraws, static_cast<std::size_t>(draws)));
}

std::size_t FewestRuns(std::size_t series, double rate) {
  return FewestValues(LevelOfOne(series, rate));
}

Sight::Sight(std::size_t series, ScanTable& table, double rate)
    : level_(LevelOfOne(series, rate)), table_(table) {}

std::optional<double> Sight::SmallestStep(std::span<const double> values,
                                          const std::vector<Change>& changes) {
  if (values.size() < kLeastValues || RarestOf(values.size()) > level_) return std::nullopt;
  return std::expm1(StepFor(values.size()) * SpreadOf(values, changes));
}

double Sight::StepFor(std::size_t values) {
  const auto [found, is_new] = steps_.try_emplace(values, 0);
  if (!is_new) return found->second;
  const double height = table_.HeightOf(values, level_);
  double low = 0;
  double high = 16;
  for (int i = 0; i < 10; ++i) {
    const double middle = (low + high) / 2;
    (ShareSeen(values, height, middle) >= kSeen ? high : low) = middle;
  }
  return found->second = high;
}

}  // namespace reports::trend
