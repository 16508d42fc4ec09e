#pragma once
// Whether two machines are alike, so that times which were measured on them may be compared: two of a kind are, if their
// fingerprints are the same. Records from before machines had one are asked for what they do say.

#include <optional>
#include <string>

#include "reports/record/record.h"

namespace reports::plan {

// "8 cores and 16 cores": what is different; nothing when they are alike. How busy they were does not count.
[[nodiscard]] std::optional<std::string> WhyNotAlike(const record::Machine& first,
                                                     const record::Machine& second);

// "Example CPU, 8 cores, 16,000 MiB, Linux 6.1, Debian 12"
[[nodiscard]] std::string Text(const record::Machine& machine);

}  // namespace reports::plan
