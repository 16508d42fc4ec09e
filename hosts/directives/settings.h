#pragma once
// Settings: what a configuration says, scope by scope, before the scopes are merged.
// Scope:    the settings and the place in them where the reader stands: which virtual host, which
//           Directory section.
//
// The setters of the table write here; resolve reads it.

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "hosts/deployment/deployment.h"

namespace hosts::directives {

// A value that somebody wrote, and where.
template <typename T>
struct Written {
  T value{};
  deployment::Origin origin;
};

template <typename T>
using Setting = std::optional<Written<T>>;

// What may be set for the server, a virtual host and a directory alike.
struct RequestSettings {
  Setting<deployment::GroupName> process_group;
  Setting<deployment::GroupName> application_group;
  Setting<std::string> callable_object;
  Setting<bool> pass_authorization;
  Setting<bool> chunked_request;
};

struct DirectorySettings {
  std::string path;  // absolute, without a trailing slash but for "/"
  RequestSettings request;
  std::optional<bool> access_granted;  // nullopt: no Require line in the section
  base::SourcePosition where;
};

// A WSGIScriptAlias with its options.
struct AliasSettings {
  std::string url;
  std::filesystem::path target;
  RequestSettings request;  // its options; chunked_request is never set
  bool preload = false;
  deployment::Origin origin;
};

struct ServerName {
  std::string name;
  int port = 0;
};

struct HostAddress {
  std::string address = "*";
  int port = 0;  // 0: every port
};

// The main server, or a virtual host.
struct HostSettings {
  std::vector<HostAddress> addresses;
  Setting<ServerName> server_name;
  std::vector<std::string> aliases;
  RequestSettings request;
  std::vector<AliasSettings> mounts;
  std::vector<DirectorySettings> directories;
  deployment::Origin origin;
};

struct DeclaredGroup {
  deployment::ProcessGroup group;
  size_t host = 0;  // where it was declared: index in Settings::hosts
};

struct Settings {
  std::vector<HostSettings> hosts{1};  // the first is the main server
  std::vector<deployment::Listen> listens;
  std::vector<DeclaredGroup> process_groups;
  deployment::ServerProcesses server;
  std::filesystem::path server_root;
  std::filesystem::path error_log;
  std::filesystem::path socket_prefix;
};

struct Scope {
  static constexpr size_t kMainServer = 0;

  Settings& settings;
  size_t host_index = kMainServer;
  bool is_in_directory = false;  // the last of the host

  [[nodiscard]] HostSettings& host() const { return settings.hosts[host_index]; }
  [[nodiscard]] RequestSettings& request() const {
    return is_in_directory ? host().directories.back().request : host().request;
  }
};

}  // namespace hosts::directives
