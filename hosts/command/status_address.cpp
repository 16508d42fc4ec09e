#include "hosts/command/status_address.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <optional>

#include "hosts/base/numbers.h"

namespace hosts::command {

namespace {

constexpr int kMostPorts = 65535;

// Nothing: it is no IP address.
std::optional<bool> IsLoopback(const std::string& address) {
  in_addr v4{};
  if (::inet_pton(AF_INET, address.c_str(), &v4) == 1) {
    return (ntohl(v4.s_addr) >> IN_CLASSA_NSHIFT) == IN_LOOPBACKNET;
  }
  in6_addr v6{};
  if (::inet_pton(AF_INET6, address.c_str(), &v6) != 1) return std::nullopt;
  return IN6_IS_ADDR_LOOPBACK(&v6);
}

std::string WithoutBrackets(std::string_view text) {
  if (text.size() > 1 && text.front() == '[' && text.back() == ']') {
    text = text.substr(1, text.size() - 2);
  }
  return std::string(text);
}

}  // namespace

base::Result<StatusAddress> ParseStatusAddress(std::string_view text, StatusReaders readers) {
  const base::Error wrong{
      base::ErrorKind::InvalidInput,
      fmt::format("--status {}: write an IP address and a port, 127.0.0.1:8001, or a port", text)};
  StatusAddress status;
  const std::size_t colon = text.rfind(':');
  if (colon != std::string_view::npos && colon > 0) {
    status.address = WithoutBrackets(text.substr(0, colon));
  }
  const auto port =
      base::ParseWhole<int>(colon == std::string_view::npos ? text : text.substr(colon + 1));
  const auto is_loopback = IsLoopback(status.address);
  if (!port || *port > kMostPorts || !is_loopback) return wrong;
  status.port = *port;
  status.is_loopback = *is_loopback;
  if (!status.is_loopback && readers == StatusReaders::OnThisMachine) {
    return base::Error{
        base::ErrorKind::InvalidInput,
        fmt::format(
            "--status {}: other machines would reach it, and it asks nobody who he is; write "
            "127.0.0.1, or --status-for-anybody besides",
            text)};
  }
  return status;
}

}  // namespace hosts::command
