#include "harness/load/endpoint.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <netdb.h>
#include <poll.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "hosts/base/deadline.h"
#include "hosts/base/unique_fd.h"

namespace harness::load {

using hosts::base::Deadline;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;
using hosts::base::UniqueFd;

namespace {

constexpr std::chrono::seconds kPatience{5};

// 0, or why nobody answers there.
int TryToConnect(const Endpoint& endpoint) {
  const UniqueFd fd(::socket(endpoint.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.is_open()) return errno;
  if (::connect(fd.get(), endpoint.address(), endpoint.size) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  const Deadline deadline = Deadline::After(kPatience);
  pollfd entry{fd.get(), POLLOUT, 0};
  while (::poll(&entry, 1, deadline.poll_timeout_ms()) <= 0) {
    if (deadline.has_passed()) return ETIMEDOUT;
  }
  int problem = 0;
  socklen_t size = sizeof(problem);
  ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &problem, &size);
  return problem;
}

}  // namespace

std::string Endpoint::Text() const {
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> port{};
  if (::getnameinfo(address(),
                    size,
                    host.data(),
                    host.size(),
                    port.data(),
                    port.size(),
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
    return "an unknown address";
  }
  return family() == AF_INET6 ? fmt::format("[{}]:{}", host.data(), port.data())
                              : fmt::format("{}:{}", host.data(), port.data());
}

Result<std::vector<Endpoint>> Resolve(const Target& target) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int problem =
      ::getaddrinfo(target.address.c_str(), std::to_string(target.port).c_str(), &hints, &list);
  if (problem != 0) {
    return Error{
        ErrorKind::NotFound,
        fmt::format("no address is known for '{}': {}",
                    target.address,
                    problem == EAI_SYSTEM ? std::strerror(errno) : ::gai_strerror(problem))};
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owned(list, &::freeaddrinfo);
  std::vector<Endpoint> endpoints;
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    Endpoint endpoint;
    std::memcpy(&endpoint.storage, entry->ai_addr, entry->ai_addrlen);
    endpoint.size = entry->ai_addrlen;
    endpoints.push_back(endpoint);
  }
  return endpoints;
}

Result<Endpoint> FindEndpoint(const Target& target) {
  const auto endpoints = Resolve(target);
  if (!endpoints) return endpoints.error();
  if (endpoints->size() == 1) return endpoints->front();
  std::vector<std::string> tried;
  for (const Endpoint& endpoint : *endpoints) {
    const int problem = TryToConnect(endpoint);
    if (problem == 0) return endpoint;
    tried.push_back(fmt::format("{}: {}", endpoint.Text(), std::strerror(problem)));
  }
  return Error{ErrorKind::Closed, fmt::format("{}", fmt::join(tried, "; "))};
}

}  // namespace harness::load
