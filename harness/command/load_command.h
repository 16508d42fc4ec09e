#pragma once
// `wsgilab load`: the load generator alone, on any HTTP server.

#include <CLI/CLI.hpp>

#include <functional>

#include "harness/load/load_result.h"

namespace harness::command {

// What a load says of the server, as an exit code: 1 wrong, broken or missing answers, or crosstalk; 4 nothing
// answered; 3 the generator cannot vouch for its numbers; 130 interrupted; else 0.
[[nodiscard]] int ExitCodeOf(const load::LoadResult& result);

void AddLoadCommand(CLI::App& program, std::function<int()>& chosen);

}  // namespace harness::command
