#include "harness/adapters/apache_adapter.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <sstream>

#include "harness/adapters/directive_writer.h"
#include "harness/launch/host_process.h"
#include "harness/matrix/mode_names.h"
#include "hosts/base/files.h"

namespace harness::adapters {

namespace fs = std::filesystem;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

namespace {

constexpr std::string_view kListen = "127.0.0.1:{port}";
// Those that Debian's packages have on, as far as a check or an application may want them.
constexpr std::string_view kModules[] = {"mpm_event",
                                         "authz_core",
                                         "authz_host",
                                         "authn_core",
                                         "alias",
                                         "env",
                                         "setenvif",
                                         "headers",
                                         "mime",
                                         "dir",
                                         "macro",
                                         "rewrite"};
// Beyond those that wait for daemon processes: Apache closes kept connections when it has no idle thread.
constexpr int kSpareThreads = 10;

// A daemon process of Apache waits for as long as shutdown-timeout says, an embedded one for 10 s at most.
constexpr std::chrono::milliseconds kStopGrace{15000};

std::string Preamble(const ApachePrograms& programs,
                     const fs::path& directory,
                     int processes,
                     int threads) {
  std::string text = fmt::format(
      "ServerRoot {0}\nDefaultRuntimeDir {0}/tmp\nPidFile {0}/tmp/apache.pid\nErrorLog "
      "{0}/host.log\n"
      "Mutex pthread\nServerTokens Full\n",
      directory.string());
  for (const std::string_view module : kModules) {
    text +=
        fmt::format("LoadModule {0}_module {1}/mod_{0}.so\n", module, programs.modules.string());
  }
  text += fmt::format("LoadModule wsgi_module {}\n", programs.mod_wsgi.string());
  if (::geteuid() == 0) text += fmt::format("User {0}\nGroup {0}\n", kApacheUser);
  text += fmt::format(
      "ServerLimit {0}\nThreadLimit {1}\nMaxRequestWorkers {2}\nMinSpareThreads 1\n"
      "MaxSpareThreads {2}\nAsyncRequestWorkerFactor 4\nMaxKeepAliveRequests 0\nKeepAlive On\n"
      "TypesConfig /dev/null\n"
      "WSGISocketPrefix {3}/tmp/wsgi\n",
      processes,
      threads,
      processes * threads,
      directory.string());
  return text;
}

// Requests for a daemon process hold a thread of the server while they wait. A kept connection is closed under a
// client that writes, when no thread is idle.
int ServerThreads(const ServedDeployment& deployment) {
  const bool has_embedded = std::ranges::any_of(
      deployment.scripts, [](const ServedScript& script) { return script.process_group.empty(); });
  int threads = deployment.server_threads;
  if (has_embedded) {
    const int kept = deployment.kept_connections;
    return kept == 0 ? threads : std::max(threads, kept + kSpareThreads);
  }
  for (const DaemonGroup& group : deployment.daemon_groups)
    threads += group.processes * group.threads;
  return threads + kSpareThreads;
}

// As a regular expression that finds it.
std::string AsPattern(std::string_view text) {
  std::string pattern;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_') pattern += '\\';
    pattern += c;
  }
  return pattern;
}

Error Unsupported(std::string_view why) {
  return {ErrorKind::Unsupported, fmt::format("Apache mod_wsgi: {}", why)};
}

// The word behind "mod_wsgi/" or "Python/".
std::string VersionOf(const std::string& software, std::string_view product) {
  const size_t at = software.find(product);
  if (at == std::string::npos) return {};
  std::istringstream rest(software.substr(at + product.size()));
  std::string version;
  rest >> version;
  return version;
}

// As numbers: 3.12 is newer than 3.9.
bool IsAtLeast(const std::string& version, int major, int minor) {
  int found_major = 0;
  int found_minor = 0;
  std::istringstream text(version);
  char point = 0;
  text >> found_major >> point >> found_minor;
  return std::pair(found_major, found_minor) >= std::pair(major, minor);
}

bool HasOwnGils(const HostVersion& version) {
  constexpr std::string_view kModule = "mod_wsgi ";
  const size_t at = version.version.find(kModule);
  return at != std::string::npos && IsAtLeast(version.version.substr(at + kModule.size()), 6, 0) &&
         IsAtLeast(version.python, 3, 12);
}

}  // namespace

ApacheAdapter::ApacheAdapter(ApachePrograms programs,
                             std::vector<std::pair<std::string, std::string>> environment,
                             std::string_view name)
    : name_(name), programs_(std::move(programs)), environment_(std::move(environment)) {}

