#pragma once
// Markup: HTML that is known to be well-formed and escaped. Text of a record becomes Markup through
// Text() or an attribute's value, and in no other way, so that it cannot break out.
//
// Control characters, marks that turn the direction of writing and bytes that are not UTF-8 are made
// visible; what is longer than the limit is cut, and the page says how much there was.

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace reports::html {

class Markup {
 public:
  Markup() = default;
  // Markup of ours, written in this program; never text of a record.
  template <std::size_t size>
  explicit Markup(const char (&literal)[size]) : text_(literal) {}

  Markup& operator+=(const Markup& other) {
    text_ += other.text_;
    return *this;
  }
  friend Markup operator+(Markup left, const Markup& right) {
    left += right;
    return left;
  }
  [[nodiscard]] bool is_empty() const { return text_.empty(); }
  [[nodiscard]] const std::string& text() const& { return text_; }
  [[nodiscard]] std::string text() && { return std::move(text_); }

 private:
  friend Markup Text(std::string_view text, std::size_t limit);
  friend Markup Raw(std::string_view asset);
  friend Markup Element(
      std::string_view name,
      std::initializer_list<std::pair<std::string_view, std::string_view>> attributes,
      const Markup& inner);
  std::string text_;
};

using Attributes = std::initializer_list<std::pair<std::string_view, std::string_view>>;

inline constexpr std::size_t kTextLimit = 2000;  // bytes

[[nodiscard]] Markup Text(std::string_view text, std::size_t limit = kTextLimit);

// <name a="v">inner</name>. Names are ours; values are escaped. An attribute with an empty value and a
// name that ends in '?' is left out: {"class?", ""}.
[[nodiscard]] Markup Element(std::string_view name, Attributes attributes, const Markup& inner);
[[nodiscard]] Markup Element(std::string_view name, const Markup& inner);
[[nodiscard]] Markup Element(std::string_view name, Attributes attributes, std::string_view text);
[[nodiscard]] Markup Element(std::string_view name, std::string_view text);

// A file that the build checked: style, script.
[[nodiscard]] Markup Raw(std::string_view asset);

}  // namespace reports::html
