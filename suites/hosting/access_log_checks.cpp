// HostingAccessLog: what the engine writes about requests, in what format, whoever answered.

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <utility>
#include <vector>

#include "hosts/base/files.h"
#include "hosts/base/unique_fd.h"
#include "suites/hosting/configured.h"
#include "suites/hosts_under_test/check.h"
#include "suites/hosts_under_test/eventually.h"

namespace suites::hosting {

using client::Answer;
using client::RawConnection;
using hosts_under_test::Need;
using hosts_under_test::Soon;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::SizeIs;

namespace {

constexpr std::string_view kHello = R"(
def application(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain'), ('Content-Length', '5')])
    return [b'hello']
)";

// Threads that answer at once, or one after the other on several connections, write in any order.
std::vector<std::string> Sorted(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);)
    lines.push_back(line);
  std::ranges::sort(lines);
  return lines;
}

class HostingAccessLog : public hosts_under_test::Check,
                         public testing::WithParamInterface<ProcessKind> {
 protected:
  HostingAccessLog() : Check("hosting", "the access log") {}

  static std::string ModeName() { return fmt::format("{}/main", Name(GetParam())); }

  void ServeHello(const std::string& directives) {
    (void)Need(stage().Write("hello.wsgi", kHello));
    Serve(std::string(kDaemonGroup) +
          GroupDirectives({GetParam(), InterpreterKind::Main, hosts::deployment::Loading::Lazy}) +
          Alias("hello") + directives);
  }
  // Sends it as it stands and reads one answer.
  [[nodiscard]] Answer Send(const std::string& request) const {
    auto connection = Need(RawConnection::Open(host().port()));
    Need(connection.Send(request));
    return Need(connection.ReadAnswer(Soon()));
  }
  [[nodiscard]] Answer Get(const std::string& target, const std::string& headers = "") const {
    return Send(fmt::format("GET {} HTTP/1.1\r\nHost: check.example\r\n{}\r\n", target, headers));
  }
  // Sorted. After the host has stopped: all are there.
  [[nodiscard]] std::vector<std::string> Lines(std::string_view name) {
    if (!std::exchange(is_stopped_, true)) StopHost();
    const std::string text = Need(hosts::base::ReadFile(stage().path(name)));
    auto lines = Sorted(text);
    Found(fmt::format("{} lines", lines.size()), text);
    return lines;
  }

 private:
  bool is_stopped_ = false;
};

}  // namespace

TEST_P(HostingAccessLog, EveryAnswerIsALine) {
  About({.rule = "access log",
         .title = "CustomLog has a line for each answer: of applications, files and refusals",
         .expected = "200, 200, 404, 400, 414, 431, a line each",
         .mode = ModeName()});
  (void)Need(stage().Write("plain.txt", "some text"));
  ServeHello(
      "Alias /plain {stage}/plain.txt\n"
      "CustomLog {stage}/access.log \"%>s %b %m %U%q %{mode}W %{process-group}W %X\"\n"
      "CustomLog {stage}/places.log \"%s %k %U\"\n");
  EXPECT_EQ(Get("/hello/a%20b?c=d").status, 200);
  EXPECT_EQ(Get("/plain").status, 200);
  EXPECT_EQ(Get("/nothing").status, 404);
  EXPECT_EQ(Send("nonsense\r\n\r\n").status, 400);
  EXPECT_EQ(Get("/" + std::string(9000, 'a')).status, 414);
  EXPECT_EQ(Get("/hello", "X: " + std::string(9000, 'a') + "\r\n").status, 431);
  auto connection = Need(RawConnection::Open(host().port()));
  Need(connection.Send("GET /hello HTTP/1.1\r\nHost: check.example\r\n\r\n"));
  EXPECT_EQ(Need(connection.ReadAnswer(Soon())).status, 200);
  Need(connection.Send("GET /secret HTTP/1.1\r\n\r\n"));  // without Host
  EXPECT_EQ(Need(connection.ReadAnswer(Soon())).status, 400);
  const bool is_daemon = GetParam() == ProcessKind::Daemon;
  const auto lines = Lines("access.log");
  ASSERT_THAT(lines, SizeIs(8));
  EXPECT_EQ(lines[0], fmt::format("200 5 GET /hello {} +", is_daemon ? "daemon one" : "embedded "));
  EXPECT_EQ(lines[1],
            fmt::format("200 5 GET /hello/a b?c=d {} +", is_daemon ? "daemon one" : "embedded "));
  EXPECT_EQ(lines[2], "200 9 GET /plain - - +");
  EXPECT_THAT(lines[3], MatchesRegex("400 [0-9]+ - - - - -"));
  EXPECT_THAT(lines[4], MatchesRegex("400 [0-9]+ GET - - - -"));
  EXPECT_THAT(lines[5], MatchesRegex("404 [0-9]+ GET /nothing - - \\+"));
  EXPECT_THAT(lines[6], MatchesRegex("414 [0-9]+ - - - - -"));
  EXPECT_THAT(lines[7], MatchesRegex("431 [0-9]+ .*- - -"));
  EXPECT_THAT(Lines("places.log"), ::testing::Contains("400 1 -"));
}

