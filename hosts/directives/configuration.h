#pragma once
// ReadConfiguration: an Apache-style configuration file -> Deployment.
//
// What can be written is the table of hosts/directives/table.h, in the language of hosts/language.
// What other modules understand is kept and counted, what the engine does not do yet is kept and
// told; everything else is an error, so that a configuration which is accepted means here what it
// means there.
//
// Fails:   InvalidInput with file, line and (for syntax) column, and what to do about it; System or
//          NotFound when a file cannot be read. Users and groups are looked up on this machine.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/base/result.h"
#include "hosts/deployment/deployment.h"
#include "hosts/language/document.h"

namespace hosts::directives {

// A deployment and what there is to say about how it was written.
struct Configuration {
  deployment::Deployment deployment;
  std::vector<language::Note> notes;
};

// Variables that nothing defines come from this process's environment.
[[nodiscard]] base::Result<Configuration> ReadConfigurationWithNotes(
    const std::filesystem::path& file);

[[nodiscard]] base::Result<deployment::Deployment> ReadConfiguration(
    const std::filesystem::path& file);

// The same for text at hand, and without an environment; `file_name` is what errors and origins call
// it, `files` are what it may include (nullptr: the disk's).
[[nodiscard]] base::Result<deployment::Deployment> ReadConfigurationText(
    std::string_view text, std::string_view file_name, const language::Files* files = nullptr);

// An address and a port as Listen takes them, from a command line: `option` is its origin.
[[nodiscard]] base::Result<deployment::Listen> ReadListenAddress(const std::string& text,
                                                                 const std::string& option);

// A .htaccess file; what is not permitted in it is its error, which requests are answered with.
[[nodiscard]] deployment::OverrideFile ReadOverrideFile(const std::string& path,
                                                        const deployment::Overrides& permitted);

}  // namespace hosts::directives
