#pragma once
// wsgilab compare: two sides measured against each other in the same run, or two records side by side.

#include <CLI/CLI.hpp>

#include <functional>
#include <string>

namespace harness::command {

void AddCompareCommand(CLI::App& program, std::function<int()>& chosen, const std::string& command);

}  // namespace harness::command
