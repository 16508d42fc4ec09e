#pragma once
// `wsgilab selftest`: the checks, held against hosts that are broken on purpose: a check that sees nothing there is
// worth nothing anywhere.

#include <CLI/CLI.hpp>

#include <functional>

namespace harness::command {

void AddSelftestCommand(CLI::App& program, std::function<int()>& chosen);

}  // namespace harness::command
