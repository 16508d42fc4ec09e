#pragma once
// Render: an Explanation as text for people, or as JSON for programs (explain.schema.json).

#include <nlohmann/json_fwd.hpp>

#include <string>

#include "hosts/explain/explanation.h"

namespace hosts::explain {

enum class Colours { Off, On };

// Stable: equal explanations give equal text.
[[nodiscard]] std::string ToText(const deployment::Deployment& deployment,
                                 const Explanation& explanation,
                                 Colours colours);

[[nodiscard]] nlohmann::ordered_json ToJson(const deployment::Deployment& deployment,
                                            const Explanation& explanation,
                                            const std::string& configuration);

}  // namespace hosts::explain
