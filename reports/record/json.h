#pragma once
// Lines of a record as JSON, as format.md describes them. The only place that knows how.
//
// Fails:   ParseLine names the member that is missing or of the wrong kind. ToJsonLine never fails: text
//          that is not UTF-8 is written with U+FFFD, a number that is not finite is left out.

#include <string>
#include <string_view>

#include "hosts/base/result.h"
#include "reports/record/record.h"

namespace reports::record {

// One line, without the newline; `type` comes first.
[[nodiscard]] std::string ToJsonLine(const Line& line);

[[nodiscard]] hosts::base::Result<Line> ParseLine(std::string_view text);

}  // namespace reports::record
