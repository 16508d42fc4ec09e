#include "harness/adapters/directive_writer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <set>

#include "hosts/base/directive_word.h"

namespace harness::adapters {

using hosts::base::DirectiveWord;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

namespace {

constexpr std::string_view kGlobal = "%{GLOBAL}";

std::string Option(std::string_view name, std::string_view value) {
  return value.empty() ? std::string() : fmt::format(" {}={}", name, DirectiveWord(value));
}

std::string_view GroupName(const std::string& name) {
  return name.empty() ? kGlobal : std::string_view(name);
}

std::string JoinPath(const std::vector<std::filesystem::path>& folders) {
  std::string joined;
  for (const auto& folder : folders) {
    if (!joined.empty()) joined += ':';
    joined += folder.string();
  }
  return joined;
}

std::string WriteServer(const ServedDeployment& deployment) {
  std::string text = fmt::format("Listen {}\nServerName localhost\n", deployment.listen);
  text += fmt::format("StartServers {}\nThreadsPerChild {}\n",
                      deployment.server_processes,
                      deployment.server_threads);
  if (!deployment.python_home.empty()) {
    text += fmt::format("WSGIPythonHome {}\n", DirectiveWord(deployment.python_home.string()));
  }
  if (!deployment.python_path.empty()) {
    text += fmt::format("WSGIPythonPath {}\n", DirectiveWord(JoinPath(deployment.python_path)));
  }
  for (const std::string& directive : deployment.extra_directives)
    text += directive + "\n";
  return text;
}

std::string WriteDaemonGroup(const DaemonGroup& group) {
  std::string text = fmt::format("WSGIDaemonProcess {} processes={} threads={}",
                                 DirectiveWord(group.name),
                                 group.processes,
                                 group.threads);
  text += Option("user", group.user) + Option("group", group.group);
  text += Option("umask", group.umask) + Option("home", group.home.string());
  text += Option("python-home", group.python_home.string());
  text += Option("python-path", JoinPath(group.python_path));
  text += Option("display-name", group.display_name);
  return text + "\n";
}

std::string WriteAlias(const ServedScript& script) {
  std::string text = fmt::format(
      "WSGIScriptAlias {} {}", DirectiveWord(script.url), DirectiveWord(script.script.string()));
  if (script.groups_by != GroupsBy::Directives) {
    text += Option("process-group", GroupName(script.process_group));
  }
  if (script.groups_by == GroupsBy::BothOptions) {
    text += Option("application-group", GroupName(script.application_group));
  }
  text += Option("callable-object", script.callable);
  if (script.pass_authorization) text += " pass-authorization=On";
  return text + "\n";
}

// What stands in the <Directory> of a script.
std::string WriteGroups(const ServedScript& script) {
  std::string text;
  if (script.groups_by == GroupsBy::Directives) {
    text += fmt::format("  WSGIProcessGroup {}\n", DirectiveWord(GroupName(script.process_group)));
  }
  if (script.groups_by != GroupsBy::BothOptions) {
    text += fmt::format("  WSGIApplicationGroup {}\n",
                        DirectiveWord(GroupName(script.application_group)));
  }
  return text;
}

Result<std::string> WriteDirectories(const ServedDeployment& deployment) {
  std::map<std::string, std::set<std::string>> groups;
  for (const ServedScript& script : deployment.scripts) {
    groups[script.script.parent_path().string()].insert(WriteGroups(script));
  }
  std::string text;
  for (const auto& [directory, wanted] : groups) {
    if (wanted.size() > 1) {
      return Error{ErrorKind::InvalidInput,
                   fmt::format("scripts of different groups lie in {}: give each its directory, or "
                               "its groups as options",
                               directory)};
    }
    text += fmt::format("<Directory {}>\n  Require all granted\n{}</Directory>\n",
                        DirectiveWord(directory),
                        *wanted.begin());
  }
  return text;
}

// Interpreters that are wished to have a GIL of their own, each once.
std::string WriteOwnGils(const ServedDeployment& deployment) {
  std::set<std::string> containers;
  for (const ServedScript& script : deployment.scripts) {
    if (!script.has_own_gil) continue;
    // The word as a whole may stand in quotes, its value not (GIL-11).
    const auto selector = [](std::string_view name, std::string_view value) {
      return DirectiveWord(fmt::format("{}={}", name, value));
    };
    containers.insert(fmt::format(
        "<WSGIInterpreterOptions {} {}>\n  WSGIPerInterpreterGIL On\n</WSGIInterpreterOptions>\n",
        selector("process-group", GroupName(script.process_group)),
        selector("application-group", GroupName(script.application_group))));
  }
  return fmt::format("{}", fmt::join(containers, ""));
}

}  // namespace

Result<std::string> WriteDirectives(const ServedDeployment& deployment) {
  auto directories = WriteDirectories(deployment);
  if (!directories) return directories.error();
  std::string text = WriteServer(deployment);
  // A preloaded script may name only groups that stand above it (PRELOAD-4).
  for (const DaemonGroup& group : deployment.daemon_groups)
    text += WriteDaemonGroup(group);
  text += WriteOwnGils(deployment);
  text += *directories;
  for (const ServedScript& script : deployment.scripts)
    text += WriteAlias(script);
  if (text.find('\0') != std::string::npos || text.find('\r') != std::string::npos) {
    return Error{ErrorKind::InvalidInput, "a name holds a character that no directive can"};
  }
  return text;
}

}  // namespace harness::adapters
