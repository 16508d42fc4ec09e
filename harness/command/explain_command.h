#pragma once
// wsgilab explain: what a configuration does, URL by URL, and which line decided it.
//
// The engine answers (wsgilab-host explain), for it is the engine's own routing that is asked.

#include <CLI/CLI.hpp>

#include <functional>

namespace harness::command {

void AddExplainCommand(CLI::App& program, std::function<int()>& chosen);

}  // namespace harness::command
