#pragma once
// Settings: what a configuration says, scope by scope, before the scopes are merged.
// Scope:    the settings and the place in them where the reader stands: which virtual host, which
//           section, or which .htaccess file.
//
// The setters of the table write here; resolve reads it.

#include <cstddef>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hosts/deployment/deployment.h"
#include "hosts/language/syntax.h"

namespace hosts::directives {

using deployment::PathSettings;
using deployment::Setting;
using deployment::Written;

struct ServerName {
  std::string name;
  int port = 0;
};

struct HostAddress {
  std::string address = "*";
  int port = 0;  // 0: every port
};

// CustomLog or TransferLog; which format its nickname stands for is known when all lines are read.
struct WrittenLog {
  deployment::AccessLog log;  // without a file: it is not obeyed
  std::optional<language::Word> format = {};
};

// The main server, or a virtual host.
struct HostSettings {
  std::vector<HostAddress> addresses;
  Setting<ServerName> server_name;
  std::vector<std::string> aliases;
  Setting<std::string> document_root;
  PathSettings settings;
  std::vector<deployment::Mount> mounts;
  std::vector<deployment::FileAlias> file_aliases;
  std::vector<deployment::Section> sections;
  deployment::HttpChoices http;
  std::map<std::string, access_log::Format, std::less<>> formats;  // by nickname
  std::optional<access_log::Format> plain_format;
  std::vector<WrittenLog> access_logs;
  Setting<std::filesystem::path> error_log;
  std::optional<base::LogLevel> log_level;
  deployment::Origin origin;
};

struct DeclaredGroup {
  deployment::ProcessGroup group;
  size_t host = 0;  // where it was declared: index in Settings::hosts
};

// Where an <Else> looks for its <If>: the list of sections, and the one that is open.
using BranchPlace = std::pair<const std::vector<deployment::Section>*, std::optional<size_t>>;

struct Settings {
  std::deque<HostSettings> hosts{1};  // the first is the main server; addresses are stable
  std::vector<deployment::Listen> listens;
  std::optional<int> listen_backlog;
  std::vector<DeclaredGroup> process_groups;
  std::vector<deployment::PreloadedScript> preloads;
  std::vector<deployment::InterpreterOptions> interpreter_options;
  std::vector<deployment::ForeignUse> foreign;
  std::vector<deployment::WrittenOption> not_obeyed;
  std::vector<WrittenLog> global_logs;  // of all hosts, besides their own
  deployment::ServerProcesses server;
  Setting<bool> restrict_embedded;
  Setting<bool> case_sensitivity;
  std::map<BranchPlace, std::shared_ptr<const deployment::Branch>> last_branches;
  std::vector<std::string> override_file_names{".htaccess"};
  size_t regex_bytes = 0;  // of all regular expressions, compiled
  std::filesystem::path server_root;
  std::filesystem::path socket_prefix;
};

struct Scope {
  static constexpr size_t kMainServer = 0;

  explicit Scope(Settings& all) : settings(all) { EnterHost(kMainServer); }

  Settings& settings;
  size_t host_index = kMainServer;
  // Where sections that are opened here go, and which of them is open.
  std::vector<deployment::Section>* sections = nullptr;
  std::optional<size_t> section;
  PathSettings* outermost = nullptr;  // what holds outside of sections
  // In a .htaccess file: what AllowOverride permits there.
  std::optional<deployment::Overrides> permitted;
  std::optional<std::string> handler;  // whose WSGIHandlerScript is being read
  // Within <WSGIInterpreterOptions>: which of them, the innermost.
  std::optional<size_t> interpreter_options;

  void EnterHost(size_t index) {
    host_index = index;
    outermost = &host().settings;
    sections = &host().sections;
    section.reset();
  }
  // Of all interpreters, or of those that the container is for.
  [[nodiscard]] deployment::InterpreterSettings& interpreters() const {
    return interpreter_options ? settings.interpreter_options[*interpreter_options].settings
                               : settings.server.interpreters;
  }
  [[nodiscard]] HostSettings& host() const { return settings.hosts[host_index]; }
  [[nodiscard]] bool is_in_section() const { return section.has_value(); }
  [[nodiscard]] PathSettings& path() const {
    return section ? (*sections)[*section].settings : *outermost;
  }
};

}  // namespace hosts::directives
