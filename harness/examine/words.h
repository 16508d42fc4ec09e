#pragma once
// SplitIntoWords: letters and digits that stand together are a word, and so is every other byte.
// CommonWords:    the longest list of words that stands in both lists in that order (Myers' O(ND) way), as pairs of places.
//
// Fails: never. Two lists that have very little in common are taken to have only their beginning and their end in common.

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

namespace harness::examine {

using WordList = std::vector<std::string_view>;

[[nodiscard]] WordList SplitIntoWords(std::string_view text);

[[nodiscard]] std::vector<std::pair<std::size_t, std::size_t>> CommonWords(const WordList& one,
                                                                           const WordList& other);

}  // namespace harness::examine
