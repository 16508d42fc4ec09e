#include "reports/html/blocks.h"

namespace reports::html {

using verdict::Standing;

Markup Section(std::string_view id, std::string_view title, const Markup& inner) {
  return Element("section", {{"id", id}}, Element("h2", title) + inner) + Markup("\n");
}

Markup Scrolling(std::string_view label, const Markup& table) {
  return Element(
      "div",
      {{"class", "scroll"}, {"tabindex", "0"}, {"role", "region"}, {"aria-label", label}},
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
  return Element("dt", term) + Element("dd", description);
}

Markup Command(std::string_view command) {
  if (command.empty()) return {};
  return Element("code", {{"class", "command"}}, command);
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
      return mark("!", "note:");
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
    case Standing::Good:
      return "good";
  }
  return "";
}

}  // namespace reports::html
