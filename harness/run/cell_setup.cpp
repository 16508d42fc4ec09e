#include "harness/run/cell_setup.h"

#include <algorithm>

#include "harness/adapters/python_text.h"

namespace harness::run {

using adapters::PythonLiteral;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;
using hosts::deployment::InterpreterKind;
using hosts::deployment::Loading;
using hosts::deployment::ProcessKind;

namespace {

bool Replace(std::string& text, std::string_view mark, const std::string& value) {
  const size_t place = text.find(mark);
  if (place == std::string::npos) return false;
  text.replace(place, mark.size(), value);
  return true;
}

// The files of an application, and what is opened instead.
std::string PythonDictionary(const std::vector<DatabaseCopy>& databases) {
  std::string text;
  for (const DatabaseCopy& database : databases) {
    if (!text.empty()) text += ", ";
    text += PythonLiteral(database.file.string()) + ": " + PythonLiteral(database.copy.string());
  }
  return "{" + text + "}";
}

}  // namespace

reports::record::PlacementAsked AskedPlacement(const matrix::Cell& cell) {
  reports::record::PlacementAsked asked;
  if (cell.mode.process == ProcessKind::Daemon) asked.process_group = cell.app.name;
  if (IsSub(cell.mode.interpreter)) asked.application_group = cell.app.name;
  asked.interpreter = Name(cell.mode.interpreter);
  asked.loading = Name(cell.mode.loading);
  return asked;
}

adapters::ServedDeployment DeploymentOf(const matrix::Cell& cell,
                                        const Surroundings& surroundings,
                                        const std::filesystem::path& script,
                                        const std::filesystem::path& data) {
  const auto asked = AskedPlacement(cell);
  const std::filesystem::path python_home = PythonHomeOf(cell.app, surroundings);
  std::vector<std::filesystem::path> python_path;
  if (cell.app.project) python_path.push_back(*cell.app.project);
  python_path.insert(python_path.end(), cell.app.python_path.begin(), cell.app.python_path.end());

  adapters::ServedScript served;
  if (!cell.app.mount.empty()) served.url = cell.app.mount;
  served.script = script;
  served.process_group = asked.process_group;
  served.application_group = asked.application_group;
  served.has_own_gil = cell.mode.interpreter == InterpreterKind::SubOwnGil;
  served.groups_by = cell.mode.loading == Loading::Preload ? adapters::GroupsBy::BothOptions
                                                           : adapters::GroupsBy::Directives;
  adapters::ServedDeployment deployment;
  deployment.scripts = {served};
  deployment.environment = cell.app.environment;
  const bool has_data = std::ranges::any_of(
      cell.app.environment, [](const auto& variable) { return variable.first == "WSGILAB_DATA"; });
  if (!has_data) deployment.environment.emplace_back("WSGILAB_DATA", data.string());
  if (cell.mode.process == ProcessKind::Embedded) {
    deployment.python_home = python_home;
    deployment.python_path = python_path;
    deployment.server_processes = surroundings.processes.value_or(deployment.server_processes);
    deployment.server_threads = surroundings.threads.value_or(deployment.server_threads);
    return deployment;
  }
  adapters::DaemonGroup group;
  group.name = asked.process_group;
  group.home = cell.app.project.value_or(script.parent_path());
  group.python_home = python_home;
  group.python_path = python_path;
  group.processes = surroundings.processes.value_or(group.processes);
  group.threads = surroundings.threads.value_or(group.threads);
  deployment.daemon_groups = {group};
  return deployment;
}

std::filesystem::path PythonHomeOf(const matrix::App& app, const Surroundings& surroundings) {
  return app.needs_venv ? app.venv.value_or(surroundings.venv) : std::filesystem::path();
}

Result<std::string> WriteCellScript(const std::string& script_template,
                                    const std::filesystem::path& real_script,
                                    const std::string& callable,
                                    const std::vector<DatabaseCopy>& databases) {
  std::string text = script_template;
  const bool has_marks = Replace(text, "@SCRIPT@", PythonLiteral(real_script.string())) &&
                         Replace(text, "@CALLABLE@", PythonLiteral(callable)) &&
                         Replace(text, "@DATABASES@", PythonDictionary(databases));
  if (!has_marks) {
    return Error{ErrorKind::InvalidInput,
                 "the cell script's template lacks @SCRIPT@, @CALLABLE@ or @DATABASES@"};
  }
  return text;
}

}  // namespace harness::run
