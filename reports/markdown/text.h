#pragma once
// Text of a record in Markdown, as GitHub and GitLab read it: it stays text, whatever it is.
//
// Prose:      in one line, in a paragraph, a list or the cell of a table. Nothing in it is markup, HTML, a link or an image, and nobody and
//             nothing is mentioned (@name, #12, !12 …): where a mention could begin stands a blank without width.
// CodeBlock:  as it is, between fences that it cannot close. A line that begins with a slash, which GitLab may take for a command, begins
//             with a blank.
//
// Both cut what is longer than so many bytes, as they are written, and say how long it was. Pure.

#include <cstddef>
#include <string>
#include <string_view>

namespace reports::markdown {

[[nodiscard]] std::string Prose(std::string_view text, std::size_t limit);
[[nodiscard]] std::string CodeBlock(std::string_view text, std::size_t limit);

}  // namespace reports::markdown
