#pragma once
// The table of deviations as a page for people, and as JSON for programs. hosts/deviations.md is what
// Page() gives; a test compares the two.

#include <nlohmann/json_fwd.hpp>

#include <string>

#include "hosts/deviations/table.h"

namespace hosts::deviations {

// Markdown: what is on purpose, then what is not yet.
[[nodiscard]] std::string Page();

// {"schema", "deviations": [{"id", "rule", "kind", "bears_on", "seen", "theirs", "ours", "why"}]}
[[nodiscard]] nlohmann::ordered_json ToJson();
[[nodiscard]] nlohmann::ordered_json ToJson(const Deviation& row);

}  // namespace hosts::deviations
