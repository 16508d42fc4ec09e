#include "harness/command/serve_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "harness/adapters/directive_writer.h"
#include "harness/adapters/engine_adapter.h"
#include "harness/command/exit.h"
#include "harness/command/places.h"
#include "harness/matrix/app.h"
#include "hosts/base/unique_fd.h"

namespace harness::command {

namespace fs = std::filesystem;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;
using hosts::base::SystemError;
using hosts::base::UniqueFd;

namespace {

bool IsScript(const fs::path& file) {
  return file.extension() == ".wsgi" || file.extension() == ".py";
}

std::string AddressOf(const ServeOptions& options) {
  return options.listen.empty() ? "127.0.0.1:8000" : options.listen;
}

Result<hosts::deployment::Mode> FindMode(const std::string& name) {
  if (const auto mode = hosts::deployment::ParseMode(name)) return *mode;
  std::vector<std::string> names;
  for (const hosts::deployment::Mode& known : hosts::deployment::AllModes())
    names.push_back(Name(known));
  return Error{ErrorKind::InvalidInput,
               fmt::format("no mode is called '{}': there are {}", name, fmt::join(names, ", "))};
}

// The configuration in memory, under a name that the host and its children can open.
Result<std::string> InMemory(const std::string& text) {
  UniqueFd fd(::memfd_create("wsgilab.conf", 0));
  if (!fd.is_open()) return SystemError("memfd_create");
  if (::write(fd.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    return SystemError("writing the configuration");
  }
  return fmt::format("/proc/self/fd/{}", fd.release());  // open across exec, on purpose
}

int BecomeHost(const fs::path& program,
               const std::string& configuration,
               const ServeOptions& options) {
  auto arguments = HostArguments(program, configuration, options);
  std::vector<char*> argv;
  for (std::string& argument : arguments)
    argv.push_back(argument.data());
  argv.push_back(nullptr);
  ::execv(argv[0], argv.data());
  return Complain(SystemError(fmt::format("cannot start {}", arguments[0])));
}

int ServeIt(const ServeOptions& options) {
  const fs::path program = FindPlaces().host;
  if (!fs::exists(options.file)) {
    return Complain(
        fmt::format("there is no {}: name a configuration or a WSGI script", options.file),
        kMisuse);
  }
  if (!fs::exists(program)) {
    return Complain(
        fmt::format("there is no {}: build wsgilab-host, or set WSGILAB_HOST", program.string()),
        kHarnessFault);
  }
  if (!IsScript(options.file)) return BecomeHost(program, options.file, options);
  const auto deployment = DeploymentOf(options);
  if (!deployment) return Complain(deployment.error());
  const adapters::EngineAdapter engine(program, adapters::InheritedEnvironment());
  if (const auto why = engine.WhyNotOffered(*hosts::deployment::ParseMode(options.mode))) {
    return Complain(fmt::format("{} is not offered: {}", options.mode, *why), kMisuse);
  }
  const auto text = adapters::WriteDirectives(*deployment);
  if (!text) return Complain(text.error());
  const auto configuration = InMemory(*text);
  if (!configuration) return Complain(configuration.error());
  fmt::print(stderr,
             "wsgilab: {} at http://{}{} in {}; Ctrl-C ends it\n",
             options.file,
             AddressOf(options),
             options.mount,
             options.mode);
  return BecomeHost(program, *configuration, options);
}

}  // namespace

std::vector<std::string> HostArguments(const fs::path& program,
                                       const std::string& configuration,
                                       const ServeOptions& options) {
  std::vector<std::string> arguments{program.string(), "serve", configuration};
  if (!IsScript(options.file) && !options.listen.empty())
    arguments.insert(arguments.end(), {"--listen", options.listen});
  if (!options.status.empty()) arguments.insert(arguments.end(), {"--status", options.status});
  if (options.is_status_for_anybody) arguments.emplace_back("--status-for-anybody");
  return arguments;
}

Result<adapters::ServedDeployment> DeploymentOf(const ServeOptions& options) {
  const auto mode = FindMode(options.mode);
  if (!mode) return mode.error();
  const auto app = matrix::AppOfScript(options.file, "/");
  if (!app) return app.error();
  adapters::ServedDeployment deployment;
  adapters::ServedScript script;
  script.url = options.mount;
  script.script = app->script;
  script.groups_by = mode->loading == hosts::deployment::Loading::Preload
                         ? adapters::GroupsBy::BothOptions
                         : adapters::GroupsBy::Directives;
  if (IsSub(mode->interpreter)) script.application_group = app->name;
  script.has_own_gil = mode->interpreter == hosts::deployment::InterpreterKind::SubOwnGil;
  std::vector<fs::path> python_path{*app->project};
  for (const std::string& folder : options.python_path)
    python_path.push_back(fs::absolute(folder));
  const fs::path python_home =
      options.python_home.empty() ? fs::path() : fs::absolute(options.python_home);
  deployment.listen = AddressOf(options);
  if (mode->process == hosts::deployment::ProcessKind::Daemon) {
    script.process_group = app->name;
    adapters::DaemonGroup group;
    group.name = app->name;
    group.processes = options.processes;
    group.threads = options.threads;
    group.home = *app->project;
    group.python_home = python_home;
    group.python_path = python_path;
    deployment.daemon_groups = {group};
    deployment.server_threads = std::max(5, options.processes * options.threads);
  } else {
    deployment.server_processes = options.processes;
    deployment.server_threads = options.threads;
    deployment.python_home = python_home;
    deployment.python_path = python_path;
  }
  deployment.scripts = {script};
  return deployment;
}

void AddServeCommand(CLI::App& program, std::function<int()>& chosen) {
  CLI::App* verb = program.add_subcommand(
      "serve", "run the hosting engine on a configuration, or on a script in a mode");
  auto options = std::make_shared<ServeOptions>();
  verb->add_option("file", options->file, "a configuration, or a WSGI script (.wsgi, .py)")
      ->required()
      ->type_name("CONFIG|SCRIPT");
  verb->add_option("--listen",
                   options->listen,
                   "address and port of a script (default 127.0.0.1:8000), or of a configuration "
                   "that has no Listen")
      ->type_name("ADDR:PORT");
  verb->add_option("--mode", options->mode, "of a script; wsgilab hosts lists them")
      ->capture_default_str();
  verb->add_option("--mount", options->mount, "URL at which the script is served")
      ->type_name("URL")
      ->capture_default_str();
  verb->add_option("--python-home,--venv", options->python_home, "a virtual environment")
      ->type_name("VENV");
  verb->add_option("--python-path", options->python_path, "folders besides the script's own")
      ->type_name("DIR")
      ->expected(1)
      ->take_all();
  verb->add_option("--processes", options->processes)->capture_default_str();
  verb->add_option("--threads", options->threads, "of each process")->capture_default_str();
  verb->add_option("--status",
                   options->status,
                   "a page here that shows processes, requests, waits and restarts; PORT alone: on "
                   "127.0.0.1")
      ->type_name("ADDR:PORT");
  verb->add_flag("--status-for-anybody",
                 options->is_status_for_anybody,
                 "the address of --status may be one that other machines reach");
  verb->footer(
      "Examples:\n"
      "  wsgilab serve site.conf --status 8001\n"
      "  wsgilab serve myproject/wsgi.py --mode daemon/main/preload --python-home venv");
  verb->callback([options, &chosen] { chosen = [options] { return ServeIt(*options); }; });
}

}  // namespace harness::command
