#pragma once
// Settings: what may be said about requests, for the whole server, a virtual host, a part of the
// file system or a part of the URLs, each value with the line that said it.
//
// PathSettings:      what one scope says; everything is optional.
// EffectiveSettings: what holds for one request after the scopes that apply to it were laid over
//                    each other; views into them.
//
// Threads: values; const functions from any thread.
// Source:  CFG-10 to CFG-29, CFG-50 to CFG-56, EXP-9.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/base/network.h"
#include "hosts/base/pattern.h"
#include "hosts/deployment/access.h"
#include "hosts/deployment/names.h"
#include "hosts/expressions/expression.h"

namespace hosts::deployment {

// WSGIDispatchScript: chooses groups and callable anew for each request (LOAD-20).
struct DispatchScript {
  std::string script;
  GroupName application_group;  // default: the main interpreter
};

// WSGIHandlerScript: answers for files of a kind; its callable is always handle_request (CFG-56).
struct HandlerScript {
  std::string script = {};
  std::optional<GroupName> process_group = {};
  std::optional<GroupName> application_group = {};
  std::optional<bool> pass_authorization = {};
};

// A change to the variables that a request carries, in the order in which they are written.
struct VariableChange {
  enum class Kind {
    Set,      // SetEnv
    Unset,    // UnsetEnv
    Pass,     // PassEnv: from the server's own environment
    SetIf,    // SetEnvIf, SetEnvIfNoCase, BrowserMatch: if the attribute fits the pattern;
              // SetEnvIfExpr: if the expression holds
    UnsetIf,  // the same with !name
  };
  Kind kind = Kind::Set;
  std::string name = {};
  std::string value = {};  // Set: literally; SetIf: with $0 to $9
  std::string attribute =
      {};  // SetIf, UnsetIf: a header, Remote_Addr, Request_URI …, or a variable
  std::optional<base::Regex> attribute_pattern = {};  // of header names
  std::optional<base::Regex> pattern = {};
  std::optional<expressions::Expression> expression = {};  // instead of attribute and pattern
  Origin origin = {};

  // It looks at the request.
  [[nodiscard]] bool is_conditional() const { return kind == Kind::SetIf || kind == Kind::UnsetIf; }
};

// WSGITrustedProxies: whose X-Forwarded-For and its kin are believed (ENV-40).
struct TrustedProxies {
  std::vector<std::string> written;
  std::vector<base::Network> networks;
};

enum class HeadMapping { Off, On, Auto };  // WSGIMapHEADToGET

// Which directives .htaccess files may contain, as far as this engine reads them.
struct Overrides {
  bool file_info = false;
  bool auth_config = false;
  bool options = false;
  bool limit = false;
  bool indexes = false;
  std::optional<std::string> permitted_options = {};  // "indexes,multiviews"; nullopt: all
  std::vector<std::string> directives = {};           // AllowOverrideList, lower case
  bool is_lenient = false;                            // Nonfatal: what is not permitted is skipped
  [[nodiscard]] bool any() const {
    return file_info || auth_config || options || limit || indexes || !directives.empty();
  }
  bool operator==(const Overrides&) const = default;
};

enum class PathInfo { Default, On, Off };  // AcceptPathInfo

struct PathSettings {
  Setting<GroupName> process_group;
  Setting<GroupName> application_group;
  Setting<CallableName> callable_object;
  Setting<bool> pass_authorization;
  Setting<bool> chunked_request;
  Setting<std::uint64_t> limit_request_body;  // bytes; 0: any number
  Setting<bool> script_reloading;
  Setting<bool> error_override;
  Setting<bool> ignore_activity;
  Setting<bool> enable_sendfile;
  Setting<bool> pass_apache_request;
  Setting<HeadMapping> map_head_to_get;
  Setting<TrustedProxies> trusted_proxies;
  Setting<std::vector<std::string>> trusted_proxy_headers;
  Setting<std::vector<std::string>> restrict_process;  // "" stands for the server's own processes
  Setting<DispatchScript> dispatch_script;
  std::map<std::string, Written<HandlerScript>> handler_scripts;     // by handler, lower case
  Setting<std::string> handler;                                      // SetHandler; "" is None
  std::map<std::string, Written<std::string>> handler_by_extension;  // AddHandler; lower case
  Setting<bool> exec_cgi;                                            // Options ExecCGI
  Setting<PathInfo> accept_path_info;
  Setting<bool> directory_slash;
  Setting<std::vector<std::string>> directory_index;
  Setting<Overrides> allow_override;
  Setting<Access> access;
  std::vector<VariableChange> variables;
};

struct EffectiveSettings {
  const Written<GroupName>* process_group = nullptr;
  const Written<GroupName>* application_group = nullptr;
  const Written<CallableName>* callable_object = nullptr;
  const Written<bool>* pass_authorization = nullptr;
  const Written<bool>* chunked_request = nullptr;
  const Written<std::uint64_t>* limit_request_body = nullptr;
  const Written<bool>* script_reloading = nullptr;
  const Written<bool>* error_override = nullptr;
  const Written<bool>* ignore_activity = nullptr;
  const Written<bool>* enable_sendfile = nullptr;
  const Written<bool>* pass_apache_request = nullptr;
  const Written<HeadMapping>* map_head_to_get = nullptr;
  const Written<TrustedProxies>* trusted_proxies = nullptr;
  const Written<std::vector<std::string>>* trusted_proxy_headers = nullptr;
  const Written<std::vector<std::string>>* restrict_process = nullptr;
  const Written<DispatchScript>* dispatch_script = nullptr;
  const Written<std::string>* handler = nullptr;
  const Written<bool>* exec_cgi = nullptr;
  const Written<PathInfo>* accept_path_info = nullptr;
  const Written<bool>* directory_slash = nullptr;
  const Written<std::vector<std::string>>* directory_index = nullptr;
  const Written<Overrides>* allow_override = nullptr;
  const Written<Access>* access = nullptr;
  // The innermost last; looked through from behind.
  std::vector<const std::map<std::string, Written<HandlerScript>>*> handler_scripts;
  std::vector<const std::map<std::string, Written<std::string>>*> handlers_by_extension;
  std::vector<const VariableChange*> variables;

  // CFG-50 to CFG-53: what the inner scope sets replaces what the outer ones said. The settings
  // must outlive this.
  void Override(const PathSettings& inner);

  [[nodiscard]] const Written<HandlerScript>* HandlerScriptOf(const std::string& handler) const;
  [[nodiscard]] const Written<std::string>* HandlerOfExtension(const std::string& extension) const;
};

// The value that was written, or the default.
template <typename T>
[[nodiscard]] T ValueOr(const Written<T>* written, T default_value) {
  return written != nullptr ? written->value : default_value;
}

}  // namespace hosts::deployment
