// fake_host: stands where wsgilab-host stands and misbehaves as WSGILAB_FAKE says. The harness is
// calibrated on it: a measuring instrument is tried on known faults.
//
//   WSGILAB_FAKE=drop-every=10 fake_host serve CONFIG --ready-fd 3
//   fake_host version
//   fake_host deviations --json

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "harness/fake_host/fake_server.h"
#include "harness/fake_host/faults.h"
#include "hosts/base/files.h"

extern char** environ;

namespace {

using harness::fake_host::FakeServer;
using harness::fake_host::Faults;
using hosts::base::UniqueFd;

int Version() {
  fmt::print(
      "{{\"engine\":\"0.0.0-fake\",\"python\":\"3.11.2\",\"library\":\"none\",\"modes\":"
      "[\"embedded/main/lazy\",\"embedded/main/preload\",\"embedded/sub/lazy\","
      "\"embedded/sub/preload\",\"daemon/main/lazy\",\"daemon/main/preload\","
      "\"daemon/sub/lazy\",\"daemon/sub/preload\"],\"build\":\"fake\"}}\n");
  return 0;
}

int Deviations() {
  fmt::print(
      "{{\"deviations\":[{{\"rule\":\"FAKE-1\",\"kind\":\"on purpose\",\"theirs\":\"it serves\","
      "\"ours\":\"it misbehaves\",\"why\":\"to be caught\"}}]}}\n");
  return 0;
}

UniqueFd StopSignals() {
  sigset_t signals{};
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  return UniqueFd(::signalfd(-1, &signals, SFD_CLOEXEC));
}

// A process that outlives us in a session of its own, as a daemon that went astray does.
void LeaveChild() {
  posix_spawnattr_t attributes{};
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  char program[] = "sleep";
  char seconds[] = "60";
  char* words[] = {program, seconds, nullptr};
  pid_t pid = 0;
  ::posix_spawnp(&pid, program, nullptr, &attributes, words, environ);
  posix_spawnattr_destroy(&attributes);
}

void LeaveSocket() {
  const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, "left.sock", sizeof(address.sun_path) - 1);
  (void)::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address));
}

void SayReady(int fd, const Faults& faults, int port, const std::string& process_group) {
  const std::string workers = faults.deaf_worker ? fmt::format("{},{}", ::getpid(), ::getppid())
                                                 : fmt::to_string(::getpid());
  const std::string daemons =
      process_group.empty() ? "" : fmt::format("\"{}\":[{}]", process_group, workers);
  const std::string line = faults.garbage_ready
                               ? std::string("ready, more or less\n")
                               : fmt::format(
                                     "{{\"listen\":[{{\"address\":\"127.0.0.1\",\"port\":{}}}],"
                                     "\"supervisor\":{},\"server\":[{}],\"daemons\":{{{}}}}}\n",
                                     port,
                                     ::getpid(),
                                     workers,
                                     daemons);
  (void)!::write(fd, line.data(), line.size());
  ::close(fd);
}

int Serve(const char* configuration, int ready_fd, const Faults& faults) {
  const UniqueFd stop = StopSignals();
  const auto text = hosts::base::ReadFile(configuration);
  if (!text) {
    fmt::print(stderr, "fake_host: {}\n", text.error().Text());
    return 78;
  }
  const auto imitated = harness::fake_host::ReadConfiguration(*text);
  auto server = FakeServer::Listen(faults, imitated);
  if (!server) {
    fmt::print(stderr, "fake_host: {}\n", server.error().Text());
    return 1;
  }
  if (faults.exit_at_start >= 0) {
    fmt::print(stderr, "fake_host: told to end at the start\n");
    return faults.exit_at_start;
  }
  if (faults.leave_child) LeaveChild();
  if (faults.leave_socket) LeaveSocket();
  if (faults.slow_start.count() > 0) {
    ::poll(nullptr, 0, static_cast<int>(faults.slow_start.count()));
  }
  server->MarkReady();
  if (!faults.never_ready) SayReady(ready_fd, faults, server->port(), imitated.process_group);
  server->Run(stop.get());
  return 0;
}

}  // namespace

int main(int count, char** words) {
  if (count == 2 && std::string_view(words[1]) == "version") return Version();
  if (count == 3 && std::string_view(words[1]) == "deviations") return Deviations();
  if (count != 5 || std::string_view(words[1]) != "serve") {
    fmt::print(stderr, "usage: fake_host serve CONFIG --ready-fd N | fake_host version\n");
    return 2;
  }
  const char* told = std::getenv("WSGILAB_FAKE");
  const auto faults = harness::fake_host::ParseFaults(told == nullptr ? "" : told);
  if (!faults) {
    fmt::print(stderr, "fake_host: {}\n", faults.error().Text());
    return 2;
  }
  return Serve(words[2], std::atoi(words[4]), *faults);
}
