#pragma once
// PublishedText: a text in shared memory: one process writes it now and then, another reads it whole. Nobody
// waits for the other: a new text is written beside the one before, which is there until it is complete. So a
// writer that is stopped, or dies, in the middle leaves the one before.
//
// Owns:    nothing: a view of memory that is zeroed when it is first used, and aligned for a word.
// Threads: one writer at a time; any number of readers.
// Fails:   Read: nothing, when the writer was always faster. The memory may be that of a process that is not
//          trusted: any bytes are a text or nothing.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hosts::status {

class PublishedText {
 public:
  PublishedText(std::byte* memory, std::size_t size);

  // Of the text, in bytes.
  [[nodiscard]] std::size_t capacity() const { return (words_of_half_ - kText) * sizeof(Word); }
  // False: it is too long, and the one before stays.
  [[nodiscard]] bool Write(std::string_view text);
  [[nodiscard]] std::optional<std::string> Read() const;

 private:
  using Word = std::atomic<std::uint64_t>;
  static_assert(Word::is_always_lock_free);
  static constexpr std::size_t kSize = 0;  // of a half
  static constexpr std::size_t kText = 1;

  // Where the text of that turn is, or will be.
  [[nodiscard]] Word* HalfOf(std::uint64_t turn) const {
    return halves_ + (turn % 2) * words_of_half_;
  }
  [[nodiscard]] std::optional<std::string> TryToRead() const;

  Word* turn_;  // of the text that is complete
  Word* halves_;
  std::size_t words_of_half_;
};

}  // namespace hosts::status
