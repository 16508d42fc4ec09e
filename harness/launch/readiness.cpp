#include "harness/launch/readiness.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <httplib.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <sstream>

#include "harness/launch/descendants.h"
#include "hosts/base/files.h"
#include "hosts/base/unique_fd.h"

namespace harness::launch {

using hosts::base::ChildProcess;
using hosts::base::Deadline;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;
using hosts::base::SystemError;
using hosts::base::UniqueFd;

namespace {

Error EndedBefore(ChildProcess& child) {
  const auto status = child.Poll();
  return {ErrorKind::Closed,
          fmt::format("the host ended before it served: {}",
                      status ? status->Text() : "it closed its ready pipe")};
}

Error NotReady() {
  return {ErrorKind::Timeout, "the host did not become ready in time"};
}

// Adds what there is to the line; true when the writer has closed its end.
bool ReadSome(int fd, std::string& line) {
  std::array<char, 4096> block{};
  const ssize_t count = ::read(fd, block.data(), block.size());
  if (count > 0) line.append(block.data(), static_cast<size_t>(count));
  return count == 0;
}

bool AcceptsConnections(const Endpoint& endpoint) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(endpoint.port));
  if (::inet_pton(AF_INET, endpoint.address.c_str(), &address.sin_addr) != 1) return false;
  const UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return fd.is_open() &&
         ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
}

// As the kernel lists them; one that is bound only is not there, and nobody has to be asked.
Result<int> CountListening(const Endpoint& endpoint) {
  in_addr address{};
  if (::inet_pton(AF_INET, endpoint.address.c_str(), &address) != 1) {
    return Error{ErrorKind::InvalidInput, endpoint.address + ": no address"};
  }
  const auto table = hosts::base::ReadFile("/proc/net/tcp");
  if (!table) return table.error();
  // "   0: 0100007F:1F90 00000000:0000 0A ...": number, local and remote end, state, which is 0A of one that listens.
  const std::string local = fmt::format("{:08X}:{:04X}", address.s_addr, endpoint.port);
  std::istringstream lines(*table);
  int count = 0;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string number, end, peer, state;
    words >> number >> end >> peer >> state;
    if (end == local && state == "0A") ++count;
  }
  return count;
}

// Takes what inotify has to say; it is read only so that the next poll waits.
void Drain(int inotify) {
  std::array<char, 4096> block{};
  while (::read(inotify, block.data(), block.size()) > 0) {
  }
}

}  // namespace

Result<Ready> AwaitReadyLine(int read_end, ChildProcess& child, Deadline deadline) {
  const UniqueFd death(static_cast<int>(::syscall(SYS_pidfd_open, child.pid(), 0)));
  if (!death.is_open()) return SystemError("pidfd_open");
  std::string line;
  while (true) {
    std::array<pollfd, 2> entries{pollfd{read_end, POLLIN, 0}, pollfd{death.get(), POLLIN, 0}};
    const int count = ::poll(entries.data(), entries.size(), deadline.poll_timeout_ms());
    if (count < 0 && errno != EINTR) return SystemError("poll");
    const bool closed = entries[0].revents != 0 && ReadSome(read_end, line);
    const size_t end = line.find('\n');
    if (end != std::string::npos) return ParseReadyLine(std::string_view(line).substr(0, end));
    if (closed) {
      // Its other descriptors close before the process becomes a zombie: let it get there.
      (void)child.Wait(Deadline::At(
          std::min(deadline.instant(), hosts::base::Clock::now() + std::chrono::seconds(2))));
      return EndedBefore(child);
    }
    if (entries[0].revents == 0 && entries[1].revents != 0) return EndedBefore(child);
    if (deadline.has_passed()) return NotReady();
  }
}

