#pragma once
// `wsgilab run`: the matrix, the checks, the record, the report.

#include <CLI/CLI.hpp>

#include <functional>

namespace harness::command {

// Adds the verb; `chosen` is set to what it does when it is the one asked for.
void AddRunCommand(CLI::App& program, std::function<int()>& chosen, const std::string& command);

}  // namespace harness::command
