#include "hosts/explain/process_facts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pwd.h>

#include <cstdlib>

namespace hosts::explain {
namespace {

using deployment::Deployment;
using deployment::FindOption;
using deployment::ProcessGroup;
using deployment::Route;
using deployment::WrittenOption;

// The fact that an option of the group, else a directive of the server, decides.
void AddOption(FactBook& facts,
               std::string name,
               std::string value,
               std::string meaning,
               std::string rule,
               const WrittenOption* by_option,
               const WrittenOption* by_directive) {
  Fact& fact = facts.Add(std::move(name), std::move(value), std::move(meaning), std::move(rule));
  if (by_option != nullptr) {
    Decide(fact, by_option->name + "= of the WSGIDaemonProcess", by_option->origin);
  } else if (by_directive != nullptr) {
    Decide(fact, by_directive->name, by_directive->origin);
  }
}

std::string Or(const std::string& value, std::string_view otherwise) {
  return value.empty() ? std::string(otherwise) : value;
}

void AddDaemonProcess(const Deployment& deployment, const ProcessGroup& group, FactBook& facts) {
  const auto& server = deployment.server.options;
  const auto option = [&group](std::string_view name) { return FindOption(group.options, name); };
  AddOption(facts,
            "user",
            UserName(group.user),
            Or(UserName(group.user), "who starts the server"),
            "CFG-62 SEC-1",
            option("user"),
            FindOption(server, "User"));
  AddOption(facts,
            "group",
            group.group,
            Or(group.group, "that of who starts the server"),
            "CFG-62 SEC-2",
            option("group"),
            FindOption(server, "Group"));
  AddOption(facts,
            "home",
            group.working_directory.string(),
            group.working_directory.string(),
            "CFG-66 SEC-4",
            option("home"),
            nullptr);
  AddOption(facts,
            "python_home",
            WithoutSlash(group.python_home.string()),
            Or(group.python_home.string(), "the Python of the system"),
            "CFG-68 LOAD-30",
            option("python-home"),
            FindOption(server, "WSGIPythonHome"));
  AddOption(facts,
            "python_path",
            fmt::format("{}", fmt::join(group.python_path, ":")),
            group.python_path.empty() ? "nothing added"
                                      : fmt::format("{}", fmt::join(group.python_path, ":")),
            "CFG-69 LOAD-31",
            option("python-path"),
            nullptr);
  AddOption(facts,
            "umask",
            group.umask ? fmt::format("{:04o}", *group.umask) : std::string(),
            group.umask ? fmt::format("{:04o}", *group.umask) : "inherited",
            "CFG-64 SEC-5",
            option("umask"),
            nullptr);
  Fact& declared = facts.Add("declared", group.name, ProcessesInWords(group), "CFG-12 DAEMON-7");
  Decide(declared, "WSGIDaemonProcess", group.origin);
}

void AddServerProcess(const Deployment& deployment, FactBook& facts) {
  const auto& server = deployment.server;
  const auto directive = [&server](std::string_view name) {
    return FindOption(server.options, name);
  };
  AddOption(facts,
            "user",
            server.user,
            Or(server.user, "who starts the server"),
            "SEC-1",
            nullptr,
            directive("User"));
  AddOption(facts,
            "group",
            server.group,
            Or(server.group, "that of who starts the server"),
            "SEC-2",
            nullptr,
            directive("Group"));
  AddOption(facts, "home", "/", "/", "SEC-4", nullptr, nullptr);
  AddOption(facts,
            "python_home",
            server.python_home.string(),
            Or(server.python_home.string(), "the Python of the system"),
            "CFG-31 LOAD-30",
            nullptr,
            directive("WSGIPythonHome"));
  const std::string path = fmt::format("{}", fmt::join(server.python_path, ":"));
  AddOption(facts,
            "python_path",
            path,
            Or(path, "nothing added"),
            "CFG-31 LOAD-31",
            nullptr,
            directive("WSGIPythonPath"));
}

}  // namespace

std::string UserName(const std::string& user) {
  if (!user.starts_with('#')) return user;
  const auto uid = static_cast<uid_t>(std::strtoul(user.c_str() + 1, nullptr, 10));
  const passwd* entry = ::getpwuid(uid);
  return entry == nullptr ? user : entry->pw_name;
}

std::string WithoutSlash(std::string path) {
  if (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

void AddProcessFacts(const Deployment& deployment, const Route& route, FactBook& facts) {
  if (route.process_group.empty()) return AddServerProcess(deployment, facts);
  const ProcessGroup* group = deployment::FindProcessGroup(deployment, route.process_group);
  if (group != nullptr) AddDaemonProcess(deployment, *group, facts);
}

std::string ProcessesInWords(const ProcessGroup& group) {
  return fmt::format("daemon group '{}': {} process{} with {} thread{} each",
                     group.name,
                     group.processes,
                     group.processes == 1 ? "" : "es",
                     group.threads,
                     group.threads == 1 ? "" : "s");
}

}  // namespace hosts::explain
