#include "hosts/base/nearest_name.h"

#include <algorithm>
#include <numeric>

#include "hosts/base/letters.h"

namespace hosts::base {
namespace {

// How many letters must be inserted, removed, replaced or swapped with the next, case aside.
size_t Distance(std::string_view a, std::string_view b) {
  std::vector<size_t> above(b.size() + 1);
  std::vector<size_t> row(b.size() + 1);
  std::vector<size_t> next(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    next[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replaced = row[j] + (Lower(a[i]) == Lower(b[j]) ? 0 : 1);
      next[j + 1] = std::min({replaced, next[j] + 1, row[j + 1] + 1});
      const bool is_swapped =
          i > 0 && j > 0 && Lower(a[i]) == Lower(b[j - 1]) && Lower(a[i - 1]) == Lower(b[j]);
      if (is_swapped) next[j + 1] = std::min(next[j + 1], above[j - 1] + 1);
    }
    above.swap(row);
    row.swap(next);
  }
  return row.back();
}

size_t CommonBeginning(std::string_view a, std::string_view b) {
  const auto differ = std::ranges::mismatch(a, b, {}, Lower, Lower);
  return static_cast<size_t>(differ.in1 - a.begin());
}

}  // namespace

std::optional<std::string_view> NearestName(std::string_view written,
                                            const std::vector<std::string_view>& candidates) {
  constexpr size_t kLongestName = 64;
  if (written.size() > kLongestName) return std::nullopt;
  std::optional<std::string_view> nearest;
  size_t nearest_distance = std::max<size_t>(2, written.size() / 3);
  for (const std::string_view candidate : candidates) {
    const size_t longer = std::max(written.size(), candidate.size());
    if (longer - std::min(written.size(), candidate.size()) > nearest_distance) continue;
    const size_t distance = Distance(written, candidate);
    if (distance > nearest_distance) continue;
    const bool is_nearer = !nearest || distance < nearest_distance ||
                           CommonBeginning(written, candidate) > CommonBeginning(written, *nearest);
    if (!is_nearer) continue;
    nearest = candidate;
    nearest_distance = distance;
  }
  return nearest;
}

}  // namespace hosts::base
