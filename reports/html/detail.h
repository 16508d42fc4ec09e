#pragma once
// Detail: how much of what there may be very many of a page shows, so that it stays small enough to be opened, mailed and kept.
// What a section leaves out it says, in a note; all of it is in the record.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "reports/html/markup.h"

namespace reports::html {

// Whole:   every check in a line of its own, transcripts as far as people read them.
// Grouped: checks that passed are put together by what they check; all else is as it was.
// Compact: transcripts are short, and what is as expected in a grid has no details.
// Least:   what passed is only counted; of what failed the first.
enum class Detail { Whole, Grouped, Compact, Least };

// How many failures are shown one by one, and how many bytes of each transcript.
[[nodiscard]] std::size_t MostFailures(Detail detail);
[[nodiscard]] std::size_t MostOfTranscript(Detail detail);
// Rows of a table that has a row for each cell of the run, or each phase.
[[nodiscard]] std::size_t MostRows(Detail detail);

// "1,234 more failures are left out here: they are in the record, in its lines of type check."; nothing for none.
[[nodiscard]] Markup LeftOut(std::int64_t count, std::string_view noun, std::string_view line_type);

}  // namespace reports::html
