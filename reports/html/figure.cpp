#include "reports/html/figure.h"

#include <fmt/format.h>

#include "reports/html/blocks.h"

namespace reports::html {

Markup Figure(const FigureKind& kind,
              std::string_view caption,
              std::string_view about,
              const Markup& table) {
  const Markup spoken = about.empty()
                            ? Markup()
                            : Element("span", {{"class", "spoken"}}, Text(": ") + Text(about, 300));
  const std::string label =
      about.empty() ? std::string(caption) : fmt::format("{}: {}", caption, about);
  return Element(
      "figure",
      {{"data-kind", kind.kind},
       {"data-scale", kind.scale},
       {"data-x?", kind.across == "log" ? "log" : ""},
       {"data-x-unit?", kind.across_unit},
       {"data-x-title?", kind.across_title},
       {"data-keeps?", kind.keeps_table ? "table" : ""}},
      Element("figcaption", Text(caption, 300) + spoken) +
          Element(
              "details", {{"open", ""}}, Element("summary", "Table") + Scrolling(label, table)));
}

Markup DrawnHead(std::string_view name, std::string_view unit) {
  return Element("th", {{"scope", "col"}, {"data-unit", unit}}, name);
}

Markup DrawnCell(const std::optional<double>& value, std::string_view text) {
  if (!value) return Element("td", {{"class", "none"}}, "–");
  return Element("td", {{"data-value", fmt::format("{:.6g}", *value)}}, text);
}

Markup FigureGroup(std::string_view title, std::string_view explanation, const Markup& figures) {
  if (figures.is_empty()) return {};
  return Element("h3", title) + Element("p", {{"class", "muted"}}, TextWithCode(explanation)) +
         Element("div", {{"class", "figures"}}, figures);
}

}  // namespace reports::html
