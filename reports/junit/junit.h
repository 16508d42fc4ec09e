#pragma once
// RenderJunit: what a record says as JUnit XML, which Jenkins, GitLab and the actions for GitHub show as tests: a suite for the run as a
// whole, the cells, each suite of checks, the experiments and what was not measured; a test for each of their cases (reports/cases).
//
// Written is only what all its readers have in common, as junit.xsd has it: a failure is what is not as it should be, an error what
// crashed, timed out or could not be told, skipped everything with a reason. Texts are cut, and say so: no test has more than kEvidence
// of them, all together no more than kEvidenceOfAll. The same record gives the same bytes, and any bytes in it give well-formed XML.

#include <cstddef>
#include <string>

#include "reports/record/record.h"

namespace reports::junit {

inline constexpr std::size_t kEvidence = std::size_t{20} << 10U;      // bytes
inline constexpr std::size_t kEvidenceOfAll = std::size_t{8} << 20U;  // GitLab reads files of 30 MB

[[nodiscard]] std::string RenderJunit(const record::Record& record);

}  // namespace reports::junit
