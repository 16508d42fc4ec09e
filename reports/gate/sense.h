#pragma once
// WhyNonsense: why an expression that can be read says nothing, and what to write: it is true or false whatever
//              is measured, or asks of a baseline what is no question.
//
// Pure.

#include <optional>
#include <string>

#include "reports/gate/expression.h"

namespace reports::gate {

[[nodiscard]] std::optional<std::string> WhyNonsense(const Expression& expression);

}  // namespace reports::gate
