#pragma once
// MachineFacts: what the numbers of a run were measured on. Revision: which commit.
//
// Fails:   never; a fact that this machine does not tell is absent or empty.

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/record/record.h"

namespace harness::run {

[[nodiscard]] reports::record::Machine MachineFacts();

// How quiet the machine is just now; takes `span`.
[[nodiscard]] reports::record::Noise ProbedNoise(std::chrono::milliseconds span);

// What makes it another machine when it changes, a fact a line: processor, cores, memory, kernel, library, and the limits
// of this program's control groups. No load, no time, no name.
[[nodiscard]] std::vector<std::string> StandingFacts();
// Sixteen digits that are the same for the same facts (FNV-1a).
[[nodiscard]] std::string Fingerprint(const std::vector<std::string>& facts);

// The limit named so ("cpu.max", "memory.max") of a control group, or of the nearest above it, up to `root`, that has one;
// "none" if none has.
[[nodiscard]] std::string GroupLimit(const std::filesystem::path& root,
                                     const std::filesystem::path& group,
                                     std::string_view name);

// The commit that a checkout stands at, from its .git folder.
[[nodiscard]] std::optional<std::string> Revision(const std::filesystem::path& checkout);

}  // namespace harness::run
