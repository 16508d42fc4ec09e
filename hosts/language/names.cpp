#include "hosts/language/names.h"

#include <algorithm>
#include <numeric>

namespace hosts::language {
namespace {

using base::Lower;

// How many letters must be inserted, removed or replaced (Levenshtein), case aside.
size_t Distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replaced = diagonal + (Lower(a[i]) == Lower(b[j]) ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::optional<std::string_view> NearestName(std::string_view written,
                                            const std::vector<std::string_view>& candidates) {
  constexpr size_t kLongestName = 64;
  if (written.size() > kLongestName) return std::nullopt;
  std::optional<std::string_view> nearest;
  size_t nearest_distance = std::max<size_t>(2, written.size() / 3) + 1;
  for (const std::string_view candidate : candidates) {
    const size_t distance = Distance(written, candidate);
    if (distance >= nearest_distance) continue;
    nearest = candidate;
    nearest_distance = distance;
  }
  return nearest;
}

}  // namespace hosts::language
