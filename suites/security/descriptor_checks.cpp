// SecurityDescriptors: what a process has open, and what it knows of other groups. SEC-10, DAEMON-13.

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <sstream>
#include <thread>

#include "hosts/base/unique_fd.h"
#include "suites/hosts_under_test/eventually.h"
#include "suites/security/security_check.h"

namespace suites::security {

using hosts::base::UniqueFd;
using testing::HasSubstr;
using testing::Not;

namespace {

// Each descriptor, as "number kind detail".
constexpr std::string_view kAskDescriptors = R"(
import os, socket, stat
def kind(fd):
    status = os.fstat(fd)
    if stat.S_ISSOCK(status.st_mode):
        with socket.socket(fileno=os.dup(fd)) as one:
            listens = one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
            family = 'unix' if one.family == socket.AF_UNIX else 'tcp'
            return f'{"listening" if listens else "connected"} {family} {one.getsockname()}'
    return os.readlink(f'/proc/self/fd/{fd}')
result = []
for name in sorted(os.listdir('/proc/self/fd'), key=int):
    try:
        result.append(f'{name} {kind(int(name))}')
    except OSError:
        pass  # the one that listed them
)";

constexpr std::uint8_t kHello = 1;
constexpr std::size_t kFrameHead = 8;
constexpr std::size_t kTokenSize = 32;

sockaddr_un AddressOf(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.native().copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

// hosts/daemon/wire.md.
std::string Frame(std::uint8_t type, std::string_view payload) {
  const auto size = static_cast<std::uint32_t>(payload.size());
  std::string frame(kFrameHead, '\0');
  std::memcpy(frame.data(), &size, sizeof size);
  frame[4] = static_cast<char>(type);
  return frame.append(payload);
}

// What passes between the server and a process of a group, and what either has open beside sockets: mod_wsgi has its own way.
constexpr std::string_view kToken = "the token between server and process";

// What a server of mod_wsgi sends to a process of a group: the size of what follows, how many strings it is, and names and values
// in turn, each with a zero behind it. The token is one of them, under a name that version 6 has changed.
std::string RequestOfModWsgi(std::string_view token, std::string_view script) {
  const std::vector<std::string_view> strings{"mod_wsgi.magic",
                                              token,
                                              "mod_wsgi.x-magic",
                                              token,
                                              "SCRIPT_FILENAME",
                                              script,
                                              "REQUEST_METHOD",
                                              "GET",
                                              "REQUEST_URI",
                                              "/one",
                                              "SERVER_PROTOCOL",
                                              "HTTP/1.1"};
  const auto number = [](std::uint64_t value) {
    std::string bytes(sizeof value, '\0');
    std::memcpy(bytes.data(), &value, sizeof value);
    return bytes;
  };
  std::string text = number(strings.size());
  for (const std::string_view one : strings)
    text.append(one).push_back('\0');
  return number(text.size()) + text;
}

std::string InHexadecimal(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes)
    text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

bool IsSocket(std::string_view what) {
  return what.starts_with("listening ") || what.starts_with("connected ");
}

bool Holds(std::string_view memory, std::string_view bytes) {
  return memory.find(bytes) != std::string_view::npos;
}

// What is left of a token in memory that was given back: its allocator writes over the beginning.
std::string_view Remains(std::string_view token) {
  return token.substr(token.size() / 2);
}

// Whether a process has these bytes anywhere in memory that it may write to.
bool HasInMemory(pid_t pid, std::string_view bytes) {
  std::ifstream maps(fmt::format("/proc/{}/maps", pid));
  const UniqueFd memory(::open(fmt::format("/proc/{}/mem", pid).c_str(), O_RDONLY | O_CLOEXEC));
  EXPECT_TRUE(memory.is_open()) << pid;
  std::string buffer;
  for (std::string line; std::getline(maps, line);) {
    std::istringstream fields(line);
    std::string range;
    std::string permissions;
    fields >> range >> permissions;
    if (!permissions.starts_with("rw")) continue;
    const auto dash = range.find('-');
    const auto begin = std::stoull(range.substr(0, dash), nullptr, 16);
    const auto end = std::stoull(range.substr(dash + 1), nullptr, 16);
    constexpr std::uint64_t kAtOnce = 16 << 20;
    for (auto at = begin; at < end;) {
      buffer.resize(std::min<std::uint64_t>(end - at, kAtOnce));
      const ssize_t size =
          ::pread(memory.get(), buffer.data(), buffer.size(), static_cast<off_t>(at));
      if (size <= 0) break;
      if (Holds({buffer.data(), static_cast<size_t>(size)}, bytes)) return true;
      if (at + static_cast<std::uint64_t>(size) >= end) break;
      // The bytes may lie across the border.
      at += std::max<std::uint64_t>(1, static_cast<std::uint64_t>(size) - bytes.size());
      if (static_cast<size_t>(size) <= bytes.size()) break;
    }
  }
  return false;
}

class SecurityDescriptors : public SecurityCheck {
 protected:
  [[nodiscard]] std::vector<std::string> DescriptorsOf(std::string_view name) const {
    return nlohmann::json::parse(ResultOf(name, std::string(kAskDescriptors)));
  }

  // Every program that is started from now on gets it, at a number that nothing else has.
  [[nodiscard]] UniqueFd PassOnAFile() const {
    const auto path = Need(stage().Write("of-who-started-it", "secret\n"));
    constexpr int kFarOff = 100;
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    return UniqueFd(::fcntl(file.get(), F_DUPFD, kFarOff));  // without close-on-exec
  }

  // What a front says first to this group, to whoever has taken the socket's place.
  [[nodiscard]] std::string StealToken(std::string_view name, int group) const {
    const auto path = SocketOf(group);
    const auto aside = path.string() + ".aside";
    std::filesystem::rename(path, aside);
    const UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_un address = AddressOf(path);
    EXPECT_EQ(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
              0);
    EXPECT_EQ(::listen(listener.get(), 8), 0);
    SetMode(path, 0777);
    std::thread asking([port = host().port(), url = fmt::format("/{}", name)] {
      client::HttpClient client(port);
      (void)client.Get(url);  // answered when the process itself can be reached again
    });
    std::string said(kFrameHead + kTokenSize, '\0');
    pollfd entry{listener.get(), POLLIN, 0};
    if (::poll(&entry, 1, Soon().poll_timeout_ms()) == 1) {
      const UniqueFd link(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
      const ssize_t size = ::recv(link.get(), said.data(), said.size(), MSG_WAITALL);
      said.resize(size < 0 ? 0 : static_cast<size_t>(size));
    }
    std::filesystem::remove(path);
    std::filesystem::rename(aside, path);
    asking.join();
    EXPECT_EQ(said.size(), kFrameHead + kTokenSize) << "the front did not come";
    return said.substr(std::min(said.size(), kFrameHead));
  }
};

}  // namespace

TEST_F(SecurityDescriptors, ADaemonHasWhatItNeeds) {
  About({.rule = "SEC-10",
         .title =
             "What a daemon process has open: no socket of the server or of another group; of the "
             "engine, no pipe of the supervisor, no access log, nothing of who started the server",
         .expected = "its listening socket, its links, the log, what waits for events",
         .mode = "daemon/main"});
  const UniqueFd inherited = PassOnAFile();
  ServeAsRoot("ErrorLog {stage}/error.log\nCustomLog {stage}/access.log common\n" +
              GroupOf(account(0), {.name = "one", .options = "processes=2"}) +
              GroupOf(account(1), {.name = "two", .options = "processes=2"}));
  const auto descriptors = DescriptorsOf("two");
  Found(fmt::format("{} descriptors", descriptors.size()),
        fmt::format("{}", nlohmann::json(descriptors).dump()));
  int listening = 0;
  for (const std::string& one : descriptors) {
    const std::string what = one.substr(one.find(' ') + 1);
    const int number = std::stoi(one);
    if (number == 0) {
      EXPECT_EQ(what, "/dev/null");
    }
    if (number <= 2 || (!IsEngineChosen() && !IsSocket(what))) continue;
    EXPECT_THAT(what, Not(HasSubstr("pipe:"))) << "the supervisor's";
    EXPECT_THAT(what, Not(HasSubstr("tcp")));
    EXPECT_THAT(what, Not(HasSubstr("access.log")));
    EXPECT_THAT(what, Not(HasSubstr("of-who-started-it")));
    EXPECT_THAT(what, Not(HasSubstr(fmt::format(".0.{}.", 1)))) << "of the other group";
    if (!what.starts_with("listening")) continue;
    ++listening;
    EXPECT_THAT(what, HasSubstr(fmt::format("{}.0.2.", host().supervisor())));
  }
  EXPECT_EQ(listening, 1) << "its own, and not that of the other process of its group";
}

TEST_F(SecurityDescriptors, ADaemonReadsNothingThatTheStarterReads) {
  About({.rule = "SEC-10",
         .title = "The server is started with a file of root's as standard input",
         .expected = "/dev/null in a daemon process",
         .mode = "daemon/main"});
  hosts_under_test::EndUnlessEngine("that the standard input of who starts it is not passed on");
  const auto input = Need(stage().Write("of-who-started-it", "secret\n"));
  SetMode(input, 0600);
  auto plan = hosts_under_test::PlanFor(stage(), GroupOf(account(0), {.name = "one"}));
  const std::vector<std::string> with_input{
      "python3",
      "-c",
      "import os, sys; os.dup2(os.open(sys.argv[1], os.O_RDONLY), 0); "
      "os.execv(sys.argv[2], sys.argv[2:])",
      input};
  plan.argv.insert(plan.argv.begin(), with_input.begin(), with_input.end());
  auto host = Need(harness::launch::HostProcess::Start(plan));
  client::HttpClient client(host.ready().port());
  const auto answer = Execute(
      client, "/one", "import os; result = [os.readlink('/proc/self/fd/0'), os.read(0, 9)]");
  const std::string of_supervisor =
      std::filesystem::read_symlink(fmt::format("/proc/{}/fd/0", host.ready().supervisor));
  const auto report = host.Stop();
  const std::string found = Need(answer).result;
  Found(found);
  EXPECT_EQ(of_supervisor, input.string()) << "it was not passed on";
  EXPECT_EQ(found, R"(["/dev/null","b''"])");
  EXPECT_TRUE(report.status.is_success()) << report.status.Text();
}

TEST_F(SecurityDescriptors, AServerHasWhatItNeeds) {
  About({.rule = "SEC-10",
         .title = "What a server process has open: no listening socket of a group; of the engine, "
                  "no pipe of the supervisor, nothing of who started the server",
         .expected = "listening sockets for clients, connections, logs",
         .mode = "embedded/main"});
  const UniqueFd inherited = PassOnAFile();
  MakeHome("mine", server());
  ServeAsRoot("ErrorLog {stage}/error.log\nCustomLog {stage}/access.log common\n" +
              GroupOf(account(0), {.name = "one"}) + EmbeddedIn("mine"));
  const auto descriptors = DescriptorsOf("mine");
  Found(fmt::format("{} descriptors", descriptors.size()),
        fmt::format("{}", nlohmann::json(descriptors).dump()));
  int listening = 0;
  for (const std::string& one : descriptors) {
    const std::string what = one.substr(one.find(' ') + 1);
    if (std::stoi(one) <= 2 || (!IsEngineChosen() && !IsSocket(what))) continue;
    EXPECT_THAT(what, Not(HasSubstr("pipe:")));
    EXPECT_THAT(what, Not(HasSubstr("listening unix")));
    EXPECT_THAT(what, Not(HasSubstr("of-who-started-it")));
    if (what.starts_with("listening tcp")) ++listening;
  }
  EXPECT_EQ(listening, 1);
}

TEST_F(SecurityDescriptors, TheTokenOfAnotherGroupIsNotInItsMemory) {
  if (IsHostSanitized())
    GTEST_SKIP() << "a sanitizer keeps freed memory, and has more than can be read";
  About({.rule = "SEC-10",
         .title =
             "The token of a group is in the memory of its process and of the server, and not in "
             "that of another group's process, nor in that of one that was started later",
         .expected = "yes, yes, no, no",
         .mode = "daemon/main"});
  hosts_under_test::EndUnlessEngine(kToken);
  ServeAsRoot(GroupOf(account(0), {.name = "one"}) + GroupOf(account(1), {.name = "two"}));
  WillCrash();
  const pid_t one = Run("one", "result = 0").pid;
  const std::string token = StealToken("two", 2);
  ASSERT_EQ(token.size(), kTokenSize);
  const pid_t two = Run("two", "result = 0").pid;
  const auto children = host().Children();
  const auto front =
      std::ranges::find_if(children, [one, two](pid_t pid) { return pid != one && pid != two; });
  ASSERT_NE(front, children.end());
  auto client = host().NewClient();
  (void)client.Post("/one", "import os; os._exit(1)");
  pid_t later = one;
  EXPECT_TRUE(hosts_under_test::Eventually(
      [&] {
        const auto answer = Where(client, "/one");
        if (answer) later = answer->pid;
        return later != one;
      },
      Soon()));
  const std::vector<bool> found{
      HasInMemory(two, token), HasInMemory(*front, token), HasInMemory(later, Remains(token))};
  Found(fmt::format(
      "its process {}, server {}, other group {}", bool{found[0]}, bool{found[1]}, bool{found[2]}));
  EXPECT_EQ(found, (std::vector<bool>{true, true, false}));
}

TEST_F(SecurityDescriptors, ATokenIsNotEnough) {
  About({.rule = "DAEMON-13",
         .title =
             "Another user who can reach a group's socket and has its token is refused, by who "
             "it is; root, who has it, is not",
         .expected = "refused for the token's sake, then for a malformed frame only",
         .mode = "daemon/main"});
  hosts_under_test::EndUnlessEngine(kToken);
  ServeAsRoot(GroupOf(account(0), {.name = "one"}) + GroupOf(account(1), {.name = "two"}));
  const std::string token = StealToken("one", 1);
  ASSERT_EQ(token.size(), kTokenSize);
  SetMode(SocketOf(1), 0777);
  const std::string said = Frame(kHello, token) + Frame(kHello, token);
  const std::string found = ResultOf("two",
                                     fmt::format(R"(
import socket
with socket.socket(socket.AF_UNIX) as one:
    one.settimeout(10)
    one.connect('{}')
    one.sendall(bytes.fromhex('{}'))
    try:
        result = one.recv(1).hex()
    except ConnectionResetError:
        result = ''
)",
                                                 SocketOf(1).string(),
                                                 InHexadecimal(said)));
  const std::string log = host().Log();
  const auto refusals = [](std::string_view text, std::string_view why) {
    return text.find(why) != std::string_view::npos;
  };
  EXPECT_EQ(found, "\"\"") << "it was answered";
  EXPECT_TRUE(refusals(log, "it does not have the group's token"));
  EXPECT_FALSE(refusals(log, "it sent a malformed frame"));

  const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_un address = AddressOf(SocketOf(1));
  ASSERT_EQ(::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
            0);
  ASSERT_EQ(::send(socket.get(), said.data(), said.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(said.size()));
  EXPECT_TRUE(hosts_under_test::Eventually(
      [&] { return refusals(host().Log(), "it sent a malformed frame"); }, Soon()))
      << "root was refused, or heard";
  Found("refused for the token's sake, then for a malformed frame only");
  EXPECT_EQ(ResultOf("one", "result = 1"), "1");
}

TEST_F(SecurityDescriptors, AWrongTokenRunsNothing) {
  About({.rule = "DAEMON-13",
         .title = "A process of the server's own user connects with a wrong token",
         .expected = "it is refused, no application runs, the group serves",
         .mode = "daemon/main and embedded/main"});
  MakeHome("mine", server());
  ServeAsRoot(GroupOf(account(0), {.name = "one"}) + EmbeddedIn("mine"));
  const std::string token(kTokenSize, 'x');
  const std::string said = IsEngineChosen()
                               ? Frame(kHello, token)
                               : RequestOfModWsgi(token, stage().path("one/subject.wsgi").string());
  const std::string_view words = IsEngineChosen() ? "it does not have the group's token"
                                                  : "Request origin could not be validated";
  const std::string found = ResultOf("mine",
                                     fmt::format(R"(
import socket
with socket.socket(socket.AF_UNIX) as one:
    one.settimeout(10)
    one.connect('{}')
    one.sendall(bytes.fromhex('{}'))
    result = one.recv(1).hex()
)",
                                                 SocketOf(1).string(),
                                                 InHexadecimal(said)));
  const bool is_logged = host().Log().find(words) != std::string::npos;
  Found(fmt::format("{}, {}", found, is_logged ? "logged" : "not logged"));
  EXPECT_EQ(found, "\"\"");
  EXPECT_TRUE(is_logged);
  EXPECT_EQ(ResultOf("one", "result = 1"), "1");
}

}  // namespace suites::security
