#include "hosts/status/published_text.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <thread>

#include "hosts/base/check.h"

namespace hosts::status {

namespace {

// A text takes a moment to write, and is written seldom; but its writer may have to wait for a processor in
// the middle of it.
constexpr int kTriesAtOnce = 100;
constexpr int kTriesLater = 100;
constexpr auto kBetween = std::chrono::milliseconds(1);

}  // namespace

PublishedText::PublishedText(std::byte* memory, std::size_t size)
    : memory_(reinterpret_cast<Word*>(memory)), words_(size / sizeof(Word)) {
  CHECK(words_ > kText, "a text has room for a word");
}

bool PublishedText::Write(std::string_view text) {
  if (text.size() > capacity()) return false;
  const std::uint64_t turn = memory_[kTurn].load(std::memory_order_relaxed) | 1;
  memory_[kTurn].store(turn, std::memory_order_relaxed);
  // Each of them with what was stored before: who sees a new word sees that the turn is odd.
  memory_[kSize].store(text.size(), std::memory_order_release);
  for (std::size_t at = 0; at < text.size(); at += sizeof(Word)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, std::min(sizeof word, text.size() - at));
    memory_[kText + at / sizeof(Word)].store(word, std::memory_order_release);
  }
  memory_[kTurn].store(turn + 1, std::memory_order_release);
  return true;
}

std::optional<std::string> PublishedText::TryToRead() const {
  const std::uint64_t turn = memory_[kTurn].load(std::memory_order_acquire);
  if (turn % 2 != 0) return std::nullopt;
  const std::uint64_t size = memory_[kSize].load(std::memory_order_acquire);
  if (size > capacity()) return std::nullopt;
  std::string text(size, '\0');
  for (std::size_t at = 0; at < size; at += sizeof(Word)) {
    const std::uint64_t word = memory_[kText + at / sizeof(Word)].load(std::memory_order_acquire);
    std::memcpy(text.data() + at, &word, std::min(sizeof word, size - at));
  }
  if (memory_[kTurn].load(std::memory_order_relaxed) != turn) return std::nullopt;
  return text;
}

std::optional<std::string> PublishedText::Read() const {
  for (int i = 0; i < kTriesAtOnce + kTriesLater; ++i) {
    if (auto text = TryToRead()) return text;
    if (i >= kTriesAtOnce) std::this_thread::sleep_for(kBetween);
  }
  return std::nullopt;
}

}  // namespace hosts::status
