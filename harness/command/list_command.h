#pragma once
// `wsgilab list`: the cells and checks of a run, without running one.

#include <CLI/CLI.hpp>

#include <functional>

namespace harness::command {

void AddListCommand(CLI::App& program, std::function<int()>& chosen);

}  // namespace harness::command
