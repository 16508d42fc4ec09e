#include "hosts/explain/explanation.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pwd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "hosts/base/check.h"
#include "hosts/base/letters.h"
#include "hosts/explain/advise.h"
#include "hosts/http1/target.h"

namespace hosts::explain {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using deployment::Answer;
using deployment::Deployment;
using deployment::GroupName;
using deployment::Mount;
using deployment::Origin;
using deployment::ProcessGroup;
using deployment::Route;
using deployment::RoutingResult;
using deployment::VirtualHost;
using deployment::Written;
using deployment::WrittenOption;

constexpr int kHttpPort = 80;
constexpr int kHttpsPort = 443;
constexpr int kMovedPermanently = 301;

// A dispatch script is not run here: this is what holds while it chooses nothing.
constexpr deployment::DispatchChoice kAsConfigured;

// ---- what is written where ----

const WrittenOption* FindOption(const std::vector<WrittenOption>& options, std::string_view name) {
  // The last one counts.
  const auto found = std::find_if(options.rbegin(), options.rend(), [name](const auto& option) {
    return base::SameLetters(option.name, name);
  });
  return found == options.rend() ? nullptr : &*found;
}

// Collects the facts about one URL.
class FactBook {
 public:
  explicit FactBook(UrlExplanation& url) : url_(url) {}

  Fact& Add(std::string name, std::string value, std::string meaning, std::string rule) {
    url_.facts.push_back({std::move(name), std::move(value), std::move(meaning), {}, {}, {}});
    url_.facts.back().rule = std::move(rule);
    return url_.facts.back();
  }

