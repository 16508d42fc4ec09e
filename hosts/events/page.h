#pragma once
// The table of events as a page for people, as an answer to who asks for one code, and as JSON for
// programs. hosts/events.md is what Page() gives; a test compares the two.

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

#include "hosts/base/result.h"

namespace hosts::events {

// Markdown: a table for each hundred of codes.
[[nodiscard]] std::string Page();

// What there is to say about one code, "H0221" or "h0221", in a few lines.
// Fails: there is no such code.
[[nodiscard]] base::Result<std::string> About(std::string_view code);

// {"schema", "events": [{"code", "level", "happened", "outcome", "remedy"}]}
[[nodiscard]] nlohmann::ordered_json ToJson();

}  // namespace hosts::events
