#include "hosts/deployment/dump.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "hosts/base/check.h"

namespace hosts::deployment {
namespace {

std::string At(const Origin& origin) {
  if (origin.line == 0) return "(default)";
  return fmt::format("({}:{})", origin.file, origin.line);
}

std::string AddressText(const std::string& address, std::string_view port) {
  const bool is_ipv6 = address.find(':') != std::string::npos;
  return is_ipv6 ? fmt::format("[{}]:{}", address, port) : fmt::format("{}:{}", address, port);
}

std::string AddressText(const Listen& listen) {
  return AddressText(listen.address, std::to_string(listen.port));
}

std::string AddressText(const VirtualHost& host) {
  return AddressText(host.address, host.port == 0 ? "*" : std::to_string(host.port));
}

// Lines of one thing, indented under the line that names it.
class Block {
 public:
  Block(std::string& text, int depth) : text_(text), indent_(static_cast<size_t>(depth) * 2, ' ') {}

  template <typename... Arguments>
  void Line(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    text_ += indent_ + fmt::format(format, std::forward<Arguments>(arguments)...) + '\n';
  }

  void LineIfAny(std::string_view what, std::string_view value) {
    if (!value.empty()) Line("{} {}", what, value);
  }

 private:
  std::string& text_;
  std::string indent_;
};

void DumpServer(const Deployment& deployment, std::string& text) {
  for (const Listen& listen : deployment.listens) {
    Block(text, 0).Line("listen {} {}", AddressText(listen), At(listen.origin));
  }
  const ServerProcesses& server = deployment.server;
  Block(text, 0).Line("server");
  Block block(text, 1);
  block.Line("processes {}", server.processes);
  block.Line("threads {}", server.threads);
  block.LineIfAny("user", server.user);
  block.LineIfAny("group", server.group);
  block.LineIfAny("python-home", server.python_home.native());
  block.LineIfAny("python-path", fmt::format("{}", fmt::join(server.python_path, ":")));
  block.LineIfAny("error-log", deployment.error_log.native());
  block.LineIfAny("socket-prefix", deployment.socket_prefix.native());
}

void DumpProcessGroup(const ProcessGroup& group, std::string& text) {
  Block(text, 0).Line("process-group {} {}", group.name, At(group.origin));
  Block block(text, 1);
  block.Line("processes {}{}", group.processes, group.processes_written ? "" : " (default)");
  block.Line("threads {}", group.threads);
  block.LineIfAny("user", group.user);
  block.LineIfAny("group", group.group);
  if (group.umask) block.Line("umask {:04o}", *group.umask);
  block.LineIfAny("home", group.home.native());
  block.LineIfAny("python-home", group.python_home.native());
  block.LineIfAny("python-path", fmt::format("{}", fmt::join(group.python_path, ":")));
  block.LineIfAny("display-name", group.display_name);
  if (group.server_name) {
    block.Line("only for the virtual hosts named {}",
               group.server_name->empty() ? "nothing" : *group.server_name);
  }
}

void DumpMount(const Mount& mount, std::string& text) {
  Block(text, 1).Line("mount {} -> {} {}", mount.url, mount.target.native(), At(mount.origin));
  Block block(text, 2);
  block.Line("process-group {} {}", Written(mount.process_group), At(mount.process_group_origin));
  block.Line("application-group {} {}",
             Written(mount.application_group),
             At(mount.application_group_origin));
  block.Line("loading {}", mount.preload ? "preload" : "lazy");
  block.Line("access {}", mount.access_granted ? "granted" : "denied");
  if (mount.callable_object != "application") block.Line("callable {}", mount.callable_object);
  if (mount.pass_authorization) block.Line("authorization passed");
  if (mount.chunked_request) block.Line("chunked requests accepted");
}

void DumpVirtualHost(const VirtualHost& host, std::string& text) {
  Block(text, 0).Line("virtual-host {} {}", AddressText(host), At(host.origin));
  Block block(text, 1);
  block.LineIfAny("name",
                  host.server_port == 0 ? host.server_name
                                        : fmt::format("{}:{}", host.server_name, host.server_port));
  block.LineIfAny("aliases", fmt::format("{}", fmt::join(host.aliases, " ")));
  for (const Mount& mount : host.mounts) {
    DumpMount(mount, text);
  }
}

}  // namespace

std::string Dump(const Deployment& deployment) {
  std::string text;
  DumpServer(deployment, text);
  for (const ProcessGroup& group : deployment.process_groups) {
    DumpProcessGroup(group, text);
  }
  for (const VirtualHost& host : deployment.virtual_hosts) {
    DumpVirtualHost(host, text);
  }
  return text;
}

std::string Written(const GroupName& name) {
  switch (name.kind) {
    case GroupName::Kind::Global:
      return "%{GLOBAL}";
    case GroupName::Kind::Literal:
      return name.literal;
    case GroupName::Kind::Server:
      return "%{SERVER}";
    case GroupName::Kind::Resource:
      return "%{RESOURCE}";
    case GroupName::Kind::Host:
      return "%{HOST}";
  }
  CHECK(false, "a group name has one of five kinds");
}

}  // namespace hosts::deployment
