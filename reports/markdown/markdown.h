#pragma once
// RenderComment:     a run for a pull request or a merge request: the verdict, what failed, what was compared, what was not measured, how to
//                    reproduce it. Under the 65,536 characters that GitHub takes: what is longest and can be read elsewhere is left
//                    out first, the table of cells before anything, and a line says so.
// RenderJobSummary:  the same for a page of its own: under the MiB that GitHub takes of a step, and the million characters of GitLab.
//
// The comment begins with kMarker, which is not seen, so that who posts it finds the last one and replaces it. The same record gives the
// same bytes; nothing in a record can become markup (text.h).

#include <cstddef>
#include <string>
#include <string_view>

#include "reports/record/record.h"

namespace reports::markdown {

inline constexpr std::string_view kMarker = "<!-- wsgilab report -->";
inline constexpr std::size_t kCommentLimit = 65'000;  // bytes: no more characters than that
inline constexpr std::size_t kJobSummaryLimit = 990'000;

[[nodiscard]] std::string RenderComment(const record::Record& record);
[[nodiscard]] std::string RenderJobSummary(const record::Record& record);

}  // namespace reports::markdown
