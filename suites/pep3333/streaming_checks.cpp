// Pep3333Streaming: when blocks pass between application and client. PEP 3333 "Buffering and Streaming", "The
// write() Callable", RESP-1, RESP-4, RESP-5, INP-5 to INP-7.

#include <fmt/format.h>

#include "suites/hosts_under_test/chosen_host.h"
#include "suites/hosts_under_test/eventually.h"
#include "suites/pep3333/row.h"

namespace suites::pep3333 {

using client::RawConnection;
using hosts_under_test::Eventually;
using hosts_under_test::Need;
using hosts_under_test::Soon;

namespace {

// The application waits for a file `go` on the stage; it gives up with b'nobody came'.
constexpr std::string_view kWaits = R"(
import os, time
GO = os.path.join(os.path.dirname(__file__), 'go')
def came():
    deadline = time.monotonic() + 20
    while not os.path.exists(GO) and time.monotonic() < deadline:
        time.sleep(0.002)
    return os.path.exists(GO)
)";

class Pep3333Streaming : public Pep3333Check, public testing::WithParamInterface<Place> {
 protected:
  // standard: where one says so, too, if the rule is one of mod_wsgi's.
  void AboutStreaming(std::string_view rule,
                      std::string_view title,
                      std::string_view expected,
                      std::string_view standard = "") {
    About({.rule = hosts_under_test::RuleFor(rule, standard),
           .title = title,
           .expected = expected,
           .mode = NameOf(GetParam())});
  }
  // The last block: behind it the engine closes.
  [[nodiscard]] std::string LastBlock(RawConnection& connection) {
    if (hosts_under_test::IsEngineChosen()) return Need(connection.ReadToEnd(Soon()));
    const auto has = [](std::string_view received, std::string_view block) {
      return received.find(block) != std::string_view::npos;
    };
    Need(connection.ReadUntilEnough(
        [&](auto received) { return has(received, "second") || has(received, "nobody"); }, Soon()));
    const std::string received = connection.TakeReceived();  // maybe in chunks
    return has(received, "second") ? "second" : received;
  }
  [[nodiscard]] RawConnection ServeAndAsk(std::string_view subject,
                                          std::string_view request,
                                          std::string_view directives = "") {
    ServeSubject(GetParam(), fmt::format("{}{}", kWaits, subject), directives);
    auto connection = Connect();
    Need(connection.Send(request));
    return connection;
  }
  void Go() { (void)Need(stage().Write("go", "")); }
};

}  // namespace

TEST_P(Pep3333Streaming, SendsABlockBeforeTheNextIsAskedFor) {
  AboutStreaming("PEP 3333: Buffering and Streaming",
                 "A block is with the client before the next one is asked for",
                 "the first, while the application waits; then the second");
  auto connection = ServeAndAsk(R"(
def subject(environ, start_response):
    start_response('200 OK', [('Content-Length', '11')])
    yield b'first'
    yield b'second' if came() else b'nobody'
)",
                                Get());
  (void)Need(connection.ReadUntil("first", Soon()));
  Go();
  EXPECT_EQ(LastBlock(connection), "second");
  Found("the first, then the second");
}

TEST_P(Pep3333Streaming, SendsWhatIsWrittenAtOnce) {
  AboutStreaming("RESP-4",
                 "write(): the bytes are with the client when it returns",
                 "the first, while the application waits; then the second");
  auto connection = ServeAndAsk(R"(
def subject(environ, start_response):
    write = start_response('200 OK', [('Content-Length', '11')])
    write(b'first')
    return [b'second' if came() else b'nobody']
)",
                                Get());
  (void)Need(connection.ReadUntil("first", Soon()));
  Go();
  EXPECT_EQ(LastBlock(connection), "second");
  Found("the first, then the second");
}

TEST_P(Pep3333Streaming, HoldsHeadersBackUntilThereIsABlock) {
  AboutStreaming("RESP-1",
                 "Empty blocks send no headers",
                 "nothing, while the application waits behind an empty block",
                 "PEP 3333: The start_response() Callable");
  auto connection = ServeAndAsk(R"(
def subject(environ, start_response):
    start_response('200 OK', [])
    yield b''
    tell('waits')
    yield b'block' if came() else b'nobody'
)",
                                Get());
  EXPECT_TRUE(WillHaveTold("waits"));
  const auto early =
      connection.ReadUntil("\r\n", hosts::base::Deadline::After(std::chrono::milliseconds(20)));
  EXPECT_FALSE(early) << "headers were sent before there was a block";
  Go();
  (void)Need(connection.ReadUntil("block", Soon()));
  Found("nothing before the block");
}

