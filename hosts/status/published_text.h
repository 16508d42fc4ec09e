#pragma once
// PublishedText: a text in shared memory: one process writes it now and then, another reads it whole or not
// at all. Nobody waits for the other.
//
// Owns:    nothing: a view of memory that is zeroed when it is first used, and aligned for a word.
// Threads: one writer at a time; any number of readers.
// Fails:   Read: nothing, when the writer was always faster, or has stopped in the middle. The memory may
//          be that of a process that is not trusted: any bytes are a text or nothing.

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
  [[nodiscard]] std::size_t capacity() const { return (words_ - kText) * sizeof(Word); }
  // False: it is too long, and the one before stays.
  [[nodiscard]] bool Write(std::string_view text);
  [[nodiscard]] std::optional<std::string> Read() const;

 private:
  using Word = std::atomic<std::uint64_t>;
  static_assert(Word::is_always_lock_free);
  static constexpr std::size_t kTurn = 0;  // odd while it is being written
  static constexpr std::size_t kSize = 1;
  static constexpr std::size_t kText = 2;

  [[nodiscard]] std::optional<std::string> TryToRead() const;

  Word* memory_;
  std::size_t words_;
};

}  // namespace hosts::status
