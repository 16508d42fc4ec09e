#include "harness/command/venvs.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <string_view>

#include "harness/adapters/engines.h"
#include "hosts/base/files.h"

namespace harness::command {

using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

std::string PythonOfVenv(const std::filesystem::path& venv) {
  const auto text = hosts::base::ReadFile(venv / "pyvenv.cfg");
  if (!text) return {};
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    for (const std::string_view key : {"version = ", "version_info = "}) {
      if (line.starts_with(key)) return adapters::PythonSeries(line.substr(key.size()), false);
    }
  }
  return {};
}

Result<std::filesystem::path> VenvFor(const adapters::HostVersion& host,
                                      const std::filesystem::path& venv) {
  // What is in an environment does not say whether its Python has a GIL.
  const std::string wanted = adapters::PythonSeries(host.python, false);
  const std::string of_venv = PythonOfVenv(venv);
  if (of_venv.empty() || wanted.empty() || of_venv == wanted) return venv;
  const bool is_free_threaded = std::ranges::count(host.gils, "off") > 0;
  const std::string series = adapters::PythonSeries(host.python, is_free_threaded);
  const std::filesystem::path named = fmt::format("{}-{}", venv.string(), series);
  if (PythonOfVenv(named) == wanted) return named;
  return Error{ErrorKind::NotFound,
               fmt::format("{} has packages for Python {}, not {}, and there is no {}",
                           venv.string(),
                           of_venv,
                           series,
                           named.string())};
}

}  // namespace harness::command
