#include "harness/run/cell_setup.h"

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

}  // namespace

reports::record::PlacementAsked AskedPlacement(const matrix::Cell& cell) {
  reports::record::PlacementAsked asked;
  if (cell.mode.process == ProcessKind::Daemon) asked.process_group = cell.app.name;
  if (cell.mode.interpreter == InterpreterKind::Sub) asked.application_group = cell.app.name;
  asked.interpreter = Name(cell.mode.interpreter);
  asked.loading = Name(cell.mode.loading);
  return asked;
}

adapters::ServedDeployment DeploymentOf(const matrix::Cell& cell,
                                        const Surroundings& surroundings,
                                        const std::filesystem::path& script,
                                        const std::filesystem::path& data) {
  const auto asked = AskedPlacement(cell);
  std::filesystem::path python_home;
  std::vector<std::filesystem::path> python_path;
  if (cell.app.needs_venv) python_home = surroundings.venv;
  if (cell.app.project) python_path.push_back(*cell.app.project);

  adapters::ServedScript served;
  served.script = script;
  served.process_group = asked.process_group;
  served.application_group = asked.application_group;
  served.groups_by = cell.mode.loading == Loading::Preload ? adapters::GroupsBy::BothOptions
                                                           : adapters::GroupsBy::Directives;
  adapters::ServedDeployment deployment;
  deployment.scripts = {served};
  deployment.environment = {{"WSGILAB_DATA", data.string()}};
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

Result<std::string> WriteCellScript(const std::string& script_template,
                                    const std::filesystem::path& real_script) {
  std::string text = script_template;
  const bool has_marks = Replace(text, "@SCRIPT@", PythonLiteral(real_script.string())) &&
                         Replace(text, "@CALLABLE@", PythonLiteral("application"));
  if (!has_marks) {
    return Error{ErrorKind::InvalidInput,
                 "the cell script's template lacks @SCRIPT@ or @CALLABLE@"};
  }
  return text;
}

}  // namespace harness::run
