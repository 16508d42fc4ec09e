#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "hosts/base/files.h"
#include "hosts/base/letters.h"
#include "hosts/explain/advise.h"
#include "hosts/explain/django_script.h"
#include "hosts/explain/writing.h"

namespace hosts::explain {

namespace {

using deployment::Origin;
using deployment::ProcessGroup;
using deployment::Route;
namespace fs = std::filesystem;

// The Python that this engine was built for, as pyvenv.cfg and paths write it.
constexpr std::string_view kPythonVersion = WSGILAB_PYTHON_VERSION;

bool Exists(const AdviceContext& context, const fs::path& path) {
  return context.surroundings.KindOf(path.string()) != deployment::FileKind::Missing;
}

Origin OriginOf(const std::vector<deployment::WrittenOption>& options,
                std::string_view name,
                const Origin& otherwise) {
  const auto* option = deployment::FindOption(options, name);
  return option == nullptr ? otherwise : option->origin;
}

// "…/venv/lib/python3.11/site-packages" -> "…/venv"; empty: it is of no virtual environment, as far
// as this machine knows. A distribution's dist-packages are never.
std::string EnvironmentOfSitePackages(const AdviceContext& context, const std::string& path) {
  const fs::path normal = fs::path(path).lexically_normal();
  const fs::path directory = normal.filename().empty() ? normal.parent_path() : normal;
  if (directory.filename() != "site-packages") return {};
  const fs::path library = directory.parent_path().parent_path();
  if (library.filename() != "lib" && library.filename() != "lib64") return {};
  const fs::path home = library.parent_path();
  if (Exists(context, home) && !Exists(context, home / "pyvenv.cfg")) return {};
  return home.string();
}

void AdvisePath(const AdviceContext& context,
                const std::vector<std::string>& paths,
                const std::string& home,
                std::string_view path_name,
                std::string_view home_name,
                const Origin& origin) {
  for (const std::string& path : paths) {
    const std::string environment = EnvironmentOfSitePackages(context, path);
    if (environment.empty() || !home.empty()) continue;
    context.Add({.id = "site-packages-on-python-path",
                 .weight = Advice::Weight::Warning,
                 .rule = "LOAD-30 LOAD-31",
                 .text = fmt::format("{} puts {} on the path, which keeps the system's packages "
                                     "and version: name the environment itself",
                                     path_name,
                                     path),
                 .write = fmt::format("{}{}", home_name, AsWord(environment)),
                 .evidence = {origin}});
  }
}

// "3.11" of pyvenv.cfg's "version = 3.11.2"; empty: not said.
std::string VersionOf(const fs::path& environment) {
  const auto text = base::ReadFile(environment / "pyvenv.cfg");
  if (!text) return {};
  size_t at = 0;
  while (at < text->size()) {
    const size_t end = std::min(text->find('\n', at), text->size());
    const std::string line = text->substr(at, end - at);
    at = end + 1;
    if (!line.starts_with("version")) continue;
    const size_t digits = line.find_first_of("0123456789");
    if (digits == std::string::npos) return {};
    const size_t first_dot = line.find('.', digits);
    const size_t second_dot = first_dot == std::string::npos
                                  ? std::string::npos
                                  : line.find_first_not_of("0123456789", first_dot + 1);
    return line.substr(digits,
                       second_dot == std::string::npos ? std::string::npos : second_dot - digits);
  }
  return {};
}

std::string MakeEnvironment(const fs::path& home) {
  return fmt::format("python{} -m venv {}", kPythonVersion, AsWord(home.string()));
}

// "/srv/venv" of "/srv/venv/bin/python"; empty: no environment is above.
fs::path EnvironmentAbove(const AdviceContext& context, const fs::path& home) {
  fs::path above = home;
  if (above.filename().empty()) above = above.parent_path();
  if (above.filename().string().starts_with("python")) above = above.parent_path();
  if (above.filename() != "bin") return {};
  above = above.parent_path();
  return Exists(context, above / "pyvenv.cfg") ? above : fs::path();
}

void AdviseHome(const AdviceContext& context,
                const fs::path& home,
                std::string_view home_name,
                const Origin& origin) {
  if (home.empty()) return;
  if (const fs::path above = EnvironmentAbove(context, home); !above.empty()) {
    context.Add({.id = "python-home-inside-environment",
                 .weight = Advice::Weight::Mistake,
                 .rule = "LOAD-30",
                 .text = fmt::format("{} lies in the virtual environment {}: name the environment "
                                     "itself, or Python will not start there",
                                     home.string(),
                                     above.string()),
                 .write = fmt::format("{}{}", home_name, AsWord(above.string())),
                 .evidence = {origin}});
    return;
  }
  if (!Exists(context, home)) {
    context.Add(
        {.id = "python-home-missing",
         .weight = Advice::Weight::Mistake,
         .rule = "LOAD-30",
         .text = fmt::format("{} does not exist: Python will not start there", home.string()),
         .write = MakeEnvironment(home),
         .evidence = {origin}});
    return;
  }
  if (!Exists(context, home / "pyvenv.cfg")) {
    const bool is_installation =
        Exists(context, home / "bin" / "python3") && Exists(context, home / "lib");
    if (is_installation) return;
    context.Add({.id = "python-home-no-environment",
                 .weight = Advice::Weight::Mistake,
                 .rule = "LOAD-30",
                 .text = fmt::format("{} is neither a virtual environment (no pyvenv.cfg) nor an "
                                     "installation of Python: Python will not start there",
                                     home.string()),
                 .write = MakeEnvironment(home),
                 .evidence = {origin}});
    return;
  }
  const std::string version = VersionOf(home);
  if (version.empty() || version == kPythonVersion) return;
  context.Add({.id = "python-home-other-version",
               .weight = Advice::Weight::Mistake,
               .rule = "LOAD-30",
               .text = fmt::format("{} was made for Python {}, and this host is Python {}: its "
                                   "packages are not found",
                                   home.string(),
                                   version,
                                   kPythonVersion),
               .write = MakeEnvironment(home),
               .evidence = {origin}});
}

// LOAD-9: the script's own directory is not on the path; a project must be put there.
void AdviseProject(const AdviceContext& context, const UrlExplanation& explained) {
  const Route& route = explained.routing.route;
  if (route.script.empty() || route.mount == nullptr) return;
  const std::string settings = SettingsModuleOf(route.script);
  const std::string package = settings.substr(0, settings.find('.'));
  if (package.empty()) return;
  const ProcessGroup* group = deployment::FindProcessGroup(context.deployment, route.process_group);
  std::vector<std::string> paths = context.deployment.server.python_path;
  if (group != nullptr) {
    paths = group->python_path;
    if (!group->home.empty()) paths.push_back(group->home.string());
  }
  const auto choices =
      deployment::ChoicesFor(context.deployment, {route.process_group, route.application_group});
  for (const auto& of_container : choices.python_paths)
    std::ranges::copy(of_container.value, std::back_inserter(paths));
  const auto has_package = [&](const fs::path& directory) {
    return Exists(context, directory / package) || Exists(context, directory / (package + ".py"));
  };
  if (std::ranges::any_of(paths, has_package)) return;
  const auto text = base::ReadFile(route.script);
  if (text && text->find("sys.path") != std::string::npos) return;  // it helps itself
  const fs::path home =
      group != nullptr ? group->python_home : context.deployment.server.python_home;
  const auto installed = home / "lib" / fmt::format("python{}", kPythonVersion) / "site-packages";
  if (!home.empty() && has_package(installed)) return;
  // Where the project lies: the directory above that has the package.
  fs::path project = fs::path(route.script).parent_path();
  while (!project.empty() && project != project.root_path() && !has_package(project))
    project = project.parent_path();
  if (!has_package(project)) return;
  auto written = group != nullptr ? group->python_path : context.deployment.server.python_path;
  written.push_back(project.string());
  context.Add({.id = "project-not-on-path",
               .weight = Advice::Weight::Mistake,
               .rule = "LOAD-9 LOAD-31 CFG-66",
               .text = fmt::format("{} needs the package '{}', which lies in {}, and nothing puts "
                                   "that on sys.path: the script fails to load",
                                   route.script,
                                   package,
                                   project.string()),
               .write = fmt::format("{}{}",
                                    group != nullptr ? "python-path=" : "WSGIPythonPath ",
                                    AsWord(fmt::format("{}", fmt::join(written, ":")))),
               .evidence = {group != nullptr ? group->origin : route.mount->origin}});
}

// Embedded, in an environment: all applications of the server have the same.
void AdviseEmbeddedEnvironment(const AdviceContext& context) {
  const auto& server = context.deployment.server;
  if (server.python_home.empty()) return;
  const auto found = std::ranges::find_if(context.mounts, [](const UrlExplanation& explained) {
    const Route& mounted = explained.routing.route;
    return !explained.script.empty() && mounted.process_group.empty() && mounted.mount != nullptr;
  });
  if (found == context.mounts.end()) return;
  const Route& route = found->routing.route;
  context.Add({.id = "embedded-with-environment",
               .weight = Advice::Weight::Hint,
               .rule = "LOAD-30",
               .text = fmt::format("{} runs embedded in the virtual environment {}, which every "
                                   "application of the server must share; a process group can "
                                   "have its own",
                                   found->url,
                                   server.python_home.string()),
               .write = fmt::format(
                   "WSGIDaemonProcess {} python-home={}",
                   AsWord(NewGroupFor(context.deployment, *route.virtual_host, *route.mount)),
                   AsWord(server.python_home.string())),
               .evidence = {OriginOf(server.options, "WSGIPythonHome", {})}});
}

}  // namespace

void AdviseOnPython(const AdviceContext& context) {
  const auto& server = context.deployment.server;
  AdvisePath(context,
             server.python_path,
             server.python_home.string(),
             "WSGIPythonPath",
             "WSGIPythonHome ",
             OriginOf(server.options, "WSGIPythonPath", {}));
  AdviseHome(context,
             server.python_home,
             "WSGIPythonHome ",
             OriginOf(server.options, "WSGIPythonHome", {}));
  for (const ProcessGroup& group : context.deployment.process_groups) {
    AdvisePath(context,
               group.python_path,
               group.python_home.string(),
               "python-path",
               "python-home=",
               OriginOf(group.options, "python-path", group.origin));
    // Without the option it is the server's, which was looked at.
    const Origin written = OriginOf(group.options, "python-home", {});
    if (written.line != 0) AdviseHome(context, group.python_home, "python-home=", written);
  }
  for (const UrlExplanation& explained : context.mounts)
    AdviseProject(context, explained);
  AdviseEmbeddedEnvironment(context);
}

}  // namespace hosts::explain
