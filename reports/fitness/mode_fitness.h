#pragma once
// ModeFitnessOf: what the record of `wsgilab check` says of an application in one mode: its verdict and the reasons, the gravest first; the
// measured numbers. Nothing is recommended here (fitness.h).
//
// Pure.

#include <optional>
#include <string>
#include <string_view>

#include "reports/fitness/fitness.h"
#include "reports/record/record.h"

namespace reports::fitness {

// Absent: the record says nothing of it.
[[nodiscard]] std::optional<ModeFitness> ModeFitnessOf(const record::Record& record,
                                                       const record::Subject& subject,
                                                       std::string_view mode);

[[nodiscard]] bool IsSub(std::string_view mode);
[[nodiscard]] bool IsLazy(std::string_view mode);

[[nodiscard]] std::optional<double> FirstRequestOf(const record::Record& record,
                                                   const record::Subject& subject,
                                                   std::string_view mode);

// In the record; null when it was not tried.
[[nodiscard]] const record::Import* FindImport(const record::Record& record,
                                               const record::Subject& subject,
                                               std::string_view distribution,
                                               std::string_view interpreter);
// Whether it was tried and did not work.
[[nodiscard]] bool HasFailed(const record::Import* line);

}  // namespace reports::fitness
