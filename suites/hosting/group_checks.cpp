// HostingGroups: who may use a process group, how requests are spread over it, what its processes have in common and
// what they are called. DAEMON-2, -3, -6, -7, -8, -14, SEC-5, ERR-14, CFG-68, CFG-69.

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "hosts/base/files.h"
#include "suites/hosting/configured.h"
#include "suites/hosts_under_test/check.h"
#include "suites/hosts_under_test/chosen_host.h"
#include "suites/hosts_under_test/eventually.h"

namespace suites::hosting {

using hosts_under_test::Eventually;
using hosts_under_test::Execute;
using hosts_under_test::Need;
using hosts_under_test::ProbeAnswer;
using hosts_under_test::Soon;
using hosts_under_test::Where;

namespace {

constexpr std::string_view kMain = "application-group=%{GLOBAL}";

// Says how many requests have been inside its process at once; each stays until there is a file `go`.
constexpr std::string_view kCounts = R"(
import os, threading, time
HERE = os.path.dirname(__file__)
LOCK = threading.Lock()
inside = peak = 0
def application(environ, start_response):
    global inside, peak
    with LOCK:
        inside += 1
        peak = max(peak, inside)
    open(os.path.join(HERE, f'inside-{os.getpid()}-{threading.get_native_id()}'), 'w').close()
    latest = time.monotonic() + 60
    while not os.path.exists(os.path.join(HERE, 'go')) and time.monotonic() < latest:
        time.sleep(0.002)
    with LOCK:
        inside -= 1
        text = f'{os.getpid()} {peak}'.encode()
    start_response('200 OK', [('Content-Type', 'text/plain'), ('Content-Length', str(len(text)))])
    return [text]
)";

class HostingGroups : public hosts_under_test::Check {
 protected:
  HostingGroups() : Check("hosting") {}