 private:
  UrlExplanation& url_;
};

void Decide(Fact& fact, std::string written, const Origin& origin) {
  fact.written = std::move(written);
  fact.origin = origin;
}

// ---- where it runs ----

std::string_view AliasName(const Mount& mount) {
  return mount.pattern ? "WSGIScriptAliasMatch" : "WSGIScriptAlias";
}

std::string InterpreterInWords(const std::string& application_group) {
  return application_group.empty() ? "the main interpreter"
                                   : fmt::format("sub-interpreter '{}'", application_group);
}

std::string DirectiveOf(const Route& route, std::string_view directive, std::string_view option) {
  const bool by_mount =
      route.mount != nullptr &&
      ((option == "process-group" && route.mount->options.process_group.has_value()) ||
       (option == "application-group" && route.mount->options.application_group.has_value()) ||
       (option == "callable-object" && route.mount->options.callable_object.has_value()));
  if (by_mount) return fmt::format("{}= of the {}", option, AliasName(*route.mount));
  return std::string(directive);
}

std::string ProcessesInWords(const ProcessGroup& group) {
  return fmt::format("daemon group '{}': {} process{} with {} thread{} each",
                     group.name,
                     group.processes,
                     group.processes == 1 ? "" : "es",
                     group.threads,
                     group.threads == 1 ? "" : "s");
}

void AddProcessGroup(const Deployment& deployment, const Route& route, FactBook& facts) {
  const ProcessGroup* group = deployment::FindProcessGroup(deployment, route.process_group);
  std::string meaning = "embedded: the server's own processes";
  if (group != nullptr) meaning = ProcessesInWords(*group);
  if (group == nullptr && !route.process_group.empty()) {
    meaning = fmt::format("daemon group '{}', which is not declared", route.process_group);
  }
  Fact& fact = facts.Add("process_group", route.process_group, meaning, "CFG-52");
  if (route.handler_script != nullptr && route.handler_script->value.process_group) {
    Decide(fact, "process-group= of the WSGIHandlerScript", route.handler_script->origin);
  } else if (route.process_group_setting != nullptr) {
    Decide(fact,
           DirectiveOf(route, "WSGIProcessGroup", "process-group"),
           route.process_group_setting->origin);
  } else {
    fact.rule = "CFG-13";
  }
}

void AddApplicationGroup(const Route& route, FactBook& facts) {
  Fact& fact = facts.Add("application_group",
                         route.application_group,
                         InterpreterInWords(route.application_group),
                         "CFG-52");
  if (route.handler_script != nullptr && route.handler_script->value.application_group) {
    Decide(fact, "application-group= of the WSGIHandlerScript", route.handler_script->origin);
  } else if (route.application_group_setting != nullptr) {
    Decide(fact,
           DirectiveOf(route, "WSGIApplicationGroup", "application-group"),
           route.application_group_setting->origin);
  } else {
    fact.rule = "EXP-4";
  }
}

void AddCallable(const Route& route, FactBook& facts) {
  Fact& fact = facts.Add("callable_object", route.callable_object, route.callable_object, "CFG-15");
  if (route.handler_script != nullptr) {
    fact.rule = "CFG-56";
  } else if (route.mount != nullptr && route.mount->options.callable_object) {
    Decide(fact,
           DirectiveOf(route, "WSGICallableObject", "callable-object"),
           route.mount->options.callable_object->origin);
  } else if (const auto* written = route.merged.effective.callable_object) {
    Decide(fact, "WSGICallableObject", written->origin);
  }
}

// ---- loaded when ----

std::string WhyLazy(const Route& route) {
  if (route.handler_script != nullptr || route.mount == nullptr) {
    return "scripts reached by a handler are loaded by their first request";
  }
  const auto& options = route.mount->options;
  if (!options.process_group && !options.application_group) {
    return "neither process-group= nor application-group= stands on the WSGIScriptAlias; "
           "directives do not count";
  }
  if (!options.process_group) {
    return "only application-group= stands on the WSGIScriptAlias, not process-group=";
  }
  if (!options.application_group) {
    return "only process-group= stands on the WSGIScriptAlias, not application-group=";
  }
  if (route.mount->pattern) return "the target is made from each URL";
  return "a value on the WSGIScriptAlias depends on the request";
}

void AddLoading(const Deployment& deployment, const Route& route, FactBook& facts) {
  const auto found = std::ranges::find_if(deployment.preloads, [&route](const auto& preloaded) {
    return preloaded.script == route.script && preloaded.process_group == route.process_group &&
           preloaded.application_group == route.application_group;
  });
  if (found == deployment.preloads.end()) {
    facts.Add("loading", "lazy", "by the first request: " + WhyLazy(route), "LOAD-10 PRELOAD-1");
    return;
  }
  Fact& fact = facts.Add("loading",
                         "preload",
                         "when each process starts",
                         found->is_import ? "PRELOAD-3" : "PRELOAD-1");
  Decide(fact,
         found->is_import ? "WSGIImportScript" : "both options of the WSGIScriptAlias",
         found->origin);
}

// ---- as whom, and in which Python ----

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

// "#33" by the name it has on this machine.
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

void AddDispatchScript(const Route& route, FactBook& facts) {
  if (route.dispatch_script == nullptr) return;
  const std::string& script = route.dispatch_script->value.script;
  Fact& fact = facts.Add(
      "dispatch_script",
      script,
      fmt::format(
          "{} may choose other groups and another callable for each request; it runs in the "
          "server's own processes, in {}",
          script,
          InterpreterInWords(route.dispatch_group)),
      "LOAD-20 LOAD-21");
  Decide(fact, "WSGIDispatchScript", route.dispatch_script->origin);
}

void AddAccess(const Route& route, FactBook& facts) {
  const auto* access = route.merged.effective.access;
  const std::string meaning =
      access == nullptr ? "nobody: no Require grants it" : deployment::AsWritten(access->value);
  Fact& fact = facts.Add("access", meaning, meaning, "LOAD-6");
  if (access != nullptr) Decide(fact, "Require", access->origin);
}

void AddVirtualHost(const VirtualHost& host, FactBook& facts) {
  const std::string name = host.server_port == 0
                               ? host.server_name
                               : fmt::format("{}:{}", host.server_name, host.server_port);
  Fact& fact = facts.Add(
      "virtual_host", name, name.empty() ? "one without a ServerName" : name, "CFG-50 EXP-3");
  if (host.origin.line != 0) {
    Decide(fact, "VirtualHost", host.origin);
  } else if (host.server_name_origin.line != 0) {
    Decide(fact, "ServerName", host.server_name_origin);
  }
}

void AddTarget(const Route& route, FactBook& facts) {
  const std::string file = route.script.empty() ? route.script_filename : route.script;
  Fact& fact = facts.Add("target", file, file, "LOAD-1 LOAD-3");
  if (route.handler_script != nullptr) {
    Decide(fact, "WSGIHandlerScript", route.handler_script->origin);
  } else if (route.mount != nullptr) {
    Decide(
        fact, fmt::format("{} {}", AliasName(*route.mount), route.mount->url), route.mount->origin);
  } else if (route.file_alias != nullptr) {
    Decide(fact,
           fmt::format(
               "{} {}", route.file_alias->pattern ? "AliasMatch" : "Alias", route.file_alias->url),
           route.file_alias->origin);
  } else if (route.virtual_host != nullptr && route.virtual_host->document_root) {
    Decide(fact, "DocumentRoot", route.virtual_host->document_root->origin);
  }
}

const char* AnswerName(Answer answer) {
  switch (answer) {
    case Answer::Script:
      return "script";
    case Answer::File:
      return "file";
    case Answer::Slash:
      return "redirect";
  }
  return "";
}

UrlExplanation ExplainRouting(const Deployment& deployment,
                              std::string url,
                              RoutingResult routing) {
  UrlExplanation explained;
  explained.url = std::move(url);
  explained.routing = std::move(routing);
  const Route& route = explained.routing.route;
  const int status = explained.routing.refused_status;
  explained.status = status == 0 && route.answer == Answer::Slash ? kMovedPermanently : status;
  explained.script_name = route.script_name;
  explained.path_info = route.path_info;
  explained.answer = AnswerName(route.answer);
  if (status != 0) {
    explained.answer = "refused";
    explained.why = route.merged.error.empty()
                        ? std::string(deployment::InWords(explained.routing.reason))
                        : route.merged.error;
  }
  FactBook facts(explained);
  if (route.virtual_host != nullptr) AddVirtualHost(*route.virtual_host, facts);
  if (!route.script_filename.empty()) {
    AddTarget(route, facts);
    AddAccess(route, facts);
  }
  if (route.script.empty()) return explained;
  explained.script = route.script;
  AddProcessGroup(deployment, route, facts);
  AddApplicationGroup(route, facts);
  AddCallable(route, facts);
  AddDispatchScript(route, facts);
  AddLoading(deployment, route, facts);
  const ProcessGroup* group = deployment::FindProcessGroup(deployment, route.process_group);
  if (group != nullptr) AddDaemonProcess(deployment, *group, facts);
  if (route.process_group.empty()) AddServerProcess(deployment, facts);
  return explained;
}

// ---- URLs ----

struct AskedUrl {
  std::string host;
  int port = kHttpPort;
  std::string path;
  int refused_status = 0;  // by the front, before anything is looked up
};

Result<AskedUrl> ParseUrl(const std::string& text) {
  const auto refuse = [&text](std::string_view why) {
    return Error{
        ErrorKind::InvalidInput,
        fmt::format("{} is not a URL: {}; write http://name[:port]/path, or /path", text, why)};
  };
  AskedUrl url;
  std::string_view rest = text;
  if (!rest.starts_with('/')) {
    for (const auto& [scheme, port] : {std::pair<std::string_view, int>{"http://", kHttpPort},
                                       std::pair<std::string_view, int>{"https://", kHttpsPort}}) {
      if (!base::SameLetters(rest.substr(0, scheme.size()), scheme)) continue;
      rest.remove_prefix(scheme.size());
      url.port = port;
      break;
    }
    if (rest.size() == text.size()) return refuse("it begins neither with http:// nor with /");
    const size_t slash = std::min(rest.find_first_of("/?#"), rest.size());
    std::string_view authority = rest.substr(0, slash);
    rest.remove_prefix(slash);
    const size_t colon = authority.rfind(':');
    if (colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos) {
      const std::string_view port = authority.substr(colon + 1);
      const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
      if (error != std::errc() || end != port.data() + port.size() || url.port < 1 ||
          url.port > 65535) {
        return refuse("its port is not a number from 1 to 65535");
      }
      authority = authority.substr(0, colon);
    }
    if (authority.empty()) return refuse("it names no host");
    url.host = base::Lowered(authority);
  }
  const std::string target = rest.starts_with('/') ? std::string(rest) : "/" + std::string(rest);
  const auto parsed = http1::ParseTarget(std::string_view(target).substr(0, target.find('#')));
  url.path = parsed.path;
  url.refused_status = parsed.refused_status;
  return url;
}

UrlExplanation RefusedByTheFront(const std::string& url, int status) {
  UrlExplanation explained;
  explained.url = url;
  explained.answer = "refused";
  explained.status = status;
  explained.why = status == 404 ? "an encoded slash" : "the URL is malformed";
  return explained;
}

// What a client would send beside the URL: its host, and nothing else.
decltype(deployment::RequestAddress::header) HostHeader(const std::string& host) {
  return [&host](const std::function<bool(std::string_view)>& fits) {
    return fits("Host") && !host.empty() ? std::optional<std::string_view>(host) : std::nullopt;
  };
}

// The address that a request to the port would come in at: the listener's.
std::string AddressOf(const Deployment& deployment, int port) {
  for (const auto& listen : deployment.listens) {
    if (listen.port == port && listen.address != "*" && listen.address != "0.0.0.0") {
      return listen.address;
    }
  }
  return "127.0.0.1";
}

// The port that a virtual host is asked at.
int PortOf(const Deployment& deployment, const VirtualHost& host) {
  if (host.port != 0) return host.port;
  return deployment.listens.empty() ? kHttpPort : deployment.listens.front().port;
}

std::string UrlOf(const VirtualHost& host, int port, std::string_view path) {
  const std::string name = host.server_name.empty() ? "localhost" : host.server_name;
  return port == kHttpPort ? fmt::format("http://{}{}", name, path)
                           : fmt::format("http://{}:{}{}", name, port, path);
}

}  // namespace

