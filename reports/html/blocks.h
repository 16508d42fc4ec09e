#pragma once
// The blocks that sections are built of.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "reports/html/markup.h"
#include "reports/verdict/verdict.h"

namespace reports::html {

// <section id><h2>title</h2>inner</section>
[[nodiscard]] Markup Section(std::string_view id, std::string_view title, const Markup& inner);
// One whose rows can be filtered (filters.js): `facets` are the names of what a row's data-f says, parted by |.
[[nodiscard]] Markup FilteredSection(std::string_view id,
                                     std::string_view title,
                                     std::string_view facets,
                                     const Markup& inner);

// The data-f of a row: its values, in the order of the facets; in a value of several these are parted by ;. What would part them in the
// text of a record becomes a space, and long ones are cut.
[[nodiscard]] std::string Facets(const std::vector<std::string>& values);

// A table that scrolls by itself when it is wider than the page; `label` names it for those who cannot
// see it.
[[nodiscard]] Markup Scrolling(std::string_view label, const Markup& table);
[[nodiscard]] Markup HeaderRow(const std::vector<std::string>& columns);

// <dt>term</dt><dd>description</dd>; nothing when the description is empty.
[[nodiscard]] Markup Term(std::string_view term, std::string_view description);

// A command that can be selected with one click; nothing when it is empty.
[[nodiscard]] Markup Command(std::string_view command);

// What was sent and received, in a box that scrolls.
[[nodiscard]] Markup Transcript(std::string_view transcript, std::size_t limit);

// A mode or a cell's id: lines are broken behind its slashes.
[[nodiscard]] Markup BreakableText(std::string_view text);

// What stands between two ` is code, as in Markdown.
[[nodiscard]] Markup TextWithCode(std::string_view text);

// ✓, i, ! or ✗, with a word for those who cannot see it.
[[nodiscard]] Markup Mark(verdict::Standing standing);
// "good", "note", "caution", "bad": the class of what stands so.
[[nodiscard]] std::string_view ClassOf(verdict::Standing standing);

}  // namespace reports::html
