#pragma once
// Labels: what tells one thing that was measured from another: host, mode, app, …
// Fits:   whether they are those of a rule's selectors.
//
// Pure.

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "reports/gate/expression.h"
#include "reports/record/record.h"

namespace reports::gate {

using Labels = std::map<std::string, std::string, std::less<>>;

// Of a cell's id, "engine/daemon/sub/preload/django_accounts".
[[nodiscard]] Labels LabelsOfCell(std::string_view cell);
// The same, with the Python that the cell's host has, where the record says it.
[[nodiscard]] Labels LabelsOfCell(const record::Record& record, std::string_view cell);
[[nodiscard]] Labels LabelsOfCheck(const record::Check& check);

// Every selector's pattern fits its label; a mode's also when it names only the beginning: "daemon" and
// "daemon/sub" are patterns of "daemon/sub/lazy". A label that is not there fits nothing.
[[nodiscard]] bool Fits(const Labels& labels, std::span<const Selector> selectors);

[[nodiscard]] bool HasSelector(const Expression& expression, std::string_view label);

}  // namespace reports::gate
