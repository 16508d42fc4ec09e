// HostingHostLog: a virtual host's ErrorLog and LogLevel: what is in it, and what is in the server's. LOG-2, LOG-4,
// LOG-5, SEC-10.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "hosts/base/files.h"
#include "suites/client/raw_connection.h"
#include "suites/hosting/configured.h"
#include "suites/hosting/log_lines.h"
#include "suites/hosts_under_test/check.h"
#include "suites/hosts_under_test/eventually.h"
#include "suites/hosts_under_test/family.h"
#include "suites/hosts_under_test/place.h"

namespace suites::hosting {

using client::RawConnection;
using hosts_under_test::kPlaces;
using hosts_under_test::Need;
using hosts_under_test::Place;
using hosts_under_test::Soon;

namespace {

// Prints for its request and on a thread of its own, writes to standard error past Python, and raises at /raises.
constexpr std::string_view kSubject = R"(
import os, threading

def application(environ, start_response):
    name = environ['SERVER_NAME']
    print('the request of', name)
    thread = threading.Thread(target=print, args=('a thread of', name))
    thread.start()
    thread.join()
    if environ['PATH_INFO'] == '/raises':
        raise KeyError('raised by ' + name)
    if environ['PATH_INFO'] == '/past-python':
        os.write(2, ('past Python by %s\n' % name).encode())
    body = str(os.getpid()).encode()
    start_response('200 OK', [('Content-Length', str(len(body)))])
    return [body]
)";

class HostingHostLog : public hosts_under_test::Check {
 protected:
  HostingHostLog() : Check("hosting", "the form of the log") {}

