// SecuritySockets: the sockets of process groups: whose they are, how deep, and what becomes of them.
// SEC-8, DAEMON-10 to DAEMON-12, CFG-91 to CFG-93.

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "hosts/base/child_process.h"
#include "hosts/base/unique_fd.h"
#include "suites/hosts_under_test/eventually.h"
#include "suites/security/security_check.h"

namespace suites::security {

using hosts::base::UniqueFd;

namespace {

sockaddr_un AddressOf(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.native().copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

UniqueFd UnixSocket() {
  return UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

int Connect(const UniqueFd& socket, const std::filesystem::path& path) {
  const sockaddr_un address = AddressOf(path);
  return ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

int Bind(const UniqueFd& socket, const std::filesystem::path& path) {
  const sockaddr_un address = AddressOf(path);
  return ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

// Every thread of it: one that is not could still accept.
bool IsStopped(pid_t pid) {
  const auto tasks = std::filesystem::directory_iterator(fmt::format("/proc/{}/task", pid));
  return std::ranges::all_of(tasks, [](const auto& task) {
    const auto stat = hosts::base::ReadFile(task.path() / "stat");
    return stat && stat->find(") T ") != std::string::npos;
  });
}

class SecuritySockets : public SecurityCheck {
 protected:
  [[nodiscard]] std::vector<std::string> Sockets() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(SocketDirectory())) {
      names.push_back(entry.path().filename());
    }
    std::ranges::sort(names);
    return names;
  }

  // A socket under this name, to which nobody listens when it does not stay.
  [[nodiscard]] UniqueFd LeaveSocket(std::string_view name) const {
    UniqueFd socket = UnixSocket();
    EXPECT_EQ(Bind(socket, SocketDirectory() / name), 0) << name;
    return socket;
  }

  // How many connections wait for a process that does not accept any.
  [[nodiscard]] int FillBacklog(std::string_view name, int group) const {
    const pid_t pid = Run(name, "result = 0").pid;
    EXPECT_EQ(::kill(pid, SIGSTOP), 0);
    EXPECT_TRUE(hosts_under_test::Eventually([pid] { return IsStopped(pid); }, Soon()));
    std::vector<UniqueFd> waiting;
    constexpr size_t kEnough = 1000;
    while (waiting.size() < kEnough) {
      UniqueFd socket = UnixSocket();
      if (Connect(socket, SocketOf(group)) != 0) break;
      waiting.push_back(std::move(socket));
    }
    EXPECT_EQ(::kill(pid, SIGCONT), 0);
    return static_cast<int>(waiting.size());
  }
};

// The number of a process that there is no more.
pid_t GonePid() {
  auto child = Need(hosts::base::ChildProcess::Start({.argv = {"/bin/true"},
                                                      .environment = {},
                                                      .directory = {},
                                                      .output = {},
                                                      .descriptors = {}}));
  const pid_t pid = child.pid();
  (void)Need(child.Wait(Soon()));
  return pid;
}

struct Ownership {
  mode_t mode = 0;
  uid_t uid = 0;
  bool is_socket = false;
};

Ownership OwnershipOf(const std::filesystem::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return {};
  return {status.st_mode & 07777, status.st_uid, S_ISSOCK(status.st_mode)};
}

}  // namespace

TEST_F(SecuritySockets, BelongToTheServersUserAlone) {
  About({.rule = "SEC-8",
         .title = "The socket of a group belongs to User, whoever runs the group, with mode 0700",
         .expected = "0700 of User",
         .mode = "daemon"});
  ServeAsRoot(GroupOf(account(0), {.name = "one"}) + GroupOf(account(1), {.name = "two"}));
  for (const int group : {1, 2}) {
    const Ownership found = OwnershipOf(SocketOf(group));
    Found(fmt::format("{:04o} of {}", found.mode, found.uid));
    EXPECT_TRUE(found.is_socket) << SocketOf(group);
    EXPECT_EQ(found.mode, 0700U);
    EXPECT_EQ(found.uid, server().uid);
  }
  EXPECT_EQ(ResultOf("one", "result = 1"), "1");
}

TEST_F(SecuritySockets, SocketUserOwnsTheSocket) {
  About({.rule = "CFG-93",
         .title = "socket-user= owns the group's socket",
         .expected = "0700 of that user",
         .mode = "daemon"});
  ServeAsRoot(
      GroupOf(account(0),
              {.name = "one", .options = fmt::format("socket-user=#{}", server().uid)}) +
      GroupOf(account(1), {.name = "two", .options = fmt::format("socket-user={}", other().name)}));
  const Ownership found = OwnershipOf(SocketOf(2));
  Found(fmt::format("{:04o} of {}", found.mode, found.uid));
  EXPECT_EQ(found.mode, 0700U);
  EXPECT_EQ(found.uid, other().uid);
  EXPECT_EQ(ResultOf("one", "result = 1"), "1");
}

TEST_F(SecuritySockets, AServerThatMayNotConnectAnswers503) {
  About({.rule = "ERR-21",
         .title = "socket-user= names another user than the server's: it cannot connect",
         .expected = "503 at once",
         .mode = "daemon"});
  ServeAsRoot(
      GroupOf(account(0), {.name = "one", .options = fmt::format("socket-user={}", other().name)}));
  auto client = host().NewClient();
  const int status = Need(client.Get("/one")).status;
  Found(std::to_string(status));
  EXPECT_EQ(status, 503);
}

TEST_F(SecuritySockets, AreNamedAfterSupervisorAndOrder) {
  About({.rule = "DAEMON-10",
         .title = "Sockets are named PREFIX.PID.GENERATION.N, N in the order of declaration; the "
                  "engine has one for each process, mod_wsgi one for a group",
         .expected = IsEngineChosen() ? "wsgi.PID.0.1.0, .2.0, .2.1" : "wsgi.PID.0.1, .2",
         .mode = "daemon"});
  ServeAsRoot(GroupOf(account(0), {.name = "one"}) +
              GroupOf(account(1), {.name = "two", .options = "processes=2"}));
  const auto pid = host().supervisor();
  const std::vector<std::string_view> numbers =
      IsEngineChosen() ? std::vector<std::string_view>{"1.0", "2.0", "2.1"}
                       : std::vector<std::string_view>{"1", "2"};
  std::vector<std::string> expected;
  for (const std::string_view number : numbers)
    expected.push_back(fmt::format("wsgi.{}.0.{}.sock", pid, number));
  Found(fmt::format("{} sockets", Sockets().size()));
  EXPECT_EQ(Sockets(), expected);
}

TEST_F(SecuritySockets, AreGoneWhenTheServerStops) {
  About({.rule = "DAEMON-11",
         .title = "Sockets are removed when the server stops",
         .expected = "none is left",
         .mode = "daemon"});
  ServeAsRoot(GroupOf(account(0), {.name = "one"}));
  EXPECT_EQ(Sockets().size(), 1U);
  const auto report = StopHost();
  Found(fmt::format("{} left, {}", Sockets().size(), report.status.Text()));
  EXPECT_TRUE(report.status.is_success());
  EXPECT_TRUE(Sockets().empty());
}

TEST_F(SecuritySockets, OfDeadSupervisorsAreRemovedAtTheNextStart) {
  About({.rule = "DAEMON-11",
         .title =
             "What a killed supervisor left under this prefix is removed; the sockets of living "
             "ones, and what is no socket, stay",
         .expected = "one of four names is gone",
         .mode = "daemon"});
  hosts_under_test::EndUnlessEngine("that sockets of another server are removed");
  const pid_t gone = GonePid();
  const std::string stale = fmt::format("wsgi.{}.0.1.0.sock", gone);
  const std::string listening = fmt::format("wsgi.{}.0.2.0.sock", gone);
  const std::string living = fmt::format("wsgi.{}.0.1.0.sock", ::getpid());
  const std::string file = fmt::format("run/wsgi.{}.0.3.0.sock", gone);
  (void)LeaveSocket(stale);
  (void)LeaveSocket(living);
  const UniqueFd listener = LeaveSocket(listening);
  ASSERT_EQ(::listen(listener.get(), 1), 0);
  (void)Need(stage().Write(file, "no socket\n"));
  ServeAsRoot(GroupOf(account(0), {.name = "one"}));
  const auto there = [this](const std::string& name) {
    return std::filesystem::exists(std::filesystem::symlink_status(SocketDirectory() / name));
  };
  Found(fmt::format("stale {}, living {}, listening {}, file {}",
                    there(stale),
                    there(living),
                    there(listening),
                    std::filesystem::exists(stage().path(file))));
  EXPECT_FALSE(there(stale));
  EXPECT_TRUE(there(living));
  EXPECT_TRUE(there(listening));
  EXPECT_TRUE(std::filesystem::exists(stage().path(file)));
  for (const std::string& ours : {living, listening})
    std::filesystem::remove(SocketDirectory() / ours);
}

TEST_F(SecuritySockets, OfAKilledSupervisorDoNotStay) {
  About({.rule = "DAEMON-11",
         .title =
             "The supervisor is killed: its children end, and the next server removes its socket",
         .expected = "only the socket of the new server",
         .mode = "daemon"});
  hosts_under_test::EndUnlessEngine("that processes end with their supervisor");
  const std::string text = GroupOf(account(0), {.name = "one"});
  ServeAsRoot(text);
  WillCrash();
  const std::string before = SocketOf(1).filename();
  const auto children = host().Children();
  ASSERT_EQ(::kill(host().supervisor(), SIGKILL), 0);
  EXPECT_TRUE(hosts_under_test::Eventually(
      [&children] {
        return std::ranges::all_of(children, [](pid_t pid) {
          const auto stat = hosts::base::ReadFile(fmt::format("/proc/{}/stat", pid));
          return !stat || stat->find(") Z ") != std::string::npos;
        });
      },
      Soon()));
  (void)StopHost();
  EXPECT_EQ(Sockets(), std::vector<std::string>{before}) << "nobody was left to remove it";
  ServeAsRoot(text);
  Found(fmt::format("{} socket", Sockets().size()));
  EXPECT_EQ(Sockets(), std::vector<std::string>{SocketOf(1).filename()});
  EXPECT_EQ(ResultOf("one", "result = 1"), "1");
}

TEST_F(SecuritySockets, ListenBacklogIsItsDepth) {
  About({.rule = "CFG-92",
         .title =
             "listen-backlog= connections wait for a process that accepts none (Linux: one more)",
         .expected = "4 with listen-backlog=3, 101 without",
         .mode = "daemon"});
  ServeAsRoot(GroupOf(account(0), {.name = "one", .options = "listen-backlog=3"}) +
              GroupOf(account(1), {.name = "two"}));
  const int shallow = FillBacklog("one", 1);
  const int usual = FillBacklog("two", 2);
  Found(fmt::format("{} and {}", shallow, usual));
  EXPECT_EQ(shallow, 4);
  EXPECT_EQ(usual, 101);
}

TEST_F(SecuritySockets, BuffersHaveTheirSizes) {
  About({.rule = "CFG-91",
         .title =
             "send-buffer-size= and receive-buffer-size= hold for the group's socket, and, of the "
             "engine, for its connections",
         .expected = "twice what is written, as Linux counts",
         .mode = "daemon"});
  ServeAsRoot(
      GroupOf(account(0),
              {.name = "one", .options = "send-buffer-size=20000 receive-buffer-size=30000"}) +
      GroupOf(account(1), {.name = "two"}));
  const std::string ask = fmt::format("only_listening = {}", IsEngineChosen() ? "False" : "True") +
                          R"(
import os, socket, stat
result = []
for name in os.listdir('/proc/self/fd'):
    try:
        if not stat.S_ISSOCK(os.fstat(int(name)).st_mode):
            continue
    except OSError:
        continue
    with socket.socket(fileno=os.dup(int(name))) as one:
        sizes = [one.getsockopt(socket.SOL_SOCKET, o) for o in (socket.SO_SNDBUF, socket.SO_RCVBUF)]
        if only_listening and not one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            continue
        if one.family == socket.AF_UNIX and sizes not in result:
            result.append(sizes)
)";
  const std::string found = ResultOf("one", ask);
  const std::string usual = ResultOf("two", ask);
  Found(found, "without: " + usual);
  EXPECT_EQ(found, "[[40000,60000]]") << "the listener and every link";
  EXPECT_EQ(usual.find("40000"), std::string::npos);
}

TEST_F(SecuritySockets, LargeBodiesPassSmallBuffers) {
  About({.rule = "CFG-91",
         .title = "With the smallest buffers a body of 3 MB goes there and back",
         .expected = "its length",
         .mode = "daemon"});
  ServeAsRoot(GroupOf(account(0),
                      {.name = "one", .options = "send-buffer-size=512 receive-buffer-size=512"}));
  const std::string padding(3'000'000, '#');
  const std::string found = ResultOf("one", "result = 'x' * 3000000\n" + padding);
  Found(std::to_string(found.size()));
  EXPECT_EQ(found.size(), 3'000'002U);
}

}  // namespace suites::security
