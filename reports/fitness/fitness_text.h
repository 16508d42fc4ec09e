#pragma once
// RenderFitness:     what `wsgilab check` found, for a terminal.
// RenderFitnessJson: the same, for programs: reports/record/check.schema.json.
//
// Pure.

#include <string>

#include "reports/record/record.h"

namespace reports::fitness {

[[nodiscard]] std::string RenderFitness(const record::Record& record, int columns);
[[nodiscard]] std::string RenderFitnessJson(const record::Record& record);

}  // namespace reports::fitness
