#pragma once
// Digests: what a plan is, in 16 letters, so that two records can be asked whether they are of the same one; and where
// they differ, in sentences.

#include <string>
#include <vector>

#include "reports/record/record.h"

namespace reports::plan {

// Of a set of names: their order does not matter.
[[nodiscard]] std::string DigestOf(std::vector<std::string> names);

// Of a plan, the profile with which and the hosts on which it is run: everything of the header that decides what is run.
[[nodiscard]] std::string DigestOf(const record::Plan& plan, const record::Header& header);

// The plan of the whole run, of which a shard has a share.
[[nodiscard]] const record::Plan& WholePlan(const record::Header& header);

// Why two headers are not of the same run of the same revision. Empty: they are.
[[nodiscard]] std::vector<std::string> Differences(const record::Header& first,
                                                   const record::Header& second);

}  // namespace reports::plan
