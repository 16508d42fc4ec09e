#pragma once
// What a cell's cold start, and what its requests cost, say about an aggregate; nothing where it was not measured.
//
// Pure.

#include <optional>
#include <string_view>

#include "reports/record/record.h"

namespace reports::gate {

[[nodiscard]] std::optional<double> StartupValue(const record::Startup& line,
                                                 std::string_view name);
[[nodiscard]] std::optional<double> ImportsValue(const record::Startup& line,
                                                 std::string_view name);
[[nodiscard]] std::optional<double> CostValue(const record::Resources& line, std::string_view name);

}  // namespace reports::gate