  // The server's log is `server`, on the stage as those of hosts are.
  void ServeHosts(const std::string& hosts) {
    (void)Need(stage().Write("subject.wsgi", kSubject));
    Serve("StartServers 1\nErrorLog {stage}/server\n" + hosts);
  }
  [[nodiscard]] static std::string HostNamed(std::string_view name, std::string_view more) {
    return fmt::format(
        "<VirtualHost *>\nServerName {}\n{}WSGIScriptAlias /subject {{stage}}/subject.wsgi "
        "application-group=%{{GLOBAL}}\n</VirtualHost>\n",
        name,
        more);
  }
  [[nodiscard]] client::Answer Ask(std::string_view name, std::string_view path) const {
    auto connection = Need(RawConnection::Open(host().port()));
    Need(connection.Send(fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\n\r\n", path, name)));
    return Need(connection.ReadAnswer(Soon()));
  }
  [[nodiscard]] std::string LogNamed(std::string_view name) const {
    const auto text = hosts::base::ReadFile(stage().path(std::string(name)));
    return text ? *text : std::string();
  }
  // The line with these words, when it comes; else nothing.
  [[nodiscard]] std::string LineIn(std::string_view log, std::string_view words) const {
    return LineWith([&] { return LogNamed(log); }, words);
  }
  [[nodiscard]] bool Has(std::string_view log, std::string_view words) const {
    return LogNamed(log).find(words) != std::string::npos;
  }
};

class HostingHostLogIn : public HostingHostLog, public testing::WithParamInterface<Place> {};

std::string NameOfPlace(const testing::TestParamInfo<Place>& parameter) {
  return hosts_under_test::NameOf(parameter.param);
}

constexpr std::string_view kClient = "[client 127.0.0.1:";

}  // namespace

TEST_P(HostingHostLogIn, HasWhatIsSaidOfItsRequests) {
  About({.rule = "LOG-2",
         .title = "Two virtual hosts, one with an ErrorLog, in processes of the whole server",
         .expected = "what requests of the one print and raise, and why one is refused, is in its "
                     "log, with the client; what its threads print is in the server's",
         .mode = hosts_under_test::ModeOf(GetParam())});
  ServeHosts(hosts_under_test::PlacedIn(GetParam()) +
             HostNamed("one.example", "ErrorLog {stage}/one\n") + HostNamed("two.example", ""));
  for (const auto* name : {"one.example", "two.example"}) {
    EXPECT_EQ(Ask(name, "/subject/raises").status, 500);
    EXPECT_EQ(Ask(name, "/nothing").status, 404);
  }
  const std::string own = LineIn("one", "the request of one.example");
  Found(own.empty() ? "not there" : "there", own);
  EXPECT_NE(own.find(kClient), std::string::npos) << own;
  EXPECT_NE(LineIn("one", "KeyError: 'raised by one.example'").find(kClient), std::string::npos);
  EXPECT_NE(LineIn("one", "GET /nothing refused with 404"), "");
  const std::string of_thread = LineIn("server", "a thread of one.example");
  EXPECT_NE(of_thread, "");
  EXPECT_EQ(of_thread.find(kClient), std::string::npos) << of_thread;
  EXPECT_NE(LineIn("server", "the request of two.example").find(kClient), std::string::npos);
  EXPECT_NE(LineIn("server", "KeyError: 'raised by two.example'"), "");
  EXPECT_NE(LineIn("server", "GET /nothing refused with 404"), "");
  EXPECT_FALSE(Has("server", "the request of one.example"));
  EXPECT_FALSE(Has("server", "raised by one.example"));
  EXPECT_FALSE(Has("one", "two.example"));
  EXPECT_FALSE(Has("one", "a thread of"));
}

TEST_P(HostingHostLogIn, HasALevelOfItsOwn) {
  About({.rule = "LOG-1",
         .title = "LogLevel crit in one virtual host, LogLevel error in the other",
         .expected = "nothing of the one's requests, what the other's print",
         .mode = hosts_under_test::ModeOf(GetParam())});
  ServeHosts(hosts_under_test::PlacedIn(GetParam()) + HostNamed("one.example", "LogLevel crit\n") +
             HostNamed("two.example", "LogLevel error\n"));
  for (const auto* name : {"one.example", "two.example"}) {
    EXPECT_EQ(Ask(name, "/subject").status, 200);
    EXPECT_EQ(Ask(name, "/nothing").status, 404);
  }
  EXPECT_NE(LineIn("server", "the request of two.example"), "");
  const bool is_hidden = !Has("server", "the request of one.example");
  Found(is_hidden ? "hidden" : "shown");
  EXPECT_TRUE(is_hidden);
  EXPECT_FALSE(Has("server", "refused with 404")) << "that is information";
  EXPECT_TRUE(Has("server", "Initializing Python"));
}
INSTANTIATE_TEST_SUITE_P(Hosting, HostingHostLogIn, testing::ValuesIn(kPlaces), NameOfPlace);

TEST_F(HostingHostLog, HasAllThatProcessesOfItsGroupsSay) {
  About({.rule = "LOG-5",
         .title = "A process group that is declared in a virtual host with an ErrorLog",
         .expected = "all it says is there, of requests, threads, Python and C; the server's log "
                     "has only that it was started",
         .mode = "daemon/main"});
  ServeHosts(HostNamed("one.example",
                       "ErrorLog {stage}/one\nWSGIDaemonProcess own threads=2\n"
                       "WSGIProcessGroup own\n"));
  const client::Answer answer = Ask("one.example", "/subject/past-python");
  ASSERT_EQ(answer.status, 200);
  for (const auto* words : {"Initializing Python",
                            "Loading WSGI script",
                            "the request of one.example",
                            "a thread of one.example",
                            "past Python by one.example"}) {
    EXPECT_NE(LineIn("one", words), "") << words;
    EXPECT_FALSE(Has("server", words)) << words;
  }
  const bool is_started = LineIn("server", "Starting process 'own'") != "";
  Found(is_started ? "as expected" : "its start is not told");
  EXPECT_TRUE(is_started);
}

TEST_F(HostingHostLog, IsTheOnlyOneThatProcessesOfItsGroupsHold) {
  About(
      {.rule = "SEC-10",
       .title = "Two virtual hosts with an ErrorLog and a process group each",
       .expected = "a process holds its own host's log, and neither the other one nor the server's",
       .mode = "daemon/main"});
  hosts_under_test::EndIfFilesAreNotOurs();  // paths of descriptors are read
  const auto host_with_group = [](std::string_view name, std::string_view log) {
    return HostNamed(
        fmt::format("{}.example", name),
        fmt::format("{1}WSGIDaemonProcess {0} threads=2\nWSGIProcessGroup {0}\n", name, log));
  };
  ServeHosts(host_with_group("one", "ErrorLog {stage}/one\n") +
             host_with_group("two", "ErrorLog {stage}/two\n") + host_with_group("three", ""));
  std::string found;
  for (const std::string name : {"one", "two", "three"}) {
    const auto answer = Ask(name + ".example", "/subject");
    ASSERT_EQ(answer.status, 200);
    std::string held;
    for (const auto& entry :
         std::filesystem::directory_iterator(fmt::format("/proc/{}/fd", answer.body))) {
      std::error_code gone;
      const auto target = std::filesystem::read_symlink(entry.path(), gone);
      const auto file = target.filename().string();
      for (const auto* log : {"server", "one", "two"}) {
        const bool is_new = held.find(log) == std::string::npos;
        if (target == stage().path(log) && is_new) held += fmt::format("{} ", log);
      }
    }
    found += fmt::format("{}: {}", name, held);
    EXPECT_EQ(held, (name == "three" ? "server" : name) + " ");
  }
  Found(found);
}

TEST_F(HostingHostLog, IsOpenedAnewByARestart) {
  About({.rule = "LOG-5",
         .title = "A virtual host's log is moved away, and the server told to restart",
         .expected = "a new file, with what comes then",
         .mode = "embedded/main"});
  ServeHosts(HostNamed("one.example", "ErrorLog {stage}/one\n"));
  EXPECT_EQ(Ask("one.example", "/subject").status, 200);
  EXPECT_NE(LineIn("one", "the request of one.example"), "");
  std::filesystem::rename(stage().path("one"), stage().path("moved"));
  ASSERT_EQ(::kill(host().supervisor(), SIGHUP), 0);
  EXPECT_NE(LineIn("server", "H0117"), "") << "the old processes have gone";
  EXPECT_EQ(Ask("one.example", "/subject").status, 200);
  const bool is_there = LineIn("one", "the request of one.example") != "";
  Found(is_there ? "there" : "not there");
  EXPECT_TRUE(is_there);
}

}  // namespace suites::hosting
