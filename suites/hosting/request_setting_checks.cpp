// HostingRequestSettings: directives that change a request before the application sees it, or its answer
// afterwards. LOAD-20, LOAD-21, ENV-9, ENV-40 to ENV-43, RESP-15, CFG-51.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "suites/hosting/configured.h"
#include "suites/hosts_under_test/check.h"

namespace suites::hosting {

using client::Answer;
using client::RawConnection;
using hosts_under_test::Need;
using hosts_under_test::Soon;
using ::testing::HasSubstr;

namespace {

// Answers "status" of the query with what environ says of the names behind it: "?404+REMOTE_ADDR".
constexpr std::string_view kTells = R"(
def application(environ, start_response):
    status, *names = environ['QUERY_STRING'].split('+')
    body = '|'.join(environ.get(name, '-') for name in names).encode()
    start_response(status + ' Own Words', [('Content-Length', str(len(body)))])
    return [body]
)";

class HostingRequestSettings : public hosts_under_test::Check,
                               public testing::WithParamInterface<ProcessKind> {
 protected:
  HostingRequestSettings() : Check("hosting") {}

  static std::string ModeName() { return fmt::format("{}/main", Name(GetParam())); }

  void ServeTells(const std::string& directives) {
    (void)Need(stage().Write("tells.wsgi", kTells));
    Serve(std::string(kDaemonGroup) +
          GroupDirectives({GetParam(), InterpreterKind::Main, hosts::deployment::Loading::Lazy}) +
          directives + Alias("tells"));
  }
  [[nodiscard]] Answer Ask(const std::string& target,
                           const std::string& headers = "",
                           const std::string& method = "GET") const {
    auto connection = Need(RawConnection::Open(host().port()));
    Need(connection.Send(
        fmt::format("{} {} HTTP/1.1\r\nHost: check.example\r\n{}\r\n", method, target, headers)));
    return Need(connection.ReadAnswer(Soon()));
  }
};

}  // namespace

