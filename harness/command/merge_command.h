#pragma once
// `wsgilab merge`: the records of shards become one.

#include <CLI/CLI.hpp>

#include <functional>

namespace harness::command {

void AddMergeCommand(CLI::App& program, std::function<int()>& chosen);

}  // namespace harness::command
