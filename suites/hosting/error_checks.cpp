// Hosting/Errors: the statuses of what goes wrong, row by row of the rules' table (ERR-1 to ERR-17, LOAD-6),
// in the server's processes and in daemon processes.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "suites/hosting/configured.h"
#include "suites/hosts_under_test/check.h"
#include "suites/hosts_under_test/chosen_host.h"
#include "suites/hosts_under_test/eventually.h"

namespace suites::hosting {

using hosts_under_test::Need;
using hosts_under_test::Soon;

namespace {

struct ErrorRow {
  std::string_view name;
  std::string_view rule;
  std::string_view title;
  std::string_view script;  // of /subject; "" is none
  int embedded = 0;
  int daemon = 0;
};

constexpr ErrorRow kRows[] = {
    {"no_mount", "LOAD-7", "A URL that no alias covers", "", 404, 404},
    {"missing_script", "ERR-1", "The script file is missing", "", 404, 404},
    {"directory", "ERR-2", "The script's path is a directory", "", 403, 403},
    {"directory_without_slash", "LOAD-7", "The same, without a slash at its end", "", 301, 301},
    {"access_denied", "LOAD-6", "No Directory section grants access", "", 403, 403},
    {"no_callable", "ERR-5", "The script has no `application`", "other = 1\n", 404, 500},
    {"not_callable", "ERR-6", "`application` is not callable", "application = 1\n", 500, 500},
    {"syntax_error", "ERR-7", "The script does not compile", "def application(:\n", 500, 500},
    {"raises_at_import",
     "ERR-7",
     "The script raises when it is loaded",
     "raise RuntimeError('x')\n",
     500,
     500},
    {"exits_at_import", "ERR-7", "The script calls sys.exit()", "raise SystemExit(1)\n", 500, 500},
    {"raises",
     "ERR-8",
     "The application raises before it sends headers",
     "def application(environ, start_response):\n    raise ValueError('x')\n",
     500,
     500},
    {"raises_after_start_response",
     "ERR-8",
     "The application raises after start_response(), before the first bytes",
     "def application(environ, start_response):\n"
     "    start_response('200 OK', [])\n"
     "    raise ValueError('x')\n"
     "    yield b''\n",
     500,
     500},
    {"no_start_response",
     "ERR-10",
     "The application never calls start_response()",
     "def application(environ, start_response):\n    return [b'x']\n",
     500,
     500},
    {"bad_status",
     "ERR-10",
     "The application gives a bad status",
     "def application(environ, start_response):\n"
     "    start_response('fine', [])\n"
     "    return [b'x']\n",
     500,
     500},
    {"text_body",
     "ERR-10",
     "The application returns text instead of bytes",
     "def application(environ, start_response):\n"
     "    start_response('200 OK', [])\n"
     "    return ['x']\n",
     500,
     500},
    {"own_error",
     "ERR-40",
     "The application's own 404 passes through",
     "def application(environ, start_response):\n"
     "    start_response('404 Gone fishing', [('Content-Length', '4')])\n"
     "    return [b'mine']\n",
     404,
     404},
};

void PrintTo(const ErrorRow& row, std::ostream* out) {
  *out << row.name;
}

class Errors : public hosts_under_test::Check,
               public testing::WithParamInterface<std::tuple<ProcessKind, ErrorRow>> {
 protected:
  Errors() : Check("hosting") {}
};

class ErrorsIn : public hosts_under_test::Check, public testing::WithParamInterface<ProcessKind> {
 protected:
  ErrorsIn() : Check("hosting") {}
};

std::string NameOfRow(const testing::TestParamInfo<Errors::ParamType>& parameter) {
  return fmt::format(
      "{}_{}", std::get<1>(parameter.param).name, Name(std::get<0>(parameter.param)));
}

}  // namespace

TEST_P(Errors, HaveTheirStatus) {
  const auto& [kind, row] = GetParam();
  const int expected = kind == ProcessKind::Embedded ? row.embedded : row.daemon;
  About({.rule = row.rule,
         .title = row.title,
         .expected = fmt::format("{}, and the host goes on serving", expected),
         .mode = fmt::format("{}/main/lazy", Name(kind))});
  (void)Need(stage().Copy("probe.wsgi", "witness.wsgi"));
  if (!row.script.empty()) (void)Need(stage().Write("subject.wsgi", row.script));
  if (row.name.starts_with("directory"))
    std::filesystem::create_directory(stage().path("subject.wsgi"));
  std::string alias = row.name == "no_mount" ? "" : Alias("subject");
  if (row.name == "access_denied") {
    alias = "WSGIScriptAlias /subject /etc/hostname\n";
    // As in every distribution's configuration of Apache; the engine needs no such section.
    if (!hosts_under_test::IsEngineChosen())
      alias += "<Directory />\nRequire all denied\n</Directory>\n";
  }
  Serve(std::string(kDaemonGroup) +
        GroupDirectives({kind, InterpreterKind::Main, hosts::deployment::Loading::Lazy}) + alias +
        Alias("witness"));

  auto client = host().NewClient();
  const client::Answer answer =
      Need(client.Get(row.name == "directory" ? "/subject/" : "/subject"));
  const int witness = Need(client.Get("/witness")).status;
  Found(fmt::format("{}, and the host goes on with {}", answer.status, witness));
  EXPECT_EQ(answer.status, expected) << answer.body;
  EXPECT_EQ(witness, 200);
  if (row.name == "own_error") {
    EXPECT_EQ(answer.body, "mine");
  }
}

INSTANTIATE_TEST_SUITE_P(Hosting,
                         Errors,
                         testing::Combine(testing::Values(ProcessKind::Embedded,
                                                          ProcessKind::Daemon),
                                          testing::ValuesIn(kRows)),
                         NameOfRow);

TEST_P(ErrorsIn, ABrokenOffAnswerCanBeTold) {
  About({.rule = "ERR-9",
         .title = "The application raises after its first bytes: the answer must look incomplete",
         .expected = "the status as sent, the body cut, no orderly end",
         .mode = fmt::format("{}/main/lazy", Name(GetParam()))});
  (void)Need(stage().Write("subject.wsgi",
                           "def application(environ, start_response):\n"
                           "    start_response('200 OK', [('Content-Length', '10')])\n"
                           "    yield b'half,'\n"
                           "    raise ValueError('x')\n"));
  Serve(std::string(kDaemonGroup) +
        GroupDirectives({GetParam(), InterpreterKind::Main, hosts::deployment::Loading::Lazy}) +
        Alias("subject"));
  auto connection = Need(client::RawConnection::Open(host().port()));
  Need(connection.Send("GET /subject HTTP/1.1\r\nHost: check.example\r\n\r\n"));
  const std::string all = Need(connection.ReadToEnd(Soon()));
  Found(fmt::format("{}, the body ends with '{}'", all.substr(9, 3), all.substr(all.size() - 5)));
  EXPECT_TRUE(all.starts_with("HTTP/1.1 200")) << all;
  EXPECT_TRUE(all.ends_with("half,")) << all;
}

TEST_P(ErrorsIn, ABodyThatEndsTooSoonIsAnError) {
  About({.rule = "ERR-19",
         .title = "A client sends 5 bytes of 10, and no more",
         .expected = "500 or 400, no answer of an application that has read; others are served",
         .mode = fmt::format("{}/main/lazy", Name(GetParam()))});
  (void)Need(stage().Write("subject.wsgi",
                           "def application(environ, start_response):\n"
                           "    body = environ['wsgi.input'].read()\n"
                           "    start_response('200 OK', [('Content-Length', '0')])\n"
                           "    return []\n"));
  Serve(std::string(kDaemonGroup) +
        GroupDirectives({GetParam(), InterpreterKind::Main, hosts::deployment::Loading::Lazy}) +
        Alias("subject"));
  auto connection = Need(client::RawConnection::Open(host().port()));
  Need(connection.Send(
      "POST /subject HTTP/1.1\r\nHost: check.example\r\nContent-Length: 10\r\n\r\nhello"));
  connection.FinishSending();
  const std::string all = Need(connection.ReadToEnd(Soon()));
  auto client = host().NewClient();
  const int other = Need(client.Get("/subject")).status;
  Found(fmt::format("{}, {}", all.substr(0, all.find('\r')), other));
  EXPECT_TRUE(all.empty() || all.starts_with("HTTP/1.1 500") || all.starts_with("HTTP/1.1 400"))
      << all;
  EXPECT_EQ(other, 200);
}

TEST_P(ErrorsIn, ABadContentLengthIsRefused) {
  About({.rule = "ERR-17",
         .title = "A Content-Length that is no number",
         .expected = "400",
         .mode = std::string(Name(GetParam()))});
  (void)Need(stage().Copy("probe.wsgi", "subject.wsgi"));
  Serve(std::string(kDaemonGroup) +
        GroupDirectives({GetParam(), InterpreterKind::Main, hosts::deployment::Loading::Lazy}) +
        Alias("subject"));
  auto connection = Need(client::RawConnection::Open(host().port()));
  Need(connection.Send(
      "POST /subject HTTP/1.1\r\nHost: check.example\r\nContent-Length: abc\r\n\r\n"));
  const auto answer = Need(connection.ReadAnswer(Soon()));
  Found(std::to_string(answer.status));
  EXPECT_EQ(answer.status, 400);
}

TEST_P(ErrorsIn, AReasonIsTheApplications) {
  About({.rule = "RESP-7",
         .title = "An application gives a reason of its own to a code that everybody knows",
         .expected = "HTTP/1.1 404 Gone fishing",
         .mode = std::string(Name(GetParam()))});
  (void)Need(stage().Write("subject.wsgi",
                           "def application(environ, start_response):\n"
                           "    start_response('404 Gone fishing', [('Content-Length', '0')])\n"
                           "    return []\n"));
  Serve(std::string(kDaemonGroup) +
        GroupDirectives({GetParam(), InterpreterKind::Main, hosts::deployment::Loading::Lazy}) +
        Alias("subject"));
  auto connection = Need(client::RawConnection::Open(host().port()));
  Need(connection.Send("GET /subject HTTP/1.1\r\nHost: check.example\r\n\r\n"));
  const std::string head = Need(connection.ReadUntil("\r\n\r\n", Soon()));
  const std::string line = head.substr(0, head.find('\r'));
  Found(line);
  EXPECT_EQ(line, "HTTP/1.1 404 Gone fishing");
}

TEST_P(ErrorsIn, PagesOfTheHostSayWhatTheyAre) {
  About({.rule = "RFC 9110, 8.3",
         .title = "The page that stands in for an application that raised has a Content-Type",
         .expected = "500, text/html",
         .mode = std::string(Name(GetParam())),
         .level = hosts_under_test::Level::Should});
  (void)Need(stage().Write(
      "subject.wsgi", "def application(environ, start_response):\n    raise ValueError('x')\n"));
  Serve(std::string(kDaemonGroup) +
        GroupDirectives({GetParam(), InterpreterKind::Main, hosts::deployment::Loading::Lazy}) +
        Alias("subject"));
  auto client = host().NewClient();
  const client::Answer answer = Need(client.Get("/subject"));
  const std::string type = answer.Header("Content-Type");
  Found(fmt::format("{}, {}", answer.status, type));
  EXPECT_EQ(answer.status, 500);
  EXPECT_TRUE(type.starts_with("text/html")) << type;
}

INSTANTIATE_TEST_SUITE_P(Hosting,
                         ErrorsIn,
                         testing::Values(ProcessKind::Embedded, ProcessKind::Daemon),
                         NameOfKind);

TEST_P(ErrorsIn, NobodyWritesLinesOfTheLog) {
  About({.rule = "LOG-1",
         .title =
             "line ends that a client or an application puts into what is logged are shown as such",
         .expected = "one line, with \\x0a",
         .mode = std::string(Name(GetParam()))});
  (void)Need(stage().Copy("probe.wsgi", "subject.wsgi"));
  const bool is_engine = hosts_under_test::IsEngineChosen();
  Serve((is_engine ? "" : "LogLevel info\n") + Alias("subject"));
  auto connection = Need(client::RawConnection::Open(host().port()));
  Need(connection.Send(
      "GET /forged%0AH0999%1B[31m HTTP/1.1\r\nHost: check.example\r\nConnection: close\r\n\r\n"));
  EXPECT_EQ(Need(connection.ReadAnswer(hosts_under_test::Soon())).status, 404);
  EXPECT_TRUE(hosts_under_test::Eventually(
      [&] {
        const std::string_view line =
            is_engine ? "/forged\\x0aH0999\\x1b[31m refused" : "/forged\\nH0999\\x1b[31m";
        return host().Log().find(line) != std::string::npos;
      },
      hosts_under_test::Soon()));
  EXPECT_EQ(host().Log().find("\nH0999"), std::string::npos);
}

class HostingErrors : public hosts_under_test::Check {
 protected:
  HostingErrors() : Check("hosting") {}
};

// hosts/deviations.md, ERR-25: from mod_wsgi the client has a complete answer.
TEST_F(HostingErrors, ADaemonThatDiesInsideABodyCutsIt) {
  About({.rule = "ERR-25",
         .title = "A daemon process ends inside the body of an answer in chunks",
         .expected = "200, the first chunk, no last one; the next request is served",
         .mode = "daemon/main"});
  (void)Need(stage().Write("subject.wsgi",
                           "import os\n"
                           "def parts():\n"
                           "    yield b'half,'\n"
                           "    latest = 3000\n"
                           "    while not os.path.exists(__file__ + '.go') and latest:\n"
                           "        import time; time.sleep(0.01); latest -= 1\n"
                           "    os._exit(1)\n"
                           "def application(environ, start_response):\n"
                           "    start_response('200 OK', [('Content-Type', 'text/plain')])\n"
                           "    return parts() if environ['PATH_INFO'] else [b'ok']\n"));
  Serve("WSGIDaemonProcess one threads=1\n" +
        Alias("subject", "process-group=one application-group=%{GLOBAL}"));
  WillCrash();
  auto connection = Need(client::RawConnection::Open(host().port()));
  Need(connection.Send("GET /subject/dies HTTP/1.1\r\nHost: check.example\r\n\r\n"));
  const std::string first = Need(connection.ReadUntil("half,", Soon()));
  (void)Need(stage().Write("subject.wsgi.go", ""));
  const std::string rest = Need(connection.ReadToEnd(Soon()));
  auto client = host().NewClient();
  const int next = Need(client.Get("/subject")).status;
  Found(fmt::format("{}, then '{}'; {}", first.substr(0, first.find('\r')), rest, next));
  EXPECT_TRUE(first.starts_with("HTTP/1.1 200")) << first;
  EXPECT_EQ(rest.find("0\r\n\r\n"), std::string::npos) << rest;
  EXPECT_EQ(next, 200);
}

TEST_F(HostingErrors, AStaticFileIsNotForEveryMethod) {
  About(
      {.rule = "RFC 9110, 15.5.6",
       .title = "DELETE of a static file: refused with the methods that there are, GET among them",
       .expected = "405 with Allow: ... GET ..., and the file is there",
       .mode = "embedded"});
  (void)Need(stage().Write("file.txt", "text"));
  Serve("Alias /file.txt {stage}/file.txt\n");
  auto connection = Need(client::RawConnection::Open(host().port()));
  Need(connection.Send("DELETE /file.txt HTTP/1.1\r\nHost: check.example\r\n\r\n"));
  const auto answer = Need(connection.ReadAnswer(Soon()));
  auto client = host().NewClient();
  const std::string file = Need(client.Get("/file.txt")).body;
  const std::string allowed = answer.Header("Allow");
  Found(fmt::format("{} with Allow: {}; {}", answer.status, allowed, file));
  EXPECT_EQ(answer.status, 405);
  EXPECT_NE(allowed.find("GET"), std::string::npos) << allowed;
  EXPECT_EQ(file, "text");
}

TEST_F(HostingErrors, AnUndeclaredGroupIsAnErrorOfTheRequest) {
  About({.rule = "ERR-13",
         .title = "WSGIProcessGroup names a group that is not declared",
         .expected = "500, other mounts serve",
         .mode = "daemon"});
  (void)Need(stage().Copy("probe.wsgi", "subject.wsgi"));
  (void)Need(stage().Copy("probe.wsgi", "witness.wsgi"));
  Serve("WSGIProcessGroup nowhere\n" + Alias("subject") +
        Alias("witness", "process-group=%{GLOBAL}"));
  auto client = host().NewClient();
  const int subject = Need(client.Get("/subject")).status;
  const int witness = Need(client.Get("/witness")).status;
  Found(fmt::format("{}, the other mount {}", subject, witness));
  EXPECT_EQ(subject, 500);
  EXPECT_EQ(witness, 200);
}

}  // namespace suites::hosting