Result<Ready> AwaitLogSigns(const std::filesystem::path& log,
                            size_t begin,
                            const std::vector<LogSign>& signs,
                            const Endpoint& endpoint,
                            ChildProcess& child,
                            Deadline deadline) {
  const UniqueFd death(static_cast<int>(::syscall(SYS_pidfd_open, child.pid(), 0)));
  if (!death.is_open()) return SystemError("pidfd_open");
  const UniqueFd watch(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!watch.is_open() || ::inotify_add_watch(watch.get(), log.c_str(), IN_MODIFY) < 0) {
    return SystemError("inotify on " + log.string());
  }
  while (true) {
    Drain(watch.get());
    const auto text = hosts::base::ReadFile(log);
    if (!text) return text.error();
    SignsSeen seen =
        LookForSigns(std::string_view(*text).substr(std::min(begin, text->size())), signs);
    if (seen.complete) {
      Ready ready;
      ready.listen.push_back(endpoint);
      ready.supervisor = child.pid();
      ready.server = std::move(seen.server);
      ready.daemons = std::move(seen.daemons);
      return ready;
    }
    std::array<pollfd, 2> entries{pollfd{watch.get(), POLLIN, 0}, pollfd{death.get(), POLLIN, 0}};
    if (::poll(entries.data(), entries.size(), deadline.poll_timeout_ms()) < 0 && errno != EINTR) {
      return SystemError("poll");
    }
    if (entries[1].revents != 0) return EndedBefore(child);
    if (deadline.has_passed()) return NotReady();
  }
}

namespace {

// Asks again and again until `is_there` says so: nobody tells when a foreign program serves. Its death is noticed.
template <typename IsThere>
Result<Ready> AskUntil(const IsThere& is_there,
                       const Endpoint& endpoint,
                       ChildProcess& child,
                       Deadline deadline) {
  const UniqueFd death(static_cast<int>(::syscall(SYS_pidfd_open, child.pid(), 0)));
  if (!death.is_open()) return SystemError("pidfd_open");
  Ready ready;
  ready.listen.push_back(endpoint);
  ready.supervisor = child.pid();
  while (!is_there(ready)) {
    pollfd entry{death.get(), POLLIN, 0};
    ::poll(&entry, 1, std::min(5, deadline.poll_timeout_ms()));
    if (entry.revents != 0) return EndedBefore(child);
    if (deadline.has_passed()) return NotReady();
  }
  return ready;
}

// "(wsgi:GROUP)", or nothing.
std::optional<std::string> GroupOf(pid_t pid) {
  constexpr std::string_view kBegin = "(wsgi:";
  const auto command = hosts::base::ReadFile(fmt::format("/proc/{}/cmdline", pid));
  if (!command || !command->starts_with(kBegin)) return std::nullopt;
  const size_t end = command->find(')');
  if (end == std::string::npos) return std::nullopt;
  return command->substr(kBegin.size(), end - kBegin.size());
}

}  // namespace

Result<Ready> AwaitConnect(const Endpoint& endpoint, ChildProcess& child, Deadline deadline) {
  return AskUntil([&](Ready&) { return AcceptsConnections(endpoint); }, endpoint, child, deadline);
}

Result<Ready> AwaitAnswer(const Endpoint& endpoint, ChildProcess& child, Deadline deadline) {
  const auto answers = [&](Ready& ready) {
    httplib::Client client(endpoint.address, endpoint.port);
    const auto patience = std::chrono::milliseconds(deadline.poll_timeout_ms());
    client.set_connection_timeout(patience);
    client.set_read_timeout(patience);
    const auto answer = client.Options("*");
    if (answer) ready.software = answer->get_header_value("Server");
    return static_cast<bool>(answer);
  };
  return AskUntil(answers, endpoint, child, deadline);
}

Result<void> AwaitListening(const Endpoint& endpoint,
                            int sockets,
                            ChildProcess& child,
                            Deadline deadline) {
  if (const auto possible = CountListening(endpoint); !possible) return possible.error();
  const auto all_listen = [&](Ready&) {
    const auto count = CountListening(endpoint);
    return count && *count >= sockets;
  };
  const auto ready = AskUntil(all_listen, endpoint, child, deadline);
  if (!ready) return ready.error();
  return {};
}

void NameProcesses(Ready& ready) {
  for (const pid_t child : ChildrenOf(ready.supervisor)) {
    if (auto group = GroupOf(child)) {
      ready.daemons[*group].push_back(child);
    } else {
      ready.server.push_back(child);
    }
  }
}

}  // namespace harness::launch
