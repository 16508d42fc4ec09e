#include "hosts/explain/asked_url.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "hosts/base/letters.h"
#include "hosts/http1/target.h"

namespace hosts::explain {

using base::Error;
using base::ErrorKind;
using base::Result;

namespace {

constexpr int kHttpsPort = 443;

}  // namespace

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
      url.names_port = true;
    }
    if (authority.empty()) return refuse("it names no host");
    url.host = base::Lowered(authority);
  }
  const std::string target = rest.starts_with('/') ? std::string(rest) : "/" + std::string(rest);
  url.target = target.substr(0, target.find('#'));
  const size_t question = url.target.find('?');
  if (question != std::string::npos) url.query = url.target.substr(question + 1);
  const auto parsed = http1::ParseTarget(url.target);
  url.path = parsed.path;
  url.refused_status = parsed.refused_status;
  return url;
}

}  // namespace hosts::explain
