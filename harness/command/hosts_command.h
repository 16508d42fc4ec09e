#pragma once
// `wsgilab hosts`: the hosts there are: which are installed, in which version, with which Python and modes.

#include <CLI/CLI.hpp>

#include <functional>

namespace harness::command {

void AddHostsCommand(CLI::App& program, std::function<int()>& chosen);

}  // namespace harness::command