TEST_P(HostingAccessLog, TimesAndCookiesAreThoseOfTheRequest) {
  About(
      {.rule = "access log",
       .title = "begin, end and duration of a request of 50 ms, in their units; its second cookie",
       .expected = "end - begin is the duration, 50 ms or more; %{ms}T is a thousandth of %D; 2",
       .mode = ModeName()});
  (void)Need(stage().Write("slow.wsgi",
                           "import time\ndef application(environ, start_response):\n"
                           "    time.sleep(0.05)\n"
                           "    start_response('200 OK', [('Content-Length', '0')])\n"
                           "    return []\n"));
  Serve(std::string(kDaemonGroup) +
        GroupDirectives({GetParam(), InterpreterKind::Main, hosts::deployment::Loading::Lazy}) +
        Alias("slow") + "CustomLog {stage}/access.log \"%{usec}t %{end:usec}t %D %{ms}T %{b}C\"\n");
  EXPECT_EQ(Get("/slow", "Cookie: a=1; b=2\r\n").status, 200);
  const auto lines = Lines("access.log");
  ASSERT_THAT(lines, SizeIs(1));
  long begin = 0;
  long end = 0;
  long duration = 0;
  long milliseconds = 0;
  std::string cookie;
  std::istringstream(lines[0]) >> begin >> end >> duration >> milliseconds >> cookie;
  EXPECT_GE(duration, 50'000) << lines[0];
  EXPECT_EQ(end - begin, duration) << lines[0];
  EXPECT_EQ(milliseconds, duration / 1000) << lines[0];
  EXPECT_EQ(cookie, "2") << lines[0];
}

TEST_P(HostingAccessLog, CombinedIsAsApacheWritesIt) {
  About({.rule = "access log",
         .title = "combined needs no LogFormat, and what clients send is escaped",
         .expected = "one line, its quotes those of the format",
         .mode = ModeName()});
  ServeHello("CustomLog {stage}/access.log combined\nCustomLog {stage}/common.log common\n");
  EXPECT_EQ(Get("/hello?\"x", "User-Agent: a\"b\\c\xc3\r\nReferer: http://r.example/\r\n").status,
            200);
  constexpr std::string_view kTime =
      "\\[[0-9][0-9]/[A-Z][a-z][a-z]/[0-9]+:[0-9]+:[0-9]+:[0-9]+ [+-][0-9]+\\]";
  const std::string common =
      fmt::format("127\\.0\\.0\\.1 - - {} \"GET /hello\\?\\\\\"x HTTP/1\\.1\" 200 5", kTime);
  EXPECT_THAT(Lines("access.log"),
              ElementsAre(MatchesRegex(common + " \"http://r\\.example/\" "
                                                "\"a\\\\\"b\\\\\\\\c\\\\xc3\"")));
  EXPECT_THAT(Lines("common.log"), ElementsAre(MatchesRegex(common)));
}

TEST_P(HostingAccessLog, ConditionsChooseWhatIsWritten) {
  About({.rule = "access log",
         .title = "env= and expr= of CustomLog, and a virtual host's own logs",
         .expected = "each line in its log",
         .mode = ModeName()});
  ServeHello(
      "SetEnvIf Request_URI quiet quiet\n"
      "CustomLog {stage}/loud.log %U env=!quiet\n"
      "CustomLog {stage}/quiet.log %U env=quiet\n"
      "CustomLog {stage}/failed.log %U \"expr=%{REQUEST_STATUS} -ge 400\"\n"
      "LogFormat \"all %U\"\n"
      "TransferLog {stage}/all.log\n");
  EXPECT_EQ(Get("/hello/loud").status, 200);
  EXPECT_EQ(Get("/hello/quiet").status, 200);
  EXPECT_EQ(Get("/nothing").status, 404);
  EXPECT_THAT(Lines("loud.log"), ElementsAre("/hello/loud", "/nothing"));
  EXPECT_THAT(Lines("quiet.log"), ElementsAre("/hello/quiet"));
  EXPECT_THAT(Lines("failed.log"), ElementsAre("/nothing"));
  EXPECT_THAT(Lines("all.log"), ElementsAre("all /hello/loud", "all /hello/quiet", "all /nothing"));
}

TEST_P(HostingAccessLog, SaysWhoAnswered) {
  About({.rule = "access log",
         .title =
             "mode, process group, interpreter and pid of the process whose application answered",
         .expected = "os.getpid() of the application; - where none answered",
         .mode = ModeName()});
  (void)Need(stage().Write("who.wsgi", R"(
import os
def application(environ, start_response):
    start_response('500 Own', [])
    return [str(os.getpid()).encode()]
)"));
  ServeHello(Alias("who") +
             "CustomLog {stage}/access.log \"%U %{mode}W %{process-group}W %{application-group}W "
             "%{pid}W %P\"\n"
             "<Location /who/page>\nWSGIErrorOverride On\n</Location>\n");
  const std::string pid = Get("/who").body;
  EXPECT_EQ(Get("/who/page").status, 500);
  EXPECT_EQ(Get("/nothing").status, 404);
  const bool is_daemon = GetParam() == ProcessKind::Daemon;
  const std::string place = is_daemon ? "daemon one " : "embedded  ";
  const std::string server = is_daemon ? "[0-9]+" : pid;
  EXPECT_THAT(Lines("access.log"),
              ElementsAre(MatchesRegex("/nothing - - - - [0-9]+"),
                          MatchesRegex(fmt::format("/who {} {} {}", place, pid, server)),
                          MatchesRegex(fmt::format("/who/page {} {} {}", place, pid, server))));
}

TEST_P(HostingAccessLog, AClientThatLeavesIsALineToo) {
  About({.rule = "access log",
         .title = "an answer that the client did not take is logged with %X",
         .expected = "X",
         .mode = ModeName()});
  (void)Need(stage().Write("long.wsgi", R"(
def application(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return (b'x' * 65536 for i in range(1000))
)"));
  ServeHello(Alias("long") + "CustomLog {stage}/access.log \"%>s %U %X\"\n");
  {
    auto connection = Need(RawConnection::Open(host().port()));
    Need(connection.Send("GET /long HTTP/1.1\r\nHost: check.example\r\n\r\n"));
    (void)Need(connection.ReadUntil("\r\n\r\n", Soon()));
  }
  EXPECT_EQ(Get("/hello").status, 200);
  EXPECT_THAT(Lines("access.log"), ElementsAre("200 /hello +", "200 /long X"));
}

TEST_P(HostingAccessLog, ALogThatNobodyReadsStopsNobody) {
  About({.rule = "access log",
         .title = "a full disk costs lines, and an event says how many",
         .expected = "every request is answered; H0240",
         .mode = ModeName()});
  ServeHello("CustomLog /dev/full common\n");
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(Get("/hello").status, 200);
  EXPECT_TRUE(hosts_under_test::Eventually(
      [this] { return host().Log().find("H0240") != std::string::npos; }, Soon()));
  EXPECT_THAT(host().Log(), HasSubstr("of the access log /dev/full are lost: No space left"));
}

TEST_P(HostingAccessLog, APipeThatNobodyReadsStopsNobody) {
  About({.rule = "access log",
         .title = "a pipe whose reader stands still: requests are answered, lines wait for it",
         .expected = "every request is answered; then every line, whole and once",
         .mode = ModeName()});
  ASSERT_EQ(::mkfifo(stage().path("pipe").c_str(), 0600), 0);
  const hosts::base::UniqueFd reader(
      ::open(stage().path("pipe").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  ASSERT_TRUE(reader.is_open());
  constexpr int kOnePage = 4096;  // one line and a bit
  ASSERT_GT(::fcntl(reader.get(), F_SETPIPE_SZ, kOnePage), 0);
  ServeHello("CustomLog {stage}/pipe \"%U\"\n");
  std::string expected;
  for (int i = 0; i < 20; ++i) {
    const std::string path = fmt::format("/hello/{}{}", i, std::string(3000, 'x'));
    EXPECT_EQ(Get(path).status, 200);
    expected += path + "\n";
  }
  std::string read;
  const auto read_more = [&] {
    std::array<char, kOnePage> block{};
    const ssize_t size = ::read(reader.get(), block.data(), block.size());
    if (size > 0) read.append(block.data(), static_cast<size_t>(size));
    return read.size() >= expected.size();
  };
  EXPECT_TRUE(hosts_under_test::Eventually(read_more, Soon()));
  EXPECT_EQ(Sorted(read), Sorted(expected));
  Found(fmt::format("20 answers, then {} bytes", read.size()));
}

TEST_P(HostingAccessLog, AFileThatCannotBeOpenedIsAnErrorAtItsLine) {
  About({.rule = "access log",
         .title = "a log in a directory that is not there",
         .expected = "the server does not start, and names file and line",
         .mode = ModeName()});
  const std::string configuration = "CustomLog {stage}/nowhere/access.log common\n";
  const auto file = hosts_under_test::PlanFor(stage(), configuration).files.front();
  const auto started = hosts_under_test::HostUnderTest::Start(stage(), configuration);
  ASSERT_FALSE(started.has_value());
  Found(started.error().Text());
  EXPECT_THAT(started.error().Text(), HasSubstr("cannot open the access log"));
  EXPECT_THAT(
      started.error().Text(),
      HasSubstr(fmt::format("{}:{}", file.path.string(), std::ranges::count(file.text, '\n'))));
}

INSTANTIATE_TEST_SUITE_P(Kinds,
                         HostingAccessLog,
                         testing::Values(ProcessKind::Embedded, ProcessKind::Daemon),
                         NameOfKind);

}  // namespace suites::hosting
