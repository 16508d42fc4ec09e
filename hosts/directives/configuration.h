#pragma once
// ReadConfiguration: an Apache-style configuration file -> Deployment.
//
// What can be written is the table of hosts/directives/table.h. Nothing is skipped in silence: a
// directive or option that is not offered is an error, so that a configuration which is accepted
// means here what it means there.
//
// Fails:   InvalidInput with file, line and (for syntax) column, and what to do about it; System or
//          NotFound when the file cannot be read. Users and groups are looked up on this machine.

#include <filesystem>
#include <string_view>

#include "hosts/base/result.h"
#include "hosts/deployment/deployment.h"

namespace hosts::directives {

[[nodiscard]] base::Result<deployment::Deployment> ReadConfiguration(
    const std::filesystem::path& file);

// The same for text at hand; `file_name` is what errors and origins call it.
[[nodiscard]] base::Result<deployment::Deployment> ReadConfigurationText(
    std::string_view text, std::string_view file_name);

}  // namespace hosts::directives
