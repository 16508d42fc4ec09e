#include "reports/html/markup.h"

#include <fmt/format.h>

#include <cstdint>

#include "reports/notation/notation.h"

namespace reports::html {

namespace {

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t bytes = 0;  // 0: not UTF-8
};

// The first character of the text, which is not empty. Overlong forms and surrogates are not UTF-8.
CodePoint FirstCodePoint(std::string_view text) {
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

// Characters that are not seen, or that change how others are seen.
bool IsInvisible(std::uint32_t value) {
  if (value < 0x20) return value != '\n' && value != '\t';
  return (value >= 0x7F && value <= 0x9F) ||      // delete, C1
         (value >= 0x200B && value <= 0x200F) ||  // zero width, direction marks
         (value >= 0x2028 && value <= 0x202E) ||  // line separators, direction overrides
         (value >= 0x2060 && value <= 0x206F) || value == 0xFEFF;
}

void AppendEscaped(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const CodePoint first = FirstCodePoint(text);
    if (first.bytes == 0) {
      out += "\uFFFD";
      text.remove_prefix(1);
      continue;
    }
    switch (first.value) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        if (IsInvisible(first.value)) {
          out += fmt::format("\u27E8U+{:04X}\u27E9", first.value);
        } else {
          out += text.substr(0, first.bytes);
        }
    }
    text.remove_prefix(first.bytes);
  }
}

// At most `limit` bytes, never half a character.
std::string_view Shortened(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  std::size_t end = limit;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80)
    --end;
  return text.substr(0, end);
}

void AppendLimited(std::string& out, std::string_view text, std::size_t limit) {
  const std::string_view kept = Shortened(text, limit);
  AppendEscaped(out, kept);
  if (kept.size() < text.size()) {
    out +=
        fmt::format("\u2026 ({} bytes)", notation::Count(static_cast<std::int64_t>(text.size())));
  }
}

}  // namespace

Markup Text(std::string_view text, std::size_t limit) {
  Markup markup;
  AppendLimited(markup.text_, text, limit);
  return markup;
}

Markup Raw(std::string_view asset) {
  Markup markup;
  markup.text_ = asset;
  return markup;
}

Markup Element(std::string_view name, Attributes attributes, const Markup& inner) {
  Markup markup;
  std::string& out = markup.text_;
  out += '<';
  out += name;
  for (auto [attribute, value] : attributes) {
    if (attribute.ends_with('?')) {
      if (value.empty()) continue;
      attribute.remove_suffix(1);
    }
    out += ' ';
    out += attribute;
    out += "=\"";
    AppendLimited(out, value, kTextLimit);
    out += '"';
  }
  out += '>';
  out += inner.text_;
  out += "</";
  out += name;
  out += '>';
  return markup;
}

Markup Element(std::string_view name, const Markup& inner) {
  return Element(name, {}, inner);
}

Markup Element(std::string_view name, Attributes attributes, std::string_view text) {
  return Element(name, attributes, Text(text));
}

Markup Element(std::string_view name, std::string_view text) {
  return Element(name, {}, Text(text));
}

}  // namespace reports::html
