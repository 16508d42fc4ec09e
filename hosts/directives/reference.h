#pragma once
// Reference: the table of directives as a page for people, one of them as an answer to who asks for it,
//            and all of it as JSON for programs. With each what differs from mod_wsgi, by the table of
//            deviations. reference.md is what Reference() gives; a test compares the two.

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "hosts/base/result.h"
#include "hosts/deviations/table.h"
#include "hosts/directives/table.h"

namespace hosts::directives {

// Markdown, in the order of the table.
[[nodiscard]] std::string Reference();

// The part of it that is about one directive; case does not matter, as in a configuration.
// Fails: there is no such directive; the error names the nearest.
[[nodiscard]] base::Result<std::string> ReferenceOf(std::string_view name);

// {"schema", "directives": [{"name", "syntax", "where", "default", "meaning", "rules", "support",
//   "options": [{"name", "value", "default", "meaning", "rules", "support"}], "deviations": [...]}]}
[[nodiscard]] nlohmann::ordered_json ReferenceAsJson();

// The rows that name it or an option of it, or that are about a rule of it.
[[nodiscard]] std::vector<const deviations::Deviation*> DeviationsOf(const DirectiveRow& row);

}  // namespace hosts::directives
