#pragma once
// `wsgilab list`: the cells and checks of a run, without running one.
// `wsgilab hosts`: what is installed: hosts, versions, Pythons, modes.

#include <CLI/CLI.hpp>

#include <functional>

namespace harness::command {

void AddListCommand(CLI::App& program, std::function<int()>& chosen);
void AddHostsCommand(CLI::App& program, std::function<int()>& chosen);

}  // namespace harness::command
