#include "harness/adapters/uwsgi_adapter.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace harness::adapters {

namespace fs = std::filesystem;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;
using hosts::deployment::Loading;

namespace {

constexpr std::string_view kAccepts = "wsgilab: a worker accepts";
constexpr std::string_view kPlaceholder =
    R"py("""Takes the main interpreter, so that what is mounted behind it has one of its own. Made by wsgilab."""


def application(environ, start_response):
    start_response("404 Not Found", [("Content-Length", "0")])
    return [b""]
)py";

// Where the workers of one uWSGI get their settings from: a daemon group, or the server.
struct Workers {
  std::string group;  // "" is embedded
  int processes = 1;
  int threads = 1;
  fs::path python_home = {};
  std::vector<fs::path> python_path = {};
  fs::path directory = {};
};

Error Unsupported(std::string_view why) {
  return {ErrorKind::Unsupported, fmt::format("uWSGI {}", why)};
}

bool IsLazy(const ServedScript& script) {
  return script.groups_by != GroupsBy::BothOptions;
}

Result<Workers> WorkersOf(const ServedDeployment& deployment) {
  std::set<std::string> groups;
  for (const ServedScript& script : deployment.scripts)
    groups.insert(script.process_group);
  if (groups.size() > 1 || deployment.daemon_groups.size() > 1) {
    return Unsupported("has one pool of workers: several process groups need as many of it");
  }
  const std::string group = groups.empty() ? "" : *groups.begin();
  if (group.empty()) {
    return Workers{group,
                   deployment.server_processes,
                   std::max(deployment.server_threads, deployment.kept_connections),
                   deployment.python_home,
                   deployment.python_path};
  }
  if (deployment.daemon_groups.empty() || deployment.daemon_groups.front().name != group) {
    return Error{ErrorKind::InvalidInput, fmt::format("no process group is called '{}'", group)};
  }
  const DaemonGroup& daemon = deployment.daemon_groups.front();
  if (!daemon.user.empty() || !daemon.group.empty() || !daemon.umask.empty()) {
    return Unsupported("gives its router the user, group and umask of its workers");
  }
  return Workers{
      group, daemon.processes, daemon.threads, daemon.python_home, daemon.python_path, daemon.home};
}

// What one uWSGI cannot hold.
Result<void> CheckScripts(const std::vector<ServedScript>& scripts) {
  std::set<std::string> callables;
  std::set<std::string> interpreters;
  size_t lazy = 0;
  size_t main = 0;
  for (const ServedScript& script : scripts) {
    callables.insert(script.callable.empty() ? "application" : script.callable);
    if (IsLazy(script)) ++lazy;
    if (script.application_group.empty()) {
      ++main;
    } else if (!interpreters.insert(script.application_group).second) {
      return Unsupported("gives each script a sub-interpreter of its own: none holds two");
    }
    const std::string suffix = script.script.extension().string();
    if (suffix != ".py" && suffix != ".wsgi") {
      return Unsupported(fmt::format("takes files ending in .py or .wsgi for scripts, not {}",
                                     script.script.filename().string()));
    }
  }
  if (callables.size() > 1) return Unsupported("has one name for all callables");
  if (main > 1 && !interpreters.empty()) {
    return Unsupported("has one script in the main interpreter, or all of them");
  }
  if (lazy > 0 && (scripts.size() > 1 || scripts.front().url != "/")) {
    return Unsupported("loads by the first request what is served alone, and at /");
  }
  return {};
}

void Add(std::vector<std::string>& argv, std::string_view name, std::string_view value) {
  argv.push_back(fmt::format("--{}={}", name, value));
}

void AddListening(std::vector<std::string>& argv,
                  const Workers& workers,
                  const fs::path& directory) {
  if (workers.group.empty()) {
    Add(argv, "http11-socket", "127.0.0.1:{port}");
    argv.emplace_back(
        "--tcp-nodelay");  // not behind the router: for a unix socket it is an error in the log each time
    // An answer without a length would end when the connection does, after 4 s (2.0.31): it goes out in chunks, to
    // clients that know them.
    Add(argv, "collect-header", "Content-Length WSGILAB_LENGTH");
    Add(argv, "response-route-if", "equal:${SERVER_PROTOCOL};HTTP/1.0 last:");
    Add(argv, "response-route-if", "empty:${WSGILAB_LENGTH} chunked:");
    return;
  }
  const std::string socket = (directory / "uwsgi.sock").string();
  Add(argv, "http", "127.0.0.1:{port}");
  Add(argv, "http-keepalive", "5");
  argv.emplace_back("--http-auto-chunked");  // answers without a length
  Add(argv, "http-to", socket);
  Add(argv, "socket", socket);
  argv.emplace_back("--vacuum");  // takes the socket away
}

void AddWorkers(std::vector<std::string>& argv, const Workers& workers) {
  argv.insert(argv.end(), {"--master", "--die-on-term", "--disable-logging"});
  Add(argv, "processes", std::to_string(workers.processes));
  Add(argv, "threads", std::to_string(workers.threads));
  if (!workers.python_home.empty()) Add(argv, "virtualenv", workers.python_home.string());
  for (const fs::path& folder : workers.python_path)
    Add(argv, "pythonpath", folder.string());
  if (!workers.directory.empty()) Add(argv, "chdir", workers.directory.string());
  Add(argv, "hook-accepting", fmt::format("print:{}", kAccepts));
}

// The scripts in the order in which they are loaded: the first is in the main interpreter.
void AddScripts(std::vector<std::string>& argv,
                std::vector<ServedScript> scripts,
                const fs::path& placeholder) {
  if (scripts.empty()) return;
  const auto is_main = [](const ServedScript& script) { return script.application_group.empty(); };
  std::stable_partition(scripts.begin(), scripts.end(), is_main);
  if (std::ranges::all_of(scripts, is_main)) argv.emplace_back("--single-interpreter");
  if (!is_main(scripts.front())) {
    Add(argv, "mount", fmt::format("/.wsgilab/main={}", placeholder.string()));
  }
  argv.emplace_back("--manage-script-name");
  const std::string& callable = scripts.front().callable;
  if (!callable.empty()) Add(argv, "callable", callable);
  for (const ServedScript& script : scripts) {
    if (IsLazy(script)) {
      Add(argv, "route-run", fmt::format("setfile:{}", script.script.string()));
    } else {
      const std::string url = script.url == "/" ? "" : script.url;
      Add(argv, "mount", fmt::format("{}={}", url, script.script.string()));
    }
  }
}

std::vector<launch::LogSign> SignsOf(const Workers& workers) {
  std::vector<launch::LogSign> signs{
      {R"(^spawned uWSGI worker \d+.*\(pid: (\d+))", workers.processes, workers.group},
      {fmt::format("^{}$", kAccepts), workers.processes}};
  if (!workers.group.empty()) signs.push_back({R"(^spawned uWSGI http \d+ \(pid: (\d+)\))", 1});
  return signs;
}

}  // namespace

std::string_view UwsgiAdapter::name() const {
  return loaded_by_ == LoadedBy::TheMaster ? "uwsgi-before-fork" : "uwsgi";
}

Result<HostVersion> UwsgiAdapter::Probe() const {
  if (!fs::exists(program_)) return NotInstalled(program_, "WSGILAB_UWSGI");
  const auto said = AskProgram(program_, environment_, {"--version"});
  if (!said) return said.error().While("asking uWSGI for its version");
  const auto python = AskProgram(program_, environment_, {"--python-version"});
  if (!python) return Unsupported(fmt::format("has no Python in it: {}", python.error().Text()));
  HostVersion version;
  version.version = VersionIn(*said);
  version.python = VersionIn(*python);
  version.program = program_;
  version.modes = ModesOf(*this);
  if (version.version.empty()) return Unsupported(fmt::format("calls itself '{}'", *said));
  return version;
}

std::optional<std::string> UwsgiAdapter::WhyNotOffered(const hosts::deployment::Mode& mode) const {
  if (loaded_by_ == LoadedBy::TheMaster && mode.loading == Loading::Lazy) {
    return "what a first request loads is loaded by a worker, after the fork: that is the host "
           "`uwsgi`";
  }
  if (mode.interpreter == hosts::deployment::InterpreterKind::SubOwnGil) {
    return "its sub-interpreters share the GIL of their process";
  }
  return std::nullopt;
}

Result<launch::LaunchPlan> UwsgiAdapter::Plan(const ServedDeployment& deployment,
                                              const fs::path& directory) const {
  if (!deployment.extra_directives.empty()) return Unsupported("reads no directives");
  const auto workers = WorkersOf(deployment);
  if (!workers) return workers.error();
  if (const auto possible = CheckScripts(deployment.scripts); !possible) return possible.error();
  const fs::path placeholder = FilesFolder(directory) / "main.py";
  launch::LaunchPlan plan;
  plan.argv = {program_.string()};
  AddListening(plan.argv, *workers, directory);
  AddWorkers(plan.argv, *workers);
  if (loaded_by_ == LoadedBy::EachProcess) plan.argv.emplace_back("--lazy-apps");
  AddScripts(plan.argv, deployment.scripts, placeholder);
  plan.environment = environment_;
  plan.environment.emplace_back("TMPDIR", (directory / "tmp").string());
  for (const auto& variable : deployment.environment)
    plan.environment.push_back(variable);
  plan.directory = directory;
  plan.files.push_back({placeholder, std::string(kPlaceholder)});
  plan.log = directory / "host.log";
  plan.readiness = launch::Readiness::LogSigns;
  plan.connect_address = "127.0.0.1:{port}";
  plan.log_signs = SignsOf(*workers);
  return plan;
}

Provable UwsgiAdapter::provable() const {
  return {.names_groups = false, .loads_before_fork = loaded_by_ == LoadedBy::TheMaster};
}

}  // namespace harness::adapters
