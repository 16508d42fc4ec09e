#include "reports/histogram/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "hosts/base/check.h"

namespace reports::histogram {

namespace {

constexpr int kHalfMagnitude = 10;  // half of a bucket is 1,024 cells
constexpr std::int64_t kHalf = 1 << kHalfMagnitude;
constexpr std::int64_t kMask = 2 * kHalf - 1;

constexpr int BucketOf(std::int64_t value) {
  const auto width = std::bit_width(static_cast<std::uint64_t>(value | kMask));
  return static_cast<int>(width) - (kHalfMagnitude + 1);
}

constexpr std::size_t IndexOf(std::int64_t value) {
  const int bucket = BucketOf(value);
  const std::int64_t cell = value >> bucket;
  return static_cast<std::size_t>(((bucket + 1LL) << kHalfMagnitude) + (cell - kHalf));
}

constexpr std::size_t kLength = IndexOf(Histogram::kHighest) + 1;

// The bucket of a cell, and its place among the values of that bucket's width.
struct Place {
  int bucket;
  std::int64_t cell;
};

Place PlaceOf(std::size_t index) {
  const int bucket = std::max(0, static_cast<int>(index >> kHalfMagnitude) - 1);
  const std::int64_t within = static_cast<std::int64_t>(index) & (kHalf - 1);
  const bool lower_half = index < static_cast<std::size_t>(kHalf);
  return {bucket, lower_half ? within : within + kHalf};
}

}  // namespace

Histogram::Histogram() : counts_(kLength, 0) {}

std::int64_t Histogram::LowestAt(std::size_t cell) {
  const Place place = PlaceOf(cell);
  return place.cell << place.bucket;
}

std::int64_t Histogram::HighestAt(std::size_t cell) {
  const Place place = PlaceOf(cell);
  return ((place.cell + 1) << place.bucket) - 1;
}

Histogram Histogram::OfCells(std::vector<std::int64_t> counts) {
  CHECK(counts.size() == kLength, "a count for each cell");
  Histogram histogram;
  for (std::size_t cell = 0; cell < kLength; ++cell) {
    const std::int64_t count = counts[cell];
    if (count == 0) continue;
    const std::int64_t lowest = LowestAt(cell);
    const std::int64_t highest = std::min(HighestAt(cell), kHighest);
    if (histogram.count_ == 0) histogram.min_ = lowest;
    histogram.max_ = highest;
    histogram.count_ += count;
    histogram.sum_ += static_cast<Sum>(lowest + (highest - lowest + 1) / 2) * count;
  }
  histogram.counts_ = std::move(counts);
  return histogram;
}

void Histogram::Record(std::int64_t value_ns) {
  const std::int64_t value = std::clamp<std::int64_t>(value_ns, 0, kHighest);
  ++counts_[IndexOf(value)];
  min_ = count_ == 0 ? value : std::min(min_, value);
  max_ = std::max(max_, value);
  sum_ += value;
  ++count_;
}

void Histogram::Add(const Histogram& other) {
  if (other.count_ == 0) return;
  for (std::size_t index = 0; index < kLength; ++index)
    counts_[index] += other.counts_[index];
  min_ = count_ == 0 ? other.min_ : std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
  sum_ += other.sum_;
  count_ += other.count_;
}

double Histogram::mean_ns() const {
  return count_ == 0 ? 0 : static_cast<double>(sum_) / static_cast<double>(count_);
}

std::int64_t Histogram::ValueAt(double percentile) const {
  CHECK(percentile >= 0 && percentile <= 100, "a percentile lies between 0 and 100");
  if (count_ == 0) return 0;
  const double exact = percentile / 100 * static_cast<double>(count_);
  const std::int64_t target =
      std::max<std::int64_t>(1, static_cast<std::int64_t>(std::floor(exact + 0.5)));
  std::int64_t seen = 0;
  for (std::size_t index = 0; index < kLength; ++index) {
    seen += counts_[index];
    if (seen >= target) return std::min(HighestAt(index), max_);
  }
  return max_;
}

bool Histogram::Supports(double percentile) const {
  // A thousandth of slack, for 99.9 has no exact binary form.
  return static_cast<double>(count_) * (100 - percentile) / 100 >= 10 - 1e-3;
}

void Histogram::ForEach(const std::function<void(std::int64_t, std::int64_t)>& visit) const {
  for (std::size_t index = 0; index < kLength; ++index) {
    if (counts_[index] != 0) visit(HighestAt(index), counts_[index]);
  }
}

}  // namespace reports::histogram
