#pragma once
// AskedUrl: a URL that somebody wants explained: "http://name[:port]/path", or "/path".

#include <string>

#include "hosts/base/result.h"

namespace hosts::explain {

inline constexpr int kHttpPort = 80;

struct AskedUrl {
  std::string host;
  int port = kHttpPort;
  bool names_port = false;
  std::string target;  // as it was asked
  std::string path;
  std::string query;
  int refused_status = 0;  // by the front, before anything is looked up
};

// Fails with InvalidInput, and says what to write.
[[nodiscard]] base::Result<AskedUrl> ParseUrl(const std::string& text);

}  // namespace hosts::explain
