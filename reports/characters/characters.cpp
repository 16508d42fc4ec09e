#include "reports/characters/characters.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/notation/notation.h"

namespace reports::characters {

Character First(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < bytes) return {};
  std::uint32_t value = lead & (0xFFU >> (bytes + 1));
  for (std::size_t at = 1; at < bytes; ++at) {
    if ((byte(at) & 0xC0U) != 0x80) return {};
    value = (value << 6U) | (byte(at) & 0x3FU);
  }
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < kLeast[bytes] || value > 0x10FFFF || is_surrogate) return {};
  return {value, bytes};
}

bool IsInvisible(std::uint32_t value) {
  if (value < 0x20) return value != '\n' && value != '\t';
  return (value >= 0x7F && value <= 0x9F) ||      // delete, C1
         value == 0xAD || value == 0x61C ||       // soft hyphen, a direction mark
         (value >= 0x200B && value <= 0x200F) ||  // zero width, direction marks
         (value >= 0x2028 && value <= 0x202E) ||  // line separators, direction overrides
         (value >= 0x2060 && value <= 0x206F) || value == 0xFEFF ||
         (value >= 0xFFF9 && value <= 0xFFFB) ||  // notes between the lines
         value == 0xFFFE || value == 0xFFFF ||    // no characters
         (value >= 0xE0000 && value <= 0xE007F);  // tags
}

std::string Named(std::uint32_t value) {
  return fmt::format("\u27E8U+{:04X}\u27E9", value);
}

std::string_view Shortened(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  std::size_t end = limit;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80)
    --end;
  return text.substr(0, end);
}

std::string Omission(std::size_t bytes) {
  return fmt::format("\u2026 ({} bytes)", notation::Count(static_cast<std::int64_t>(bytes)));
}

std::string Visible(std::string_view text, std::size_t limit) {
  std::string out;
  bool is_cut = false;
  ForEach(text, [&](std::string_view character) {
    is_cut = out.size() + character.size() > limit;
    if (!is_cut) out += character;
    return !is_cut;
  });
  if (is_cut) out += Omission(text.size());
  return out;
}

std::string OneLine(std::string_view text, std::size_t limit) {
  std::string out = Visible(text, limit);
  std::ranges::replace(out, '\n', ' ');
  std::ranges::replace(out, '\t', ' ');
  return out;
}

}  // namespace reports::characters
