#include "harness/launch/ready.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <charconv>

namespace harness::launch {

using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

Result<Ready> ParseReadyLine(std::string_view line) {
  try {
    const auto object = nlohmann::json::parse(line);
    Ready ready;
    for (const auto& entry : object.at("listen")) {
      ready.listen.push_back({entry.at("address"), entry.at("port")});
    }
    if (ready.listen.empty()) {
      return Error{ErrorKind::InvalidInput, fmt::format("the ready line has no address: {}", line)};
    }
    ready.supervisor = object.value("supervisor", 0);
    ready.server = object.value("server", std::vector<pid_t>{});
    ready.daemons = object.value("daemons", std::map<std::string, std::vector<pid_t>>{});
    return ready;
  } catch (const nlohmann::json::exception& error) {
    return Error{ErrorKind::InvalidInput,
                 fmt::format("the ready line is not understood ({}): {}", error.what(), line)};
  }
}

Result<Endpoint> ParseEndpoint(std::string_view text) {
  const size_t colon = text.rfind(':');
  Endpoint endpoint;
  if (colon != std::string_view::npos) {
    const std::string_view digits = text.substr(colon + 1);
    const auto [end, problem] =
        std::from_chars(digits.data(), digits.data() + digits.size(), endpoint.port);
    if (problem == std::errc() && end == digits.data() + digits.size() && endpoint.port >= 0 &&
        endpoint.port < 65536 && colon > 0) {
      endpoint.address = text.substr(0, colon);
      return endpoint;
    }
  }
  return Error{ErrorKind::InvalidInput,
               fmt::format("'{}' is no address: write it as 127.0.0.1:8080", text)};
}

}  // namespace harness::launch
