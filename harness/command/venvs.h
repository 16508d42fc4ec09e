#pragma once
// Venvs: which environment a host's applications have. What is installed in one is for one Python: a host with another one
//        takes the environment that is named after its own, build/venv-3.14 beside build/venv.
//
// Threads: pure, but for reading pyvenv.cfg.

#include <filesystem>
#include <string>

#include "harness/adapters/host_adapter.h"
#include "hosts/base/result.h"

namespace harness::command {

// "3.11": of its pyvenv.cfg, as venv, virtualenv and uv write it; empty where there is none.
[[nodiscard]] std::string PythonOfVenv(const std::filesystem::path& venv);

// `venv` itself where it is for the host's Python, or where nobody can say.
// NotFound: it is for another Python, and there is none that is named after this one.
[[nodiscard]] hosts::base::Result<std::filesystem::path> VenvFor(const adapters::HostVersion& host,
                                                                 const std::filesystem::path& venv);

}  // namespace harness::command
