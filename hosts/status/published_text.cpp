#include "hosts/status/published_text.h"

#include <algorithm>
#include <cstring>

#include "hosts/base/check.h"

namespace hosts::status {

namespace {

// A text is written seldom: to be overtaken once is bad luck.
constexpr int kTries = 100;

}  // namespace

PublishedText::PublishedText(std::byte* memory, std::size_t size)
    : turn_(reinterpret_cast<Word*>(memory)),
      halves_(turn_ + 1),
      words_of_half_((size / sizeof(Word) - 1) / 2) {
  CHECK(size >= sizeof(Word) && words_of_half_ > kText, "a text has room for a word");
}

bool PublishedText::Write(std::string_view text) {
  if (text.size() > capacity()) return false;
  const std::uint64_t turn = turn_->load(std::memory_order_relaxed) + 1;
  Word* half = HalfOf(turn);
  // Each of them with what was stored before: who sees a new word sees that the turn is another one.
  half[kSize].store(text.size(), std::memory_order_release);
  for (std::size_t at = 0; at < text.size(); at += sizeof(Word)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, std::min(sizeof word, text.size() - at));
    half[kText + at / sizeof(Word)].store(word, std::memory_order_release);
  }
  turn_->store(turn, std::memory_order_release);
  return true;
}

std::optional<std::string> PublishedText::TryToRead() const {
  const std::uint64_t turn = turn_->load(std::memory_order_acquire);
  const Word* half = HalfOf(turn);
  const std::uint64_t size = half[kSize].load(std::memory_order_acquire);
  if (size > capacity()) return std::nullopt;
  std::string text(size, '\0');
  for (std::size_t at = 0; at < size; at += sizeof(Word)) {
    const std::uint64_t word = half[kText + at / sizeof(Word)].load(std::memory_order_acquire);
    std::memcpy(text.data() + at, &word, std::min(sizeof word, size - at));
  }
  if (turn_->load(std::memory_order_relaxed) != turn) return std::nullopt;
  return text;
}

std::optional<std::string> PublishedText::Read() const {
  for (int i = 0; i < kTries; ++i) {
    if (auto text = TryToRead()) return text;
  }
  return std::nullopt;
}

}  // namespace hosts::status
