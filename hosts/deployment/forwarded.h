#pragma once
// What proxies in front of the server say about a request (X-Forwarded-For and its kin), where they
// may be believed.
//
// Headers are of six kinds: who asked, the Host, the server's name, its port, the script's name, the
// scheme. Of a kind of which the configuration names one, no other reaches the application, and
// none at all when the peer is not trusted.
//
// Threads: pure.
// Source:  CFG-26, CFG-27, ENV-40 to ENV-43.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/deployment/settings.h"

namespace hosts::deployment {

struct Forwarded {
  std::optional<std::string> client_address;  // for REMOTE_ADDR
  std::optional<std::string> forwarded_for;  // X-Forwarded-For, without what was not to be believed
  std::optional<std::string> host;           // for HTTP_HOST
  std::optional<std::string> server_name;
  std::optional<int> server_port;
  std::optional<std::string> script_name;  // may be empty
  std::optional<bool> is_https;
  std::vector<std::string_view> hidden;  // headers that the application is not shown
};

// The value of a header; of several with the same name: joined with ", ".
using LookupHeader = std::function<std::optional<std::string>(std::string_view name)>;

// Nullopt: the configuration names no such header, and everything stays as it is.
[[nodiscard]] std::optional<Forwarded> JudgeForwarded(const EffectiveSettings& settings,
                                                      std::string_view peer_address,
                                                      const LookupHeader& header);

// The names that WSGITrustedProxyHeaders understands.
[[nodiscard]] std::vector<std::string_view> ForwardedHeaders();

}  // namespace hosts::deployment
