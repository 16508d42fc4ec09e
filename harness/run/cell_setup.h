#pragma once
// How a cell is served: its groups, where it asks to be placed, and the script that is put around the
// application so that it can say where it really is. Pure: values in, values out.
//
// Fails:   WriteCellScript refuses a template without its marks.

#include <filesystem>
#include <optional>
#include <string>

#include "harness/adapters/host_adapter.h"
#include "harness/matrix/expansion.h"
#include "harness/run/databases.h"
#include "hosts/base/result.h"
#include "reports/record/record.h"

namespace harness::run {

// What a cell finds around it, the same for all cells of a run.
struct Surroundings {
  std::string script_template;        // apps/placement/cell_script.py.in
  std::filesystem::path venv;         // the applications' Python environment
  std::optional<int> processes = {};  // that run the application; absent: one
  std::optional<int> threads = {};    // of each; absent: five
};

[[nodiscard]] reports::record::PlacementAsked AskedPlacement(const matrix::Cell& cell);

// The Python environment that an application runs in; "" is the host's own.
[[nodiscard]] std::filesystem::path PythonHomeOf(const matrix::App& app,
                                                 const Surroundings& surroundings);

// `script` is the cell script; `data` is $WSGILAB_DATA.
[[nodiscard]] adapters::ServedDeployment DeploymentOf(const matrix::Cell& cell,
                                                      const Surroundings& surroundings,
                                                      const std::filesystem::path& script,
                                                      const std::filesystem::path& data);

[[nodiscard]] hosts::base::Result<std::string> WriteCellScript(
    const std::string& script_template,
    const std::filesystem::path& real_script,
    const std::string& callable = "application",
    const std::vector<DatabaseCopy>& databases = {});

}  // namespace harness::run
