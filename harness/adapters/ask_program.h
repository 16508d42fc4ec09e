#pragma once
// AskProgram: what an installed program prints when it is asked with some words, such as --version.
//
// Fails:   Unsupported when it does not end well (with what it printed), Timeout after 20 s.

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "hosts/base/result.h"

namespace harness::adapters {

using Environment = std::vector<std::pair<std::string, std::string>>;

[[nodiscard]] hosts::base::Result<std::string> AskProgram(const std::filesystem::path& program,
                                                          const Environment& environment,
                                                          const std::vector<std::string>& words);

// $NAME, or `otherwise` when it is not set.
[[nodiscard]] std::filesystem::path ProgramFromEnvironment(const char* name,
                                                           const std::filesystem::path& otherwise);

}  // namespace harness::adapters
