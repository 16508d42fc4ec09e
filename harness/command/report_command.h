#pragma once
// `wsgilab report`: reports from the record of a run, made again or in another form.

#include <CLI/CLI.hpp>

#include <functional>

namespace harness::command {

void AddReportCommand(CLI::App& program, std::function<int()>& chosen);

}  // namespace harness::command
