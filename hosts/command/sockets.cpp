#include "hosts/command/sockets.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include "hosts/base/numbers.h"
#include "hosts/daemon/limits.h"

namespace hosts::command {

namespace {

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

std::optional<Address> ParseAddress(const std::string& text, int port) {
  Address address;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
  if (::inet_pton(AF_INET, text.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(static_cast<std::uint16_t>(port));
    address.size = sizeof *v4;
    return address;
  }
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
  if (::inet_pton(AF_INET6, text.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(static_cast<std::uint16_t>(port));
    address.size = sizeof *v6;
    return address;
  }
  return std::nullopt;
}

std::optional<sockaddr_un> AddressOf(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return std::nullopt;
  std::copy(path.begin(), path.end(), address.sun_path);
  return address;
}

// Nobody listens there any more.
bool IsRefused(const std::string& path) {
  const auto address = AddressOf(path);
  const base::UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!address || !fd.is_open()) return false;
  const auto* plain = reinterpret_cast<const sockaddr*>(&*address);
  return ::connect(fd.get(), plain, sizeof *address) != 0 && errno == ECONNREFUSED;
}

base::Error At(const deployment::Listen& listen, base::Error error) {
  error.where = base::SourcePosition{listen.origin.file, listen.origin.line};
  return error;
}

const ClientSocket* TakeSame(const deployment::Listen& listen,
                             std::vector<const ClientSocket*>& open) {
  const auto same = std::ranges::find_if(open, [&listen](const ClientSocket* one) {
    return one->address == listen.address && one->configured_port == listen.port;
  });
  if (same == open.end()) return nullptr;
  const ClientSocket* taken = *same;
  open.erase(same);
  return taken;
}

}  // namespace

base::Result<ClientSocket> ListenForClients(const deployment::Listen& listen,
                                            int backlog,
                                            std::vector<const ClientSocket*>& open) {
  const std::string what = fmt::format("cannot listen on {}:{}", listen.address, listen.port);
  if (const ClientSocket* taken = TakeSame(listen, open)) {
    base::UniqueFd fd(::fcntl(taken->fd.get(), F_DUPFD_CLOEXEC, 0));
    if (!fd.is_open() || ::listen(fd.get(), backlog) != 0) {
      return At(listen, base::SystemError(what));
    }
    return ClientSocket{std::move(fd), taken->address, taken->port, taken->configured_port};
  }
  const auto address = ParseAddress(listen.address, listen.port);
  if (!address) {
    return At(listen, {base::ErrorKind::InvalidInput, what + ": write an IP address"});
  }
  base::UniqueFd fd(
      ::socket(address->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.is_open()) return At(listen, base::SystemError(what));
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // inherited by connections
  const auto* plain = reinterpret_cast<const sockaddr*>(&address->storage);
  if (::bind(fd.get(), plain, address->size) != 0 || ::listen(fd.get(), backlog) != 0) {
    return At(listen, base::SystemError(what));
  }
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&bound), &size);
  const int port = bound.ss_family == AF_INET
                       ? ntohs(reinterpret_cast<const sockaddr_in*>(&bound)->sin_port)
                       : ntohs(reinterpret_cast<const sockaddr_in6*>(&bound)->sin6_port);
  return ClientSocket{std::move(fd), listen.address, port, listen.port};
}

base::Result<DaemonSocket> ListenForFronts(const FrontSocketPlan& plan) {
  const std::string path = fmt::format("{}.{}.{}.{}.{}.sock",
                                       plan.prefix.string(),
                                       ::getpid(),
                                       plan.generation,
                                       plan.group,
                                       plan.process);
  const std::string what = fmt::format("cannot make the socket {}", path);
  const auto address = AddressOf(path);
  if (!address) {
    return base::Error{base::ErrorKind::InvalidInput,
                       what + ": the name is too long; set WSGISocketPrefix to a shorter one"};
  }
  base::UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.is_open()) return base::SystemError(what);
  daemon::SetBufferSizes(fd.get(), plan.settings);
  ::unlink(path.c_str());  // DAEMON-11
  const mode_t before = ::umask(0077);
  const int bound = ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address);
  ::umask(before);
  if (bound != 0 || ::chmod(path.c_str(), 0700) != 0 ||
      ::listen(fd.get(), plan.settings.backlog) != 0 ||
      (plan.owner && ::geteuid() == 0 &&
       ::chown(path.c_str(), *plan.owner, static_cast<gid_t>(-1)) != 0)) {
    auto error = base::SystemError(what);
    if (bound == 0) ::unlink(path.c_str());
    return error;
  }
  return DaemonSocket{std::move(fd), path};
}

void RemoveStaleSockets(const std::filesystem::path& prefix) {
  const std::string begin = prefix.filename().string() + ".";
  std::error_code unreadable;
  std::filesystem::directory_iterator entries(prefix.parent_path(), unreadable);
  if (unreadable)
    return;  // then there is nothing of ours either, or the sockets fail with a reason
  for (const auto& entry : entries) {
    const std::string name = entry.path().filename();
    if (!name.starts_with(begin) || !name.ends_with(".sock")) continue;
    const auto supervisor = base::ParseWhole<pid_t>(
        std::string_view(name).substr(begin.size(), name.find('.', begin.size()) - begin.size()));
    if (!supervisor || !entry.is_socket(unreadable)) continue;
    // Of another process with that number nobody knows whether it is one of us.
    const bool is_gone = ::kill(*supervisor, 0) != 0 && errno == ESRCH;
    if (is_gone && IsRefused(entry.path())) ::unlink(entry.path().c_str());
  }
}

std::filesystem::path SocketPrefix(const deployment::Deployment& deployment) {
  if (!deployment.socket_prefix.empty()) return deployment.socket_prefix;
  if (::geteuid() == 0 && ::access("/run", W_OK) == 0) return "/run/wsgilab";
  if (const char* runtime = std::getenv("XDG_RUNTIME_DIR");
      runtime != nullptr && ::access(runtime, W_OK) == 0) {
    return std::filesystem::path(runtime) / "wsgilab";
  }
  return std::filesystem::temp_directory_path() / "wsgilab";
}

}  // namespace hosts::command
