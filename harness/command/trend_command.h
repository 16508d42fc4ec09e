#pragma once
// `wsgilab trend`: the history of many runs: what has changed, since which run, and what could have been found.

#include <CLI/CLI.hpp>

#include <functional>

namespace harness::command {

void AddTrendCommand(CLI::App& program, std::function<int()>& chosen);

}  // namespace harness::command
