#pragma once
// `wsgilab check`: somebody's own application, or those of a configuration, through every mode: a verdict for each, and what to
// write.

#include <CLI/CLI.hpp>

#include <functional>
#include <string>

namespace harness::command {

void AddCheckCommand(CLI::App& program, std::function<int()>& chosen, const std::string& command);

}  // namespace harness::command
