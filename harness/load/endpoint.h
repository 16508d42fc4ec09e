#pragma once
// Target:   where requests go: a name or an address (IPv4 or IPv6), and a port.
// Endpoint: one address of it, for the kernel.
//
// Fails:   NotFound when nobody knows the name; Closed when it has several addresses and nobody
//          listens at any of them.

#include <netinet/in.h>
#include <sys/socket.h>

#include <string>
#include <vector>

#include "hosts/base/result.h"

namespace harness::load {

struct Target {
  std::string address = "127.0.0.1";
  int port = 0;
};

struct Endpoint {
  sockaddr_storage storage{};
  socklen_t size = 0;

  [[nodiscard]] const sockaddr* address() const {
    return reinterpret_cast<const sockaddr*>(&storage);
  }
  [[nodiscard]] int family() const { return storage.ss_family; }
  // "127.0.0.1:8000", "[::1]:8000".
  [[nodiscard]] std::string Text() const;
};

// All addresses, in the system's order. Waits for the system where it asks other machines for names.
[[nodiscard]] hosts::base::Result<std::vector<Endpoint>> Resolve(const Target& target);
// The first at which somebody listens; the only one is not tried.
[[nodiscard]] hosts::base::Result<Endpoint> FindEndpoint(const Target& target);

}  // namespace harness::load
