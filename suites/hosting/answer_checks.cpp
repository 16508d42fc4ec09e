// Hosting/Answers: what passes between client and application on a connection: bodies in pieces both ways,
// HEAD, keep-alive. INP-6, INP-7, INP-8, INP-10, RESP-5, RESP-10.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "suites/hosting/configured.h"
#include "suites/hosts_under_test/check.h"

namespace suites::hosting {

using client::Answer;
using client::RawConnection;
using hosts_under_test::Need;
using hosts_under_test::Soon;

namespace {

// Answers "CONTENT_LENGTH|HTTP_TRANSFER_ENCODING|the body".
constexpr std::string_view kEcho = R"(
def application(environ, start_response):
    names = ('CONTENT_LENGTH', 'HTTP_TRANSFER_ENCODING')
    head = '|'.join(environ.get(name, '-') for name in names)
    body = head.encode() + b'|' + environ['wsgi.input'].read()
    start_response('200 OK', [('Content-Type', 'text/plain'), ('Content-Length', str(len(body)))])
    return [body]
)";

constexpr std::string_view kIgnores = R"(
def application(environ, start_response):
    body = environ['REQUEST_METHOD'].encode() + b' ignored the body'
    start_response('200 OK', [('Content-Type', 'text/plain'), ('Content-Length', str(len(body)))])
    return [body]
)";

class Answers : public hosts_under_test::Check, public testing::WithParamInterface<ProcessKind> {
 protected:
  Answers() : Check("hosting") {}

  static std::string ModeName() { return fmt::format("{}/main", Name(GetParam())); }

  RawConnection ServeAndConnect(const std::string& directives = "") {
    (void)Need(stage().Write("echo.wsgi", kEcho));
    (void)Need(stage().Write("ignores.wsgi", kIgnores));
    (void)Need(stage().Copy("streams.wsgi", "streams.wsgi"));
    Serve(std::string(kDaemonGroup) +
          GroupDirectives({GetParam(), InterpreterKind::Main, hosts::deployment::Loading::Lazy}) +
          directives + Alias("echo") + Alias("ignores") + Alias("streams"));
    return Need(RawConnection::Open(host().port()));
  }

  static std::string Request(std::string_view line, std::string_view rest = "\r\n") {
    return fmt::format("{} HTTP/1.1\r\nHost: check.example\r\n{}", line, rest);
  }
};

}  // namespace

TEST_P(Answers, ArriveInPiecesAsTheApplicationYieldsThem) {
  About({.rule = "RESP-5",
         .title = "A streamed answer: the first piece is with the client before the second is made",
         .expected = "first, then second, chunked",
         .mode = ModeName()});
  auto connection = ServeAndConnect();
  Need(connection.Send(Request("GET /streams")));
  const std::string first = Need(connection.ReadUntil("first\n\r\n", Soon()));
  (void)Need(stage().Write("go", ""));  // only now may the application go on
  const std::string second = Need(connection.ReadUntil("\r\n0\r\n\r\n", Soon()));
  Found("first, then second, chunked");
  EXPECT_TRUE(first.ends_with("\r\n\r\n6\r\nfirst\n\r\n")) << first;
  EXPECT_EQ(second, "7\r\nsecond\n\r\n0\r\n\r\n");
}

TEST_P(Answers, ChunkedRequestBodiesAreDecodedIfAllowed) {
  About({.rule = "INP-8",
         .title = "WSGIChunkedRequest On: the application reads a chunked body decoded",
         .expected = "no CONTENT_LENGTH, chunked, Wikipedia",
         .mode = ModeName()});
  auto connection = ServeAndConnect("WSGIChunkedRequest On\n");
  Need(connection.Send(Request("POST /echo", "Transfer-Encoding: chunked\r\n\r\n4\r\nWiki\r\n")));
  Need(connection.Send("5;extension=1\r\npedia\r\n0\r\n\r\n"));
  const Answer answer = Need(connection.ReadAnswer(Soon()));
  Found(answer.body);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "-|chunked|Wikipedia");
}

TEST_P(Answers, ChunkedRequestBodiesAreRefusedOtherwise) {
  About({.rule = "ERR-16",
         .title = "A chunked request without WSGIChunkedRequest On",
         .expected = "411",
         .mode = ModeName()});
  auto connection = ServeAndConnect();
  Need(connection.Send(
      Request("POST /echo", "Transfer-Encoding: chunked\r\n\r\n4\r\nWiki\r\n0\r\n\r\n")));
  const Answer answer = Need(connection.ReadAnswer(Soon()));
  Found(std::to_string(answer.status));
  EXPECT_EQ(answer.status, 411);
}

TEST_P(Answers, BodiesThatAreTooLargeAreRefused) {
  About({.rule = "RFC 9110 15.5.14",
         .title =
             "LimitRequestBody: a body by length and a chunked one, larger than it, and as large",
         .expected = "413, 413, 200",
         .mode = ModeName()});
  const auto status = [&](std::string_view rest) {
    auto connection = Need(RawConnection::Open(host().port()));
    Need(connection.Send(Request("POST /echo", rest)));
    return Need(connection.ReadAnswer(Soon())).status;
  };
  (void)ServeAndConnect("LimitRequestBody 10\nWSGIChunkedRequest On\n");
  const int by_length = status("Content-Length: 11\r\n\r\n01234567890");
  const int chunked =
      status("Transfer-Encoding: chunked\r\n\r\n8\r\n01234567\r\n8\r\n01234567\r\n0\r\n\r\n");
  const int fits = status("Content-Length: 10\r\n\r\n0123456789");
  Found(fmt::format("{}, {}, {}", by_length, chunked, fits));
  EXPECT_EQ(by_length, 413);
  EXPECT_EQ(chunked, 413);
  EXPECT_EQ(fits, 200);
}

