#pragma once
// The blocks that sections are built of.

#include <string>
#include <string_view>
#include <vector>

#include "reports/html/markup.h"
#include "reports/verdict/verdict.h"

namespace reports::html {

// <section id><h2>title</h2>inner</section>
[[nodiscard]] Markup Section(std::string_view id, std::string_view title, const Markup& inner);

// A table that scrolls by itself when it is wider than the page; `label` names it for those who cannot
// see it.
[[nodiscard]] Markup Scrolling(std::string_view label, const Markup& table);
[[nodiscard]] Markup HeaderRow(const std::vector<std::string>& columns);

// <dt>term</dt><dd>description</dd>; nothing when the description is empty.
[[nodiscard]] Markup Term(std::string_view term, std::string_view description);

// A command that can be selected with one click; nothing when it is empty.
[[nodiscard]] Markup Command(std::string_view command);

// A mode or a cell's id: lines are broken behind its slashes.
[[nodiscard]] Markup BreakableText(std::string_view text);

// What stands between two ` is code, as in Markdown.
[[nodiscard]] Markup TextWithCode(std::string_view text);

// ✓, i, ! or ✗, with a word for those who cannot see it.
[[nodiscard]] Markup Mark(verdict::Standing standing);
// "good", "note", "caution", "bad": the class of what stands so.
[[nodiscard]] std::string_view ClassOf(verdict::Standing standing);

}  // namespace reports::html