TEST_P(Pep3333Streaming, AsksForNoMoreThanTheClientTakes) {
  AboutStreaming("PEP 3333: Buffering and Streaming",
                 "A client that does not read: the iterable is not asked for more",
                 "it stops, and goes on when the client reads");
  hosts_under_test::EndIfFreeToChoose("a thread of the server's own may keep what it has taken");
  auto connection = ServeAndAsk(R"(
COUNT = [0]
def subject(environ, start_response):
    if environ['PATH_INFO'] == '/count':
        return say(start_response, COUNT[0])
    return endless(start_response)
def endless(start_response):
    start_response('200 OK', [('Content-Length', str(1024 * 65536))])
    for COUNT[0] in range(1, 1025):
        yield b'x' * 65536
)",
                                Get());
  (void)Need(connection.ReadUntil("\r\n\r\n", Soon()));
  const auto count = [&] { return std::stoi(Ask(Request("GET /app/count")).body); };
  int last = -1;
  int times = 0;
  const bool has_stopped = Eventually(
      [&] {
        const int now = count();
        times = now == last ? times + 1 : 0;
        last = now;
        return times == 8;
      },
      Soon());
  EXPECT_TRUE(has_stopped);
  EXPECT_LT(last, 512) << "blocks of 64 KiB were taken for a client that reads none";
  const std::string rest = Need(connection.ReadToEnd(Soon()));
  EXPECT_EQ(rest.size(), 1024U * 65536U);
  EXPECT_EQ(count(), 1024);
  Found(fmt::format("stopped at block {}, ended at {}", last, count()));
}

TEST_P(Pep3333Streaming, ReadsABodyAsItComes) {
  AboutStreaming("INP-2",
                 "read(n) blocks for n bytes, and for no more than these, of a body that is coming",
                 "the first half is answered before the second is sent");
  constexpr size_t kHalf = 300'000;
  auto connection = ServeAndAsk(R"(
def subject(environ, start_response):
    start_response('200 OK', [('Content-Length', '12')])
    for _ in range(2):
        yield b'%6d' % len(environ['wsgi.input'].read(300000))
)",
                                fmt::format("POST /app HTTP/1.1\r\nHost: check.example\r\n"
                                            "Content-Length: {}\r\n\r\n{}",
                                            2 * kHalf,
                                            std::string(kHalf, 'x')));
  (void)Need(connection.ReadUntil("300000", Soon()));
  Need(connection.Send(std::string(kHalf, 'y')));
  (void)Need(connection.ReadUntil("300000", Soon()));
  Found("300000, then 300000");
}

TEST_P(Pep3333Streaming, GoesOnBehindABodyThatNobodyRead) {
  AboutStreaming("INP-7",
                 "Two requests on one connection; the first one's body is read by nobody",
                 "both are answered");
  auto connection = ServeAndAsk(Says("environ['REQUEST_METHOD']"),
                                "POST /app HTTP/1.1\r\nHost: check.example\r\n"
                                "Content-Length: 300000\r\n\r\n" +
                                    std::string(300'000, 'x') + Get());
  const std::string first = Need(connection.ReadAnswer(Soon())).body;
  const std::string second = Need(connection.ReadAnswer(Soon())).body;
  Found(first + ", " + second);
  EXPECT_EQ(first + second, "POSTGET");
}

TEST_P(Pep3333Streaming, TellsTheClientToGoOn) {
  AboutStreaming("PEP 3333: HTTP 1.1 Expect/Continue",
                 "Expect: 100-continue, also of a chunked body",
                 "100, then the answer");
  auto connection = ServeAndAsk(Says("environ['wsgi.input'].read()"),
                                "POST /app HTTP/1.1\r\nHost: check.example\r\n"
                                "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n",
                                "WSGIChunkedRequest On\n");
  const std::string interim = Need(connection.ReadUntil("\r\n\r\n", Soon()));
  EXPECT_TRUE(interim.starts_with("HTTP/1.1 100")) << interim;
  Need(connection.Send("4\r\nbody\r\n0\r\n\r\n"));
  EXPECT_EQ(Need(connection.ReadAnswer(Soon())).body, "b'body'");
  Found("100, then the answer");
}

INSTANTIATE_TEST_SUITE_P(Suite,
                         Pep3333Streaming,
                         testing::ValuesIn(kPlacesMain),
                         [](const auto& parameter) { return NameOf(parameter.param); });

}  // namespace suites::pep3333
