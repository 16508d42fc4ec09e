#pragma once
// Checks of several hosts, as many as one asks for.

#include <string>
#include <vector>

#include "reports/record/record.h"

namespace reports::samples {

// `subjects` checks in each of two places on each host; now and then one fails, with a transcript of so many bytes.
[[nodiscard]] std::vector<record::Check> SampleHostChecks(const std::vector<std::string>& hosts,
                                                          int subjects,
                                                          std::size_t transcript_bytes);

}  // namespace reports::samples