const Fact* UrlExplanation::Find(std::string_view name) const {
  const auto found = std::ranges::find(facts, name, &Fact::name);
  return found == facts.end() ? nullptr : &*found;
}

Result<Explanation> Explain(const Deployment& deployment,
                            const std::vector<std::string>& urls,
                            deployment::Surroundings& surroundings) {
  Explanation explanation;
  for (const std::string& text : urls) {
    const Result<AskedUrl> url = ParseUrl(text);
    if (!url) return url.error();
    if (url->refused_status != 0) {
      explanation.urls.push_back(RefusedByTheFront(text, url->refused_status));
      continue;
    }
    const std::string address = AddressOf(deployment, url->port);
    auto routing = deployment::FindRoute(deployment,
                                         {.local_address = address,
                                          .local_port = url->port,
                                          .host = url->host,
                                          .path = url->path,
                                          .remote_address = "127.0.0.1",
                                          .header = HostHeader(url->host),
                                          .choice = &kAsConfigured},
                                         surroundings);
    explanation.urls.push_back(ExplainRouting(deployment, text, std::move(routing)));
  }
  std::vector<UrlExplanation> mounts;
  for (const VirtualHost& host : deployment.virtual_hosts) {
    const int port = PortOf(deployment, host);
    const std::string address = AddressOf(deployment, port);
    for (const Mount& mount : host.mounts) {
      if (mounts.size() == kMostMounts) break;
      auto routing = deployment::FindRouteOf(deployment,
                                             host,
                                             mount,
                                             {.local_address = address,
                                              .local_port = port,
                                              .host = host.server_name,
                                              .path = mount.url,
                                              .remote_address = "127.0.0.1",
                                              .choice = &kAsConfigured},
                                             surroundings);
      const std::string url = mount.pattern ? UrlOf(host, port, fmt::format(" ~ {}", mount.url))
                                            : UrlOf(host, port, mount.url);
      mounts.push_back(ExplainRouting(deployment, url, std::move(routing)));
    }
  }
  explanation.advice = Advise(deployment, mounts, surroundings);
  if (urls.empty()) explanation.urls = std::move(mounts);
  return explanation;
}

std::string AsWritten(const Origin& origin) {
  return origin.line == 0 ? "default" : fmt::format("{}:{}", origin.file, origin.line);
}

}  // namespace hosts::explain
