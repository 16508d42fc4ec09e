#include "harness/examine/words.h"

#include <algorithm>
#include <cctype>

namespace harness::examine {

namespace {

using Places = std::vector<std::pair<std::size_t, std::size_t>>;

bool IsOfAWord(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         (static_cast<unsigned char>(c) & 0x80U) != 0;
}

// How different two lists may be before nobody looks further.
constexpr long kMostEdits = 1500;

// The middle, where the first and the last words differ.
class Comparison {
 public:
  Comparison(const WordList& one,
             const WordList& other,
             std::size_t skipped,
             std::size_t one_end,
             std::size_t other_end)
      : one_(one),
        other_(other),
        skipped_(skipped),
        n_(static_cast<long>(one_end - skipped)),
        m_(static_cast<long>(other_end - skipped)) {}

  // The furthest places on each diagonal after so many edits are kept, and walked back at the end.
  void AddTo(Places& places) {
    const long most = std::min(n_ + m_, kMostEdits);
    std::vector<long> furthest(static_cast<std::size_t>(2 * most + 3), 0);
    const auto at = [&](long diagonal) -> long& {
      return furthest[static_cast<std::size_t>(diagonal + most + 1)];
    };
    for (long edits = 0; edits <= most; ++edits) {
      trace_.emplace_back(furthest.begin() + (most + 1 - edits - 1 < 0 ? 0 : most + 1 - edits - 1),
                          furthest.begin() + most + 1 + edits + 2);
      for (long diagonal = -edits; diagonal <= edits; diagonal += 2) {
        const bool is_down =
            diagonal == -edits || (diagonal != edits && at(diagonal - 1) < at(diagonal + 1));
        long x = is_down ? at(diagonal + 1) : at(diagonal - 1) + 1;
        while (x < n_ && x - diagonal < m_ && AreSame(x, x - diagonal))
          ++x;
        at(diagonal) = x;
        if (x >= n_ && x - diagonal >= m_) return WalkBack(edits, places);
      }
    }
  }

 private:
  [[nodiscard]] bool AreSame(long x, long y) const {
    return one_[skipped_ + static_cast<std::size_t>(x)] ==
           other_[skipped_ + static_cast<std::size_t>(y)];
  }

  void WalkBack(long edits, Places& places) const {
    Places backwards;
    long x = n_;
    long y = m_;
    for (long d = edits; d >= 0 && (x > 0 || y > 0); --d) {
      const auto& before = trace_[static_cast<std::size_t>(d)];  // diagonals -d-1 to d+1
      const auto at = [&](long diagonal) {
        return before[static_cast<std::size_t>(diagonal + d + 1)];
      };
      const long diagonal = x - y;
      const bool is_down = diagonal == -d || (diagonal != d && at(diagonal - 1) < at(diagonal + 1));
      const long from = is_down ? diagonal + 1 : diagonal - 1;
      const long from_x = d == 0 ? 0 : at(from);
      const long from_y = d == 0 ? 0 : from_x - from;
      while (x > from_x && y > from_y) {
        --x;
        --y;
        backwards.emplace_back(skipped_ + static_cast<std::size_t>(x),
                               skipped_ + static_cast<std::size_t>(y));
      }
      x = from_x;
      y = from_y;
    }
    places.insert(places.end(), backwards.rbegin(), backwards.rend());
  }

  const WordList& one_;
  const WordList& other_;
  std::size_t skipped_;
  long n_;
  long m_;
  std::vector<std::vector<long>> trace_;
};

}  // namespace

WordList SplitIntoWords(std::string_view text) {
  WordList words;
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = begin + 1;
    if (IsOfAWord(text[begin])) {
      while (end < text.size() && IsOfAWord(text[end]))
        ++end;
    }
    words.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  return words;
}

std::vector<std::pair<std::size_t, std::size_t>> CommonWords(const WordList& one,
                                                             const WordList& other) {
  Places places;
  const std::size_t shorter = std::min(one.size(), other.size());
  std::size_t begin = 0;
  while (begin < shorter && one[begin] == other[begin]) {
    places.emplace_back(begin, begin);
    ++begin;
  }
  std::size_t same_at_end = 0;
  while (same_at_end < shorter - begin &&
         one[one.size() - 1 - same_at_end] == other[other.size() - 1 - same_at_end])
    ++same_at_end;
  Comparison(one, other, begin, one.size() - same_at_end, other.size() - same_at_end).AddTo(places);
  for (std::size_t left = same_at_end; left > 0; --left)
    places.emplace_back(one.size() - left, other.size() - left);
  return places;
}

}  // namespace harness::examine
