#pragma once
// wsgilab gate: rules held against a run, or against a candidate that is measured beside its baseline; the exit code says what became of
// them.

#include <CLI/CLI.hpp>

#include <functional>
#include <string>

namespace harness::command {

void AddGateCommand(CLI::App& program, std::function<int()>& chosen, const std::string& command);

}  // namespace harness::command