Result<HostVersion> ApacheAdapter::Probe() const {
  for (const fs::path& needed : {programs_.program, programs_.mod_wsgi}) {
    if (fs::exists(needed)) continue;
    return Unsupported(fmt::format("there is no {}: run scripts/setup --peers", needed.string()));
  }
  const auto directory = hosts::base::TemporaryDirectory::Make("wsgilab-probe");
  if (!directory) return directory.error();
  fs::create_directory(directory->path() / "tmp");
  auto plan = Plan(ServedDeployment{}, directory->path());
  if (!plan) return plan.error();
  auto host = launch::HostProcess::Start(*plan);
  if (!host) return Unsupported(host.error().Text());
  const std::string software = host->ready().software;
  host->Kill();
  HostVersion version;
  version.version = fmt::format(
      "{}, mod_wsgi {}", VersionOf(software, "Apache/"), VersionOf(software, "mod_wsgi/"));
  version.python = VersionOf(software, "Python/");
  version.library = programs_.mod_wsgi;
  version.program = programs_.program;
  const bool has_own_gils = HasOwnGils(version);
  for (const auto& mode : hosts::deployment::AllModes()) {
    if (has_own_gils || !matrix::IsOnlyWhereOffered(mode)) version.modes.push_back(Name(mode));
  }
  if (version.python.empty()) {
    return Unsupported(fmt::format("it calls itself '{}', without a Python", software));
  }
  return version;
}

const Result<HostVersion>& ApacheAdapter::known() const {
  std::call_once(is_known_, [this] { known_.emplace(Probe()); });
  return *known_;
}

std::optional<std::string> ApacheAdapter::WhyNotOffered(const hosts::deployment::Mode& mode) const {
  if (!matrix::IsOnlyWhereOffered(mode)) return std::nullopt;  // it has all of these
  constexpr std::string_view kNeed =
      "a sub-interpreter with its own GIL needs mod_wsgi 6 and Python 3.12 or later";
  const auto& version = known();
  if (!version) return fmt::format("{}, and nobody knows: {}", kNeed, version.error().Text());
  if (HasOwnGils(*version)) return std::nullopt;
  return fmt::format("{}; this is {} with {}", kNeed, version->version, version->python);
}

Result<launch::LaunchPlan> ApacheAdapter::Plan(const ServedDeployment& deployment,
                                               const fs::path& directory) const {
  ServedDeployment listening = deployment;
  listening.listen = kListen;
  listening.server_threads = ServerThreads(deployment);
  for (DaemonGroup& group : listening.daemon_groups) {
    if (group.display_name.empty()) group.display_name = "%{GROUP}";  // for who looks at ps
  }
  // Of mod_wsgi everything: only there it says that a process has loaded its scripts and takes requests. 4.9 and
  // 6.1 say it in other words.
  if (!listening.daemon_groups.empty()) {
    listening.extra_directives.emplace_back("LogLevel warn wsgi:debug");
  }
  auto text = WriteDirectives(listening);
  if (!text) return text.error().While("writing the configuration of Apache");
  launch::LaunchPlan plan =
      PlanOf(*text, listening.server_processes, listening.server_threads, directory);
  for (const auto& variable : deployment.environment)
    plan.environment.push_back(variable);
  for (const DaemonGroup& group : deployment.daemon_groups) {
    plan.log_signs.push_back(
        {fmt::format(R"(\[pid (\d+)\D.*Start(?:ed|ing) thread 0 in daemon process '{}')",
                     AsPattern(group.name)),
         group.processes,
         group.name});
  }
  return plan;
}

launch::LaunchPlan ApacheAdapter::PlanOf(std::string_view directives,
                                         int processes,
                                         int threads,
                                         const fs::path& directory) const {
  const fs::path configuration = directory / "apache.conf";
  launch::LaunchPlan plan;
  plan.argv = {programs_.program.string(), "-f", configuration.string(), "-D", "FOREGROUND"};
  plan.environment = environment_;
  plan.environment.emplace_back("TMPDIR", (directory / "tmp").string());
  plan.directory = directory;
  plan.files.push_back(
      {configuration,
       Preamble(programs_, directory, processes, threads) + std::string(directives)});
  plan.log = directory / "host.log";
  plan.readiness = launch::Readiness::Answer;
  plan.connect_address = kListen;
  plan.stop_grace = kStopGrace;
  return plan;
}

std::string ApacheAdapter::runs_as() const {
  return ::geteuid() == 0 ? std::string(kApacheUser) : std::string();
}

ApachePrograms FindApache() {
  const auto told = [](const char* name, const char* otherwise) {
    const char* value = std::getenv(name);
    return fs::absolute(value != nullptr && *value != '\0' ? value : otherwise);
  };
  ApachePrograms programs;
  programs.program = told("WSGILAB_APACHE", "/usr/sbin/apache2");
  programs.modules = "/usr/lib/apache2/modules";
  programs.mod_wsgi = told("WSGILAB_MOD_WSGI", "/usr/lib/apache2/modules/mod_wsgi.so");
  return programs;
}

}  // namespace harness::adapters
