#include "harness/launch/free_port.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "hosts/base/unique_fd.h"

namespace harness::launch {

using hosts::base::SystemError;

hosts::base::Result<int> FreePort() {
  const hosts::base::UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd.is_open()) return SystemError("socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const name = reinterpret_cast<sockaddr*>(&address);
  if (::bind(fd.get(), name, size) != 0) return SystemError("bind to a port of 127.0.0.1");
  if (::getsockname(fd.get(), name, &size) != 0) return SystemError("getsockname");
  return ntohs(address.sin_port);
}

}  // namespace harness::launch
