#include "reports/html/blocks.h"

#include <algorithm>

namespace reports::html {

using verdict::Standing;

namespace {

constexpr std::size_t kTermLimit = 300;
constexpr std::size_t kFacetLimit = 120;

}  // namespace

Markup Section(std::string_view id, std::string_view title, const Markup& inner) {
  return Element("section", {{"id", id}}, Element("h2", title) + inner) + Markup("\n");
}

Markup FilteredSection(std::string_view id,
                       std::string_view title,
                       std::string_view facets,
                       const Markup& inner) {
  return Element("section", {{"id", id}, {"data-facets", facets}}, Element("h2", title) + inner) +
         Markup("\n");
}

std::string Facets(const std::vector<std::string>& values) {
  std::string facets;
  for (const std::string& value : values) {
    if (&value != &values.front()) facets += '|';
    std::string kept = value.substr(0, kFacetLimit);
    std::ranges::replace(kept, '|', ' ');
    facets += kept;
  }
  return facets;
}

Markup Scrolling(std::string_view label, const Markup& table) {
  return Element("div",
                 {{"class", "scroll"}, {"tabindex", "0"}, {"role", "group"}, {"aria-label", label}},
                 table);
}

Markup HeaderRow(const std::vector<std::string>& columns) {
  Markup cells;
  for (const std::string& column : columns)
    cells += Element("th", {{"scope", "col"}}, column);
  return Element("thead", Element("tr", cells));
}

Markup Term(std::string_view term, std::string_view description) {
  if (description.empty()) return {};
  return Element("dt", term) + Element("dd", Text(description, kTermLimit));
}

Markup Command(std::string_view command) {
  if (command.empty()) return {};
  return Element("code", {{"class", "command"}}, command);
}

Markup Transcript(std::string_view transcript, std::size_t limit) {
  return Element(
      "pre",
      {{"class", "log"}, {"tabindex", "0"}, {"role", "group"}, {"aria-label", "transcript"}},
      Text(transcript, limit));
}

Markup BreakableText(std::string_view text) {
  Markup markup;
  text = text.substr(0, kTextLimit);
  while (!text.empty()) {
    const std::size_t slash = text.find('/');
    const std::size_t end = slash == std::string_view::npos ? text.size() : slash + 1;
    markup += Text(text.substr(0, end));
    if (end < text.size()) markup += Markup("<wbr>");
    text.remove_prefix(end);
  }
  return markup;
}

Markup TextWithCode(std::string_view text) {
  Markup markup;
  text = text.substr(0, kTextLimit);
  while (!text.empty()) {
    const std::size_t begin = text.find('`');
    const std::size_t end = begin == std::string_view::npos ? begin : text.find('`', begin + 1);
    if (end == std::string_view::npos) return markup + Text(text);
    markup += Text(text.substr(0, begin));
    markup += Element("code", text.substr(begin + 1, end - begin - 1));
    text.remove_prefix(end + 1);
  }
  return markup;
}

Markup Mark(Standing standing) {
  const auto mark = [&](std::string_view sign, std::string_view word) {
    const std::string name = "mark " + std::string(ClassOf(standing));
    return Element("span", {{"class", name}, {"role", "img"}, {"aria-label", word}}, sign);
  };
  switch (standing) {
    case Standing::Bad:
      return mark("✗", "wrong:");
    case Standing::Caution:
      return mark("!", "caution:");
    case Standing::Note:
      return mark("i", "note:");
    case Standing::Good:
      return mark("✓", "right:");
  }
  return {};
}

std::string_view ClassOf(Standing standing) {
  switch (standing) {
    case Standing::Bad:
      return "bad";
    case Standing::Caution:
      return "caution";
    case Standing::Note:
      return "note";
    case Standing::Good:
      return "good";
  }
  return "";
}

}  // namespace reports::html