  std::string Probe(std::string_view name, std::string_view group) const {
    (void)Need(stage().Copy("probe.wsgi", fmt::format("{}.wsgi", name)));
    return Alias(name, fmt::format("process-group={} {}", group, kMain));
  }
  [[nodiscard]] ProbeAnswer Run(const std::string& path, const std::string& python) const {
    auto client = host().NewClient();
    auto answer = Need(Execute(client, path, python));
    EXPECT_FALSE(answer.error) << *answer.error;
    return answer;
  }
  // Of a GET to the virtual host of that name.
  [[nodiscard]] int StatusAt(std::string_view name, std::string_view path) const {
    auto connection = Need(client::RawConnection::Open(host().port()));
    Need(connection.Send(fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\n\r\n", path, name)));
    return Need(connection.ReadAnswer(Soon())).status;
  }
  [[nodiscard]] std::vector<std::future<client::Answer>> BeginMany(int count) const {
    std::vector<std::future<client::Answer>> requests;
    for (int i = 0; i < count; ++i) {
      requests.push_back(std::async(std::launch::async, [port = host().port()] {
        client::HttpClient client(port);
        return Need(client.Get("/subject"));
      }));
    }
    return requests;
  }
  [[nodiscard]] std::ptrdiff_t Inside() const {
    const std::filesystem::directory_iterator files(stage().path());
    return std::ranges::count_if(files, [](const auto& file) {
      return file.path().filename().string().starts_with("inside-");
    });
  }
  // The daemon's ends of connections to the group's sockets, by their inodes.
  [[nodiscard]] std::set<std::string> ConnectionsOfTheGroup() const {
    std::istringstream table(Need(hosts::base::ReadFile("/proc/net/unix")));
    const std::string prefix = stage().path("tmp/wsgi").string();
    std::set<std::string> inodes;
    for (std::string line; std::getline(table, line);) {
      std::istringstream fields(line);
      std::string number, references, protocol, flags, type, state, inode, path;
      fields >> number >> references >> protocol >> flags >> type >> state >> inode >> path;
      constexpr std::string_view kConnected = "03";
      if (state == kConnected && path.starts_with(prefix)) inodes.insert(inode);
    }
    return inodes;
  }
};

int ThreadsOf(pid_t pid) {
  const std::string status = Need(hosts::base::ReadFile(fmt::format("/proc/{}/status", pid)));
  constexpr std::string_view kLine = "\nThreads:";
  return std::stoi(status.substr(status.find(kLine) + kLine.size()));
}

std::string CommandOf(pid_t pid) {
  const std::string line = Need(hosts::base::ReadFile(fmt::format("/proc/{}/cmdline", pid)));
  return line.substr(0, line.find('\0'));
}

}  // namespace

TEST_F(HostingGroups, MoreThanProcessesTimesThreadsWait) {
  constexpr int kAtOnce = 6;
  constexpr int kRequests = 12;
  About(
      {.rule = "DAEMON-2",
       .title = "2 processes with 3 threads, 12 requests at once",
       .expected = "3 at most inside a process, all 12 answered, no thread more than at the start",
       .mode = "daemon/main"});
  (void)Need(stage().Write("subject.wsgi", kCounts));
  Serve("WSGIDaemonProcess one processes=2 threads=3\n" +
        Alias("subject", fmt::format("process-group=one {}", kMain)));
  const auto children = host().Children();
  std::vector<int> before;
  std::ranges::transform(children, std::back_inserter(before), ThreadsOf);
  auto requests = BeginMany(kRequests);
  EXPECT_TRUE(Eventually([this] { return Inside() == kAtOnce; }, Soon()));
  std::vector<int> during;
  std::ranges::transform(children, std::back_inserter(during), ThreadsOf);
  (void)Need(stage().Write("go", ""));
  int answered = 0;
  int peak = 0;
  std::set<std::string> pids;
  for (auto& request : requests) {
    const client::Answer answer = request.get();
    if (answer.status == 200) ++answered;
    const size_t blank = answer.body.find(' ');
    pids.insert(answer.body.substr(0, blank));
    peak = std::max(peak, std::stoi(answer.body.substr(blank)));
  }
  Found(fmt::format("{} inside one of {} processes, {} answered", peak, pids.size(), answered),
        fmt::format("threads {} and {}", fmt::join(before, " "), fmt::join(during, " ")));
  EXPECT_EQ(peak, 3);
  EXPECT_EQ(pids.size(), 2U);
  EXPECT_EQ(answered, kRequests);
  EXPECT_EQ(during, before);
}

// hosts/deviations.md, DAEMON-3: the process with the fewest requests.
TEST_F(HostingGroups, RequestsAtOnceAreSpreadOverAllProcesses) {
  constexpr int kProcesses = 3;
  About({.rule = "DAEMON-3",
         .title = "3 processes with 4 threads, 3 requests at once",
         .expected = "one in each process",
         .mode = "daemon/main"});
  hosts_under_test::EndUnlessEngine("that a request goes to the process with the fewest");
  (void)Need(stage().Write("subject.wsgi", kCounts));
  Serve(fmt::format("StartServers 1\nWSGIDaemonProcess one processes={} threads=4\n", kProcesses) +
        Alias("subject", fmt::format("process-group=one {}", kMain)));
  auto requests = BeginMany(kProcesses);
  EXPECT_TRUE(Eventually([this] { return Inside() == kProcesses; }, Soon()));
  (void)Need(stage().Write("go", ""));
  std::set<std::string> pids;
  for (auto& request : requests)
    pids.insert(request.get().body);
  Found(fmt::format("{} processes", pids.size()));
  EXPECT_EQ(pids.size(), kProcesses);
}

// hosts/deviations.md, DAEMON-14: mod_wsgi connects for every request.
TEST_F(HostingGroups, ConnectionsToAProcessAreKept) {
  About({.rule = "DAEMON-14",
         .title = "20 requests to a group, one after the other: the connections to its socket",
         .expected = "the same before and after",
         .mode = "daemon/main"});
  hosts_under_test::EndUnlessEngine("that connections to a process are kept");
  Serve("StartServers 1\nWSGISocketPrefix {stage}/tmp/wsgi\nWSGIDaemonProcess one threads=2\n" +
        Probe("subject", "one"));
  auto client = host().NewClient();
  (void)Need(Where(client, "/subject"));
  const auto before = ConnectionsOfTheGroup();
  for (int i = 0; i < 20; ++i)
    (void)Need(Where(client, "/subject"));
  const auto after = ConnectionsOfTheGroup();
  Found(fmt::format("{} before, {} after", before.size(), after.size()),
        fmt::format("{}; {}", fmt::join(before, " "), fmt::join(after, " ")));
  EXPECT_FALSE(before.empty());
  EXPECT_EQ(after, before);
}

TEST_F(HostingGroups, OfAVirtualHostAreForHostsOfItsName) {
  About({.rule = "DAEMON-7",
         .title = "groups of the server and of two virtual hosts, used by each of them, and by a "
                  "third host with the name of the first",
         .expected = "the server's by all; the hosts' by those of their own name",
         .mode = "daemon"});
  (void)Need(stage().Copy("probe.wsgi", "subject.wsgi"));
  const auto mounts = [](std::string_view group) {
    return fmt::format(
        "WSGIScriptAlias /{0} {{stage}}/subject.wsgi\n"
        "<Location /{0}>\nWSGIProcessGroup {0}\nWSGIApplicationGroup %{{GLOBAL}}\n</Location>\n",
        group);
  };
  const std::string all = mounts("all") + mounts("of_one") + mounts("of_two");
  Serve("WSGIDaemonProcess all\n<VirtualHost *>\nServerName one.example\n" +
        ("WSGIDaemonProcess of_one\n" + all) +
        "</VirtualHost>\n<VirtualHost *>\nServerName two.example\n" +
        ("WSGIDaemonProcess of_two\n" + all) +
        "</VirtualHost>\n<VirtualHost *>\nServerName one.example\nServerAlias also.example\n" +
        all + "</VirtualHost>\n");
  std::string found;
  for (const std::string_view name : {"one.example", "two.example", "also.example"}) {
    for (const std::string_view path : {"/all", "/of_one", "/of_two"})
      found += fmt::format(" {}", StatusAt(name, path));
    found += ";";
  }
  Found(found);
  EXPECT_EQ(found, " 200 200 500; 200 500 200; 200 200 500;");
}

TEST_F(HostingGroups, OfAnotherVirtualHostAreAnErrorOfTheRequest) {
  About({.rule = "ERR-14",
         .title = "a request for a group that another virtual host has declared",
         .expected = "500, and the reason in the log; other mounts serve",
         .mode = "daemon"});
  (void)Need(stage().Copy("probe.wsgi", "subject.wsgi"));
  Serve(
      "<VirtualHost *>\nServerName one.example\nWSGIDaemonProcess of_one\n</VirtualHost>\n"
      "<VirtualHost *>\nServerName check.example\nWSGIScriptAlias /there {stage}/subject.wsgi\n"
      "WSGIScriptAlias /subject {stage}/subject.wsgi process-group=of_one\n</VirtualHost>\n");
  const int status = StatusAt("check.example", "/subject");
  const int there = StatusAt("check.example", "/there");
  const std::string_view words = hosts_under_test::IsEngineChosen()
                                     ? " H0230 "
                                     : "Daemon process called 'of_one' cannot be accessed";
  const bool is_said =
      Eventually([&] { return host().Log().find(words) != std::string::npos; }, Soon());
  Found(fmt::format("{}, {}", status, is_said ? "said" : "not said"));
  EXPECT_EQ(status, 500);
  EXPECT_EQ(there, 200);
  EXPECT_TRUE(is_said);
}

TEST_F(HostingGroups, OptionsAreCommonToAllApplicationsOfAGroup) {
  About({.rule = "DAEMON-8",
         .title = "two applications in a group with home=, umask= and python-path=, one in another",
         .expected = "the first two have the same, and the third another",
         .mode = "daemon/main"});
  for (const std::string_view name : {"first", "second", "modules"})
    std::filesystem::create_directory(stage().path(name));
  Serve(
      "WSGIDaemonProcess one home={stage}/first umask=0027 python-path={stage}/modules\n"
      "WSGIDaemonProcess two home={stage}/second\n" +
      Probe("subject", "one") + Probe("beside", "one") + Probe("apart", "two"));
  const std::string ask =
      "import os, sys; old = os.umask(0); os.umask(old)\n"
      "result = [os.getuid(), os.getcwd(), old, sys.prefix, 'modules' in ''.join(sys.path)]";
  const ProbeAnswer subject = Run("/subject", ask);
  const ProbeAnswer beside = Run("/beside", ask);
  const ProbeAnswer apart = Run("/apart", ask);
  Found(fmt::format("{}; {}; {}", subject.result, beside.result, apart.result));
  EXPECT_EQ(subject.result, beside.result);
  EXPECT_EQ(subject.pid, beside.pid);
  EXPECT_NE(subject.result.find("/first\",23,"), std::string::npos) << subject.result;
  EXPECT_TRUE(subject.result.ends_with(",true]")) << subject.result;
  EXPECT_NE(apart.result.find("/second\""), std::string::npos) << apart.result;
  EXPECT_NE(apart.result.find(",false]"), std::string::npos) << apart.result;
}

TEST_F(HostingGroups, PythonHomeIsThatOfItsGroup) {
  About({.rule = "CFG-68",
         .title = "python-home= of one group is a virtual environment, another group has none",
         .expected = "sys.prefix is the environment in the first, and the system's in the other",
         .mode = "daemon/main"});
  (void)Need(stage().Write("venv/pyvenv.cfg", "home = /usr/bin\n"));
  Serve("WSGIDaemonProcess one python-home={stage}/venv\nWSGIDaemonProcess two\n" +
        Probe("first", "one") + Probe("second", "two"));
  const std::string ask = "import sys; result = [sys.prefix, sys.base_prefix]";
  const std::string first = Run("/first", ask).result;
  const std::string second = Run("/second", ask).result;
  Found(fmt::format("{}, {}", first, second));
  const std::string venv = stage().path("venv");
  EXPECT_TRUE(first.starts_with(fmt::format("[\"{}\"", venv))) << first;
  EXPECT_EQ(second.find(venv), std::string::npos) << second;
}

TEST_F(HostingGroups, PythonPathIsThatOfItsGroup) {
  About({.rule = "CFG-69",
         .title = "python-path= of a group, a group without, WSGIPythonPath of the server",
         .expected = "two folders in their order, none, the server's in embedded mode only",
         .mode = "daemon/main and embedded/main"});
  Serve(
      "WSGIPythonPath {stage}/of-server\nWSGIDaemonProcess one "
      "python-path={stage}/of-a:{stage}/of-b\n"
      "WSGIDaemonProcess two\n" +
      Probe("first", "one") + Probe("second", "two") + Probe("third", "%{GLOBAL}"));
  for (const std::string_view name : {"of-server", "of-a", "of-b"})
    std::filesystem::create_directory(stage().path(name));
  const std::string ask =
      "import os, sys\n"
      "result = [os.path.basename(one) for one in sys.path if one.startswith(HERE + '/of-')]";
  const std::string first = Run("/first", ask).result;
  const std::string second = Run("/second", ask).result;
  const std::string third = Run("/third", ask).result;
  Found(fmt::format("{}, {}, {}", first, second, third));
  EXPECT_EQ(first, R"(["of-a","of-b"])");
  EXPECT_EQ(second, "[]");
  EXPECT_EQ(third, R"(["of-server"])");
}

TEST_F(HostingGroups, ProcessesAreCalledAsTheirGroupSays) {
  About({.rule = "DAEMON-6",
         .title = "display-name=shop, display-name=%{GROUP}, a name longer than the command, none",
         .expected = "shop, (wsgi:two), the beginning of it, the server's command",
         .mode = "daemon/main"});
  const std::string endless(1000, 'n');
  Serve("WSGIDaemonProcess one display-name=shop\nWSGIDaemonProcess two display-name=%{GROUP}\n" +
        fmt::format("WSGIDaemonProcess three display-name={}\nWSGIDaemonProcess four\n", endless) +
        Probe("first", "one") + Probe("second", "two") + Probe("third", "three") +
        Probe("fourth", "four"));
  auto client = host().NewClient();
  const auto command = [&](const std::string& path) {
    std::string name = CommandOf(Need(Where(client, path)).pid);
    return name.substr(0, name.find_last_not_of(' ') + 1);
  };
  const std::string first = command("/first");
  const std::string second = command("/second");
  const std::string third = command("/third");
  const std::string fourth = command("/fourth");
  Found(fmt::format("{}, {}, {} characters, {}", first, second, third.size(), fourth));
  EXPECT_EQ(first, "shop");
  EXPECT_EQ(second, "(wsgi:two)");
  EXPECT_TRUE(!third.empty() && endless.starts_with(third)) << third;
  EXPECT_EQ(fourth, CommandOf(host().supervisor()));
}

TEST_F(HostingGroups, FilesHaveTheModeOfTheGroupsUmask) {
  About({.rule = "SEC-5",
         .title = "a file made with mode 0666 in groups with umask=0027, umask=0 and without",
         .expected = "0640, 0666, and what the server's umask makes of it",
         .mode = "daemon/main"});
  Serve(
      "WSGIDaemonProcess one umask=0027\nWSGIDaemonProcess two umask=0\nWSGIDaemonProcess three\n" +
      Probe("first", "one") + Probe("second", "two") + Probe("third", "three") +
      Probe("server", "%{GLOBAL}"));
  const auto made = [this](const std::string& name) {
    return Run("/" + name,
               "import os, stat\n"
               "path = os.path.join(HERE, 'made-by-" +
                   name +
                   "')\n"
                   "os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o666))\n"
                   "result = oct(stat.S_IMODE(os.stat(path).st_mode))")
        .result;
  };
  const std::string first = made("first");
  const std::string second = made("second");
  const std::string third = made("third");
  Found(fmt::format("{}, {}, {}", first, second, third));
  EXPECT_EQ(first, "\"0o640\"");
  EXPECT_EQ(second, "\"0o666\"");
  EXPECT_EQ(third, made("server"));
}

}  // namespace suites::hosting
