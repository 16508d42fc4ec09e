#include "hosts/deployment/virtual_host_choice.h"

#include <algorithm>

#include "hosts/base/letters.h"

namespace hosts::deployment {
namespace {

using base::Lower;
using base::SameLetters;

// A listener for IPv6 shows the IPv4 addresses it accepts in this form.
constexpr std::string_view kIPv4InIPv6 = "::ffff:";

// '*' is any run of characters, '?' is one.
bool FitsPattern(std::string_view name, std::string_view pattern) {
  size_t at = 0;
  size_t in_pattern = 0;
  size_t star = std::string_view::npos;  // the last '*' passed, and how much of the name it took
  size_t taken = 0;
  while (at < name.size()) {
    if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
      star = in_pattern++;
      taken = at;
    } else if (in_pattern < pattern.size() &&
               (pattern[in_pattern] == '?' || Lower(pattern[in_pattern]) == Lower(name[at]))) {
      ++in_pattern;
      ++at;
    } else if (star != std::string_view::npos) {
      in_pattern = star + 1;
      at = ++taken;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', in_pattern) == std::string_view::npos;
}

bool AnswersTo(const VirtualHost& virtual_host, std::string_view host) {
  return SameLetters(virtual_host.server_name, host) ||
         std::ranges::any_of(virtual_host.aliases,
                             [&](const std::string& alias) { return FitsPattern(host, alias); });
}

// How well a virtual host's address fits; 0: not at all. An IP address counts for more than a port.
int AddressFit(const VirtualHost& virtual_host, std::string_view address, int port) {
  if (virtual_host.port != 0 && virtual_host.port != port) return 0;
  const int port_fit = virtual_host.port == 0 ? 1 : 2;
  if (virtual_host.address == "*") return port_fit;
  return virtual_host.address == address ? port_fit + 2 : 0;
}

}  // namespace

const VirtualHost* FindVirtualHost(const Deployment& deployment, const RequestAddress& address) {
  std::string_view local = address.local_address;
  if (local.starts_with(kIPv4InIPv6)) local.remove_prefix(kIPv4InIPv6.size());

  std::string_view host = address.host;
  if (host.ends_with('.')) host.remove_suffix(1);  // "example.org." is the same name

  const VirtualHost* best = nullptr;
  int best_fit = 0;
  bool best_is_named = false;
  for (const VirtualHost& candidate : deployment.virtual_hosts) {
    const int fit = AddressFit(candidate, local, address.local_port);
    if (fit == 0 || fit < best_fit) continue;
    const bool better_address = fit > best_fit;
    if (!better_address && best_is_named) continue;
    const bool is_named = AnswersTo(candidate, host);
    if (!better_address && !is_named) continue;
    best = &candidate;
    best_fit = fit;
    best_is_named = is_named;
  }
  return best;
}

}  // namespace hosts::deployment