TEST_P(HostingRequestSettings, ADispatchScriptMovesRequestsToAnotherGroup) {
  About({.rule = "LOAD-20",
         .title = "WSGIDispatchScript: its process_group() and application_group() decide",
         .expected = "the other group, the sub-interpreter it named",
         .mode = ModeName()});
  (void)Need(stage().Write("dispatch.py", R"(
def process_group(environ):
    return 'other' if environ['HTTP_X_GO'] == 'other' else None
def application_group(environ):
    return b'chosen' if environ['HTTP_X_GO'] == 'other' else None
)"));
  ServeTells(fmt::format("WSGIDaemonProcess other threads=2\nWSGIDispatchScript {}\n",
                         (stage().path() / "dispatch.py").string()));
  const std::string target = "/tells?200+mod_wsgi.process_group+mod_wsgi.application_group";
  const Answer moved = Ask(target, "X-Go: other\r\n");
  const Answer left = Ask(target, "X-Go: nowhere\r\n");
  Found(moved.body + ", " + left.body);
  EXPECT_EQ(moved.body, "other|chosen");
  EXPECT_EQ(left.body, GetParam() == ProcessKind::Daemon ? "one|" : "|");
}

TEST_P(HostingRequestSettings, ADispatchScriptThatFailsIsA500AndABrokenOneIsPassedOver) {
  About({.rule = "LOAD-21",
         .title = "A dispatch function that raises, and a dispatch script that cannot be loaded",
         .expected = "500, 200",
         .mode = ModeName()});
  (void)Need(stage().Write("raises.py", "def process_group(environ):\n    raise ValueError\n"));
  (void)Need(stage().Write("broken.py", "raise RuntimeError('broken on purpose')\n"));
  ServeTells(
      fmt::format("<Location /tells/raises>\nWSGIDispatchScript {0}/raises.py\n</Location>\n"
                  "<Location /tells/broken>\nWSGIDispatchScript {0}/broken.py\n</Location>\n",
                  stage().path().string()));
  const int raises = Ask("/tells/raises?200").status;
  const int broken = Ask("/tells/broken?200").status;
  Found(fmt::format("{}, {}", raises, broken));
  EXPECT_EQ(raises, 500);
  EXPECT_EQ(broken, 200);
}

TEST_P(HostingRequestSettings, TrustedProxiesTellWhoAskedAndWhere) {
  About({.rule = "ENV-41",
         .title = "WSGITrustedProxyHeaders: address, host, place and scheme as a proxy says them",
         .expected = "192.0.2.7|outer.example|/prefix|/tells|https",
         .mode = ModeName()});
  ServeTells(
      "WSGITrustedProxies 127.0.0.0/8\n"
      "WSGITrustedProxyHeaders X-Forwarded-For X-Forwarded-Host X-Script-Name X-Forwarded-Proto\n");
  const Answer answer =
      Ask("/tells?200+REMOTE_ADDR+HTTP_HOST+SCRIPT_NAME+mod_wsgi.script_name+wsgi.url_scheme",
          "X-Forwarded-For: 198.51.100.9, 192.0.2.7\r\nX-Forwarded-Host: outer.example\r\n"
          "X-Script-Name: /prefix\r\nX-Forwarded-Proto: https\r\n");
  Found(answer.body);
  EXPECT_EQ(answer.body, "192.0.2.7|outer.example|/prefix|/tells|https");
}

// The head is complete, and what the proxy says is in it, when the bytes that it was read from move.
TEST_P(HostingRequestSettings, TrustedProxiesAreBelievedWhileABodyIsOnItsWay) {
  About(
      {.rule = "ENV-41",
       .title = "a trusted proxy sends a POST in pieces, the body behind the head, piece by piece",
       .expected = "outer.example|192.0.2.7|POST",
       .mode = ModeName()});
  ServeTells(
      "WSGITrustedProxies 127.0.0.0/8\n"
      "WSGITrustedProxyHeaders X-Forwarded-For X-Forwarded-Host\n"
      "CustomLog {stage}/access.log \"%m %{Host}i\"\n");
  constexpr int kPieces = 40;
  const std::string piece(1'000, 'b');
  auto connection = Need(RawConnection::Open(host().port()));
  Need(connection.Send(fmt::format(
      "POST /tells?200+HTTP_HOST+HTTP_X_FORWARDED_FOR+REQUEST_METHOD HTTP/1.1\r\n"
      "Host: check.example\r\nX-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Host: outer.example\r\n"
      "Content-Length: {}\r\n\r\n",
      kPieces * piece.size())));
  for (int i = 0; i < kPieces; ++i) {
    EXPECT_EQ(Ask("/tells?200+REQUEST_METHOD").body, "GET");  // what came before was read
    Need(connection.Send(piece));
  }
  const Answer answer = Need(connection.ReadAnswer(Soon()));
  Found(answer.body);
  EXPECT_EQ(answer.body, "outer.example|192.0.2.7|POST");
}

TEST_P(HostingRequestSettings, TrustedProxiesHideWhatTellsTheSame) {
  About({.rule = "ENV-41",
         .title =
             "of the headers that tell the client's address only the one that is named is left, "
             "though a trusted proxy has passed on others",
         .expected = "192.0.2.7|192.0.2.7|-|-",
         .mode = ModeName()});
  ServeTells("WSGITrustedProxies 127.0.0.0/8\nWSGITrustedProxyHeaders X-Forwarded-For\n");
  const Answer answer =
      Ask("/tells?200+REMOTE_ADDR+HTTP_X_FORWARDED_FOR+HTTP_X_REAL_IP+HTTP_X_CLIENT_IP",
          "X-Real-IP: 198.51.100.9\r\nX-Forwarded-For: 192.0.2.7\r\nX-Client-IP: 198.51.100.9\r\n");
  Found(answer.body);
  EXPECT_EQ(answer.body, "192.0.2.7|192.0.2.7|-|-");
}

TEST_P(HostingRequestSettings, StrangersTellNothing) {
  About({.rule = "ENV-40",
         .title = "WSGITrustedProxies: forwarding headers of others are neither believed nor shown",
         .expected = "127.0.0.1|-|-",
         .mode = ModeName()});
  ServeTells("WSGITrustedProxies 192.0.2.0/24\nWSGITrustedProxyHeaders X-Forwarded-For\n");
  const Answer answer = Ask("/tells?200+REMOTE_ADDR+HTTP_X_FORWARDED_FOR+HTTP_X_REAL_IP",
                            "X-Forwarded-For: 198.51.100.9\r\nX-Real-IP: 198.51.100.9\r\n");
  Found(answer.body);
  EXPECT_EQ(answer.body, "127.0.0.1|-|-");
}

TEST_P(HostingRequestSettings, HeadIsSeenAsGetIfItIsSaid) {
  About({.rule = "ENV-9",
         .title = "WSGIMapHEADToGET On: the application sees GET, the client gets no body",
         .expected = "length 3 and no body; without it length 4",
         .mode = ModeName()});
  ServeTells("<Location /tells/get>\nWSGIMapHEADToGET On\n</Location>\n");
  const auto length = [this](const std::string& target) {
    auto connection = Need(RawConnection::Open(host().port()));
    Need(connection.Send(fmt::format(
        "HEAD {} HTTP/1.1\r\nHost: check.example\r\nConnection: close\r\n\r\n", target)));
    return Need(connection.ReadToEnd(Soon()));
  };
  const std::string mapped = length("/tells/get?200+REQUEST_METHOD");
  const std::string plain = length("/tells/head?200+REQUEST_METHOD");
  Found(mapped.substr(0, mapped.find('\r')));
  EXPECT_THAT(mapped, HasSubstr("Content-Length: 3\r\n"));
  EXPECT_TRUE(mapped.ends_with("\r\n\r\n")) << mapped;
  EXPECT_THAT(plain, HasSubstr("Content-Length: 4\r\n"));
}

TEST_P(HostingRequestSettings, ErrorsOfDaemonsAreReplacedIfItIsSaid) {
  About(
      {.rule = "RESP-15",
       .title = "WSGIErrorOverride On: the server's page for statuses from 400 to 599, daemon only",
       .expected = "404 and the server's page; 399 and the application's body",
       .mode = ModeName()});
  ServeTells("WSGIErrorOverride On\n");
  const Answer error = Ask("/tells?404+REQUEST_METHOD");
  const Answer other = Ask("/tells?399+REQUEST_METHOD");
  Found(fmt::format("{} {}, {} {}", error.status, error.body.size(), other.status, other.body));
  EXPECT_EQ(error.status, 404);
  if (GetParam() == ProcessKind::Daemon) {
    EXPECT_THAT(error.body, HasSubstr("404"));
    EXPECT_NE(error.body, "GET");
  } else {
    EXPECT_EQ(error.body, "GET");
  }
  EXPECT_EQ(other.status, 399);
  EXPECT_EQ(other.body, "GET");
}

TEST_P(HostingRequestSettings, ErrorsThatAreReplacedAreThoseFrom400To599) {
  About({.rule = "RESP-15",
         .title = "WSGIErrorOverride On: the first and the last status that are errors, and those "
                  "beside them",
         .expected = "400 and 599 replaced, 399 and 600 not; embedded none",
         .mode = ModeName()});
  ServeTells("WSGIErrorOverride On\n");
  std::string replaced;
  for (const int status : {399, 400, 599, 600}) {
    const Answer answer = Ask(fmt::format("/tells?{}+REQUEST_METHOD", status));
    EXPECT_EQ(answer.status, status);
    if (answer.body != "GET") replaced += fmt::format("{} ", status);
  }
  Found(replaced);
  EXPECT_EQ(replaced, GetParam() == ProcessKind::Daemon ? "400 599 " : "");
}

TEST_P(HostingRequestSettings, ConditionsDecideForEachRequest) {
  About({.rule = "CFG-51",
         .title = "<If>: a setting holds for the requests that its condition fits",
         .expected = "chosen, then the main interpreter",
         .mode = ModeName()});
  ServeTells("<If \"%{HTTP:X-Go} == 'there'\">\nWSGIApplicationGroup chosen\n</If>\n");
  const std::string target = "/tells?200+mod_wsgi.application_group";
  const Answer fits = Ask(target, "X-Go: there\r\n");
  const Answer fits_not = Ask(target, "X-Go: here\r\n");
  Found(fits.body + ", " + fits_not.body);
  EXPECT_EQ(fits.body, "chosen");
  EXPECT_EQ(fits_not.body, "");
}

INSTANTIATE_TEST_SUITE_P(Kinds,
                         HostingRequestSettings,
                         testing::Values(ProcessKind::Embedded, ProcessKind::Daemon),
                         NameOfKind);

}  // namespace suites::hosting
