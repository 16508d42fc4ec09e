#pragma once
// `wsgilab mock`: records that were made up, so that gates, trends and reports can be tried before anything is measured.

#include <CLI/CLI.hpp>

#include <functional>
#include <string>

namespace harness::command {

void AddMockCommand(CLI::App& program, std::function<int()>& chosen, const std::string& command);

}  // namespace harness::command