TEST_P(Answers, BodiesOfManyClientsAtOnceArriveIntact) {
  constexpr std::size_t kClients = 8;
  static constexpr std::size_t kSizes[] = {
      1, 8191, 65'536, 131'071, 131'073, 300'000, 1'048'577, 7, 40'000, 131'072, 262'145};
  About({.rule = "INP-10",
         .title = "Eight clients post bodies of many sizes at once; WSGIScriptReloading Off, "
                  "no queue-timeout",
         .expected = "0 answers are wrong",
         .mode = ModeName()});
  (void)ServeAndConnect("WSGIScriptReloading Off\n");
  std::atomic<int> wrong{0};
  std::vector<std::thread> clients;
  for (std::size_t number = 0; number < kClients; ++number) {
    clients.emplace_back([this, number, &wrong] {
      auto client = host().NewClient();
      for (const std::size_t size : kSizes) {
        std::string body(size, '\0');
        for (std::size_t i = 0; i < size; ++i)
          body[i] = static_cast<char>((i * 31 + i / 4096 + number * 7) & 0xff);
        const auto answer = client.Post("/echo", body);
        if (!answer || answer->body != fmt::format("{}|-|", size) + body) ++wrong;
      }
    });
  }
  for (auto& client : clients)
    client.join();
  Found(fmt::format("{} answers are wrong", wrong.load()));
  EXPECT_EQ(wrong, 0);
}

TEST_P(Answers, BodiesByLengthArriveWholeHoweverTheyAreSent) {
  About({.rule = "INP-2",
         .title = "A body by length, sent in two pieces; a body of 1 MiB",
         .expected = "the whole body",
         .mode = ModeName()});
  auto connection = ServeAndConnect();
  Need(connection.Send(Request("POST /echo", "Content-Length: 10\r\n\r\nhalf,")));
  const auto early =
      connection.ReadUntil("\r\n", hosts::base::Deadline::After(std::chrono::milliseconds(50)));
  EXPECT_FALSE(early) << "answered before the body was complete";
  Need(connection.Send("whole"));
  EXPECT_EQ(Need(connection.ReadAnswer(Soon())).body, "10|-|half,whole");

  const std::string large(size_t{1} << 20U, 'x');
  Need(connection.Send(
      Request("POST /echo", fmt::format("Content-Length: {}\r\n\r\n", large.size()))));
  Need(connection.Send(large));
  const Answer answer = Need(connection.ReadAnswer(Soon()));
  EXPECT_EQ(answer.body.size(), large.size() + std::string("1048576|-|").size());
  Found("the whole body");
}

TEST_P(Answers, ExpectationsAreMet) {
  About({.rule = "INP-6",
         .title = "Expect: 100-continue: the client is told to go on when the application reads",
         .expected = "100, then 200",
         .mode = ModeName()});
  auto connection = ServeAndConnect();
  Need(connection.Send(Request("POST /echo", "Content-Length: 4\r\nExpect: 100-continue\r\n\r\n")));
  const std::string interim = Need(connection.ReadUntil("\r\n\r\n", Soon()));
  Need(connection.Send("body"));
  const Answer answer = Need(connection.ReadAnswer(Soon()));
  Found(fmt::format("{}, then {}", interim.substr(9, 3), answer.status));
  EXPECT_TRUE(interim.starts_with("HTTP/1.1 100")) << interim;
  EXPECT_EQ(answer.body, "4|-|body");
}

TEST_P(Answers, ToHeadHaveNoBody) {
  About({.rule = "HTTP-HEAD",
         .title = "HEAD: the headers of GET, no body, and the connection goes on",
         .expected = "Content-Length kept, no body, next answer intact",
         .mode = ModeName()});
  auto connection = ServeAndConnect();
  Need(connection.Send(Request("HEAD /echo") + Request("GET /echo")));
  const Answer head = Need(connection.ReadAnswer(Soon(), RawConnection::Body::None));
  const Answer next = Need(connection.ReadAnswer(Soon()));
  Found(fmt::format("Content-Length {}, next answer {}", head.Header("Content-Length"), next.body));
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.Header("Content-Length"), std::to_string(next.body.size()));
  EXPECT_EQ(next.body, "-|-|");
}

TEST_P(Answers, KeepTheConnectionOpenUntilOneSideSaysClose) {
  About({.rule = "RFC 9112 9.3",
         .title = "Keep-alive: many requests on one connection, also sent ahead; then close",
         .expected = "4 answers in order, then the end",
         .mode = ModeName()});
  auto connection = ServeAndConnect();
  Need(connection.Send(Request("POST /echo", "Content-Length: 1\r\n\r\na") +
                       Request("POST /echo", "Content-Length: 1\r\n\r\nb")));
  std::string bodies = Need(connection.ReadAnswer(Soon())).body;
  bodies += " " + Need(connection.ReadAnswer(Soon())).body;
  Need(connection.Send(Request("POST /ignores", "Content-Length: 7\r\n\r\nnobody!")));
  bodies += " " + Need(connection.ReadAnswer(Soon())).body;
  Need(connection.Send(Request("GET /echo", "Connection: close\r\n\r\n")));
  const Answer last = Need(connection.ReadAnswer(Soon()));
  bodies += " " + last.body;
  const std::string rest = Need(connection.ReadToEnd(Soon()));
  Found(bodies);
  EXPECT_EQ(bodies, "1|-|a 1|-|b POST ignored the body -|-|");
  EXPECT_EQ(rest, "");
}

INSTANTIATE_TEST_SUITE_P(Hosting,
                         Answers,
                         testing::Values(ProcessKind::Embedded, ProcessKind::Daemon),
                         NameOfKind);

}  // namespace suites::hosting
