#pragma once
// `wsgilab schema`: the JSON Schemas of records and of what the program writes for programs.

#include <CLI/CLI.hpp>

#include <functional>

namespace harness::command {

void AddSchemaCommand(CLI::App& program, std::function<int()>& chosen);

}  // namespace harness::command
