#pragma once
// Target: the request target taken apart: path (decoded), query, host of the absolute form.
// HostName: the Host header taken apart.
//
// Fails:   a target that must be refused gives the status: 400, 501 for CONNECT, or 404 for an encoded
//          slash (Apache's AllowEncodedSlashes Off).
// Source:  RFC 9112, 3.2; RFC 3986, 5.2.4; LOAD-2.

#include <string>
#include <string_view>

namespace hosts::http1 {

struct Target {
  int refused_status = 0;
  std::string path;            // decoded, dot segments removed; begins with '/', or is "*"
  std::string_view query;      // undecoded
  std::string_view authority;  // absolute form only
};

// The method says which forms are allowed: `*` is for OPTIONS, and CONNECT (501: there is no tunnel
// here) names host and port.
[[nodiscard]] Target ParseTarget(std::string_view target, std::string_view method = "GET");

struct HostName {
  bool is_valid = true;
  std::string name;  // lower case, without port
  int port = 0;      // 0: none written
};

[[nodiscard]] HostName ParseHost(std::string_view host);

}  // namespace hosts::http1
