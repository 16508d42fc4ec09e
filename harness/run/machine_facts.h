#pragma once
// MachineFacts: what the numbers of a run were measured on. Revision: which commit.
//
// Fails:   never; a fact that this machine does not tell is absent or empty.

#include <filesystem>
#include <optional>
#include <string>

#include "reports/record/record.h"

namespace harness::run {

[[nodiscard]] reports::record::Machine MachineFacts();

// The commit that a checkout stands at, from its .git folder.
[[nodiscard]] std::optional<std::string> Revision(const std::filesystem::path& checkout);

}  // namespace harness::run
