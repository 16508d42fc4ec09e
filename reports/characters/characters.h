#pragma once
// Characters of a text that may hold any bytes, as a report may write them: always UTF-8, none of them invisible, never half of one.
//
// Pure.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace reports::characters {

struct Character {
  std::uint32_t value = 0;
  std::size_t bytes = 0;  // 0: not UTF-8
};

// The first of the text, which is not empty. Overlong forms and surrogates are not UTF-8.
[[nodiscard]] Character First(std::string_view text);

// Characters that are not seen, that change how others are seen, or that XML does not have; the end of a line and the tabulator are seen.
[[nodiscard]] bool IsInvisible(std::uint32_t value);

// What stands for an invisible character: "⟨U+0007⟩".
[[nodiscard]] std::string Named(std::uint32_t value);

// Calls `each` with every character, as what is to be written for it: itself, its name where it is invisible, U+FFFD for a byte that is
// no UTF-8. Ends when `each` says false.
template <typename Each>
void ForEach(std::string_view text, Each each) {
  while (!text.empty()) {
    const Character first = First(text);
    const std::size_t bytes = first.bytes == 0 ? 1 : first.bytes;
    const bool goes_on = first.bytes == 0           ? each(std::string_view("\uFFFD"))
                         : IsInvisible(first.value) ? each(std::string_view(Named(first.value)))
                                                    : each(text.substr(0, bytes));
    if (!goes_on) return;
    text.remove_prefix(bytes);
  }
}

// At most `limit` bytes, never half a character.
[[nodiscard]] std::string_view Shortened(std::string_view text, std::size_t limit);

// "… (1,048,576 bytes)": what stands behind a text that was shortened and had so many.
[[nodiscard]] std::string Omission(std::size_t bytes);

// All of it as it may be written, in at most so many bytes; behind what was cut, an omission.
[[nodiscard]] std::string Visible(std::string_view text, std::size_t limit);
// The same in one line: what ends lines, and tabulators, become blanks.
[[nodiscard]] std::string OneLine(std::string_view text, std::size_t limit);

}  // namespace reports::characters
