#include "reports/html/markup.h"

#include "reports/characters/characters.h"

namespace reports::html {

namespace {

void AppendEscaped(std::string& out, std::string_view text) {
  characters::ForEach(text, [&](std::string_view character) {
    switch (character.front()) {
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
        out += character;
    }
    return true;
  });
}

void AppendLimited(std::string& out, std::string_view text, std::size_t limit) {
  const std::string_view kept = characters::Shortened(text, limit);
  AppendEscaped(out, kept);
  if (kept.size() < text.size()) out += characters::Omission(text.size());
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
