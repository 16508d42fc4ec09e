#include "harness/load/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "hosts/base/check.h"

namespace harness::load {

namespace {

constexpr int kHalfMagnitude = 10;  // half of a bucket is 1,024 cells
constexpr std::int64_t kHalf = 1 << kHalfMagnitude;
constexpr std::int64_t kMask = 2 * kHalf - 1;
constexpr std::int64_t kHighest = 3'600'000'000'000;  // an hour in ns

constexpr int BucketOf(std::int64_t value) {
  const auto width = std::bit_width(static_cast<std::uint64_t>(value | kMask));
  return static_cast<int>(width) - (kHalfMagnitude + 1);
}

constexpr std::size_t IndexOf(std::int64_t value) {
  const int bucket = BucketOf(value);
  const std::int64_t cell = value >> bucket;
  return static_cast<std::size_t>(((bucket + 1LL) << kHalfMagnitude) + (cell - kHalf));
}

constexpr std::size_t kLength = IndexOf(kHighest) + 1;

// The highest value that is counted at this index.
std::int64_t HighestAt(std::size_t index) {
  const int bucket = std::max(0, static_cast<int>(index >> kHalfMagnitude) - 1);
  const std::int64_t within = static_cast<std::int64_t>(index) & (kHalf - 1);
  const bool lower_half = index < static_cast<std::size_t>(kHalf);
  const std::int64_t cell = lower_half ? within : within + kHalf;
  return ((cell + 1) << bucket) - 1;
}

}  // namespace

Histogram::Histogram() : counts_(kLength, 0) {}

void Histogram::Record(std::int64_t value_ns) {
  const std::int64_t value = std::clamp<std::int64_t>(value_ns, 0, kHighest);
  ++counts_[IndexOf(value)];
  min_ = count_ == 0 ? value : std::min(min_, value);
  max_ = std::max(max_, value);
  sum_ += static_cast<double>(value);
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
  return count_ == 0 ? 0 : sum_ / static_cast<double>(count_);
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

}  // namespace harness::load
