#pragma once
// WhyNotSameMachine: whether what was measured on two machines may be held against each other: one machine, or two of a kind, for all that
// the records say. That is what a gate asks before it judges, a merge before it puts shards together, and a run before it goes on with
// another's record.
//
// Pure.

#include <optional>
#include <string>

#include "reports/record/record.h"

namespace reports::record {

// "cores: 2 and cores: 4": the facts that only one of them has, or the builds that differ; nothing when they are the same. How busy they
// were does not count. A machine without a fingerprint is never the same as any.
[[nodiscard]] std::optional<std::string> WhyNotSameMachine(const Machine& one,
                                                           const Machine& other);

// "Example CPU, 8 cores, 16000 MiB, Linux 6.1, Debian 12"
[[nodiscard]] std::string Text(const Machine& machine);

}  // namespace reports::record
