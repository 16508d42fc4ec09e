#include "harness/run/prepared_data.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/launch/cell_directory.h"
#include "harness/launch/keeper.h"
#include "hosts/base/child_process.h"

namespace harness::run {

namespace fs = std::filesystem;
using hosts::base::Deadline;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

namespace {

constexpr std::chrono::seconds kPrepareWithin{60};

Result<void> RunPython(const fs::path& python,
                       std::vector<std::string> words,
                       const fs::path& directory,
                       const fs::path& data) {
  const fs::path log = data.string() + ".log";
  hosts::base::SpawnOptions options;
  options.argv = std::move(words);
  options.argv.insert(options.argv.begin(), python.string());
  options.environment = {
      {"PATH", "/usr/bin:/bin"}, {"LANG", "C.UTF-8"}, {"WSGILAB_DATA", data.string()}};
  launch::AddKeeperMark(options.environment);
  options.directory = directory;
  options.output = log;
  const std::string what = fmt::format("{}", fmt::join(options.argv, " "));
  auto child = hosts::base::ChildProcess::Start(std::move(options));
  if (!child) return child.error();
  const auto status = child->Wait(Deadline::After(kPrepareWithin));
  if (status && status->is_success()) return {};
  return Error{ErrorKind::System,
               fmt::format("{}: {}: {}",
                           what,
                           status ? status->Text() : status.error().Text(),
                           fmt::join(launch::LastLines(log, 3), " | "))};
}

Result<void> Prepare(const matrix::App& app, const fs::path& venv, const fs::path& data) {
  std::error_code problem;
  fs::create_directory(data, problem);
  if (problem) return Error{ErrorKind::System, fmt::format("cannot make {}", data.string())};
  const fs::path python = app.needs_venv ? venv / "bin" / "python" : fs::path("/usr/bin/python3");
  if (!fs::exists(python)) {
    return Error{ErrorKind::NotFound,
                 fmt::format("there is no {}: run scripts/setup, or name the applications' "
                             "environment with --venv",
                             python.string())};
  }
  if (app.tour && app.project && !app.is_own) {
    // Else the first cell of a run would compile what all others find compiled. In a checkout that
    // may not be written to, none finds it: that is as fair.
    const std::vector<std::string> compile{"-m", "compileall", "-q", app.project->string()};
    (void)RunPython(python, compile, *app.project, data);
  }
  if (!app.prepare) return {};
  return RunPython(python, {app.prepare->string()}, app.prepare->parent_path(), data);
}

}  // namespace

Result<PreparedData> PreparedData::Make() {
  auto directory = hosts::base::TemporaryDirectory::Make("wsgilab-data");
  if (!directory) return directory.error();
  launch::TellKeeper(directory->path());
  return PreparedData(std::move(*directory));
}

Result<fs::path> PreparedData::Of(const matrix::App& app, const fs::path& venv) {
  const fs::path data = directory_.path() / app.name;
  auto known = made_.find(app.name);
  if (known == made_.end()) known = made_.emplace(app.name, Prepare(app, venv, data)).first;
  if (!known->second) return known->second.error();
  return data;
}

}  // namespace harness::run
