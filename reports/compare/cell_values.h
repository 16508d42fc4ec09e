#pragma once
// ValueOf: what a run says of a cell, in the words of experiments (metrics.h): of the closed loop, the start, and the memory after the load.
//
// Pure. Absent: it was not measured.

#include <optional>
#include <string>
#include <string_view>

#include "reports/record/record.h"

namespace reports::compare {

[[nodiscard]] std::optional<double> ValueOf(const record::Record& record,
                                            const std::string& cell,
                                            std::string_view metric);

}  // namespace reports::compare
