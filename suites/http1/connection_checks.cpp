// Http1Connections: which connections are kept and which are closed, and requests that follow each other on one.
// RFC 9112 9, RFC 9110 7.6.1, INP-7.

#include <fmt/format.h>

#include <algorithm>

#include "suites/http1/row.h"

namespace suites::http1 {

namespace {

constexpr std::string_view kSection = "RFC 9112, 9.3";

std::string Http10(std::string_view target, std::string_view headers = "") {
  return fmt::format("GET {} HTTP/1.0\r\n{}\r\n", target, headers);
}

// A request whose headers ask for the end of the connection, and one behind it that is not read.
Row Closing(std::string name, std::string title, std::string_view headers) {
  return {.name = std::move(name),
          .rule = "RFC 9112, 9.6",
          .title = std::move(title),
          .request = Get("/a", headers) + Next(),
          .answers = {200},
          .seen = {"GET /a []"},
          .ours_has = {"Connection: close"}};  // should be said, says 9.6
}

// A request, and one behind it that is answered. A host may close whenever it likes (9.3 and 9.5).
Row Keeping(std::string name, std::string title, std::string request, int status = 200) {
  return {.name = std::move(name),
          .rule = std::string(kSection),
          .title = std::move(title),
          .request = std::move(request) + Next(),
          .answers = {status, 200},
          .seen = {std::string(kNextSeen)},
          .ours_lacks = {"Connection"},
          .allowed = {{.answers = {status}}}};
}

std::vector<Row> PersistenceRows() {
  std::vector<Row> rows = {
      Closing("Close", "close ends the connection", "Connection: close\r\n"),
      Closing("CloseAnyCase", "options have no case", "Connection: CLOSE\r\n"),
      Closing("CloseInAList", "close in a list", "Connection: te , close,upgrade\r\n"),
      Closing("CloseOnASecondLine",
              "close on a second line",
              "Connection: te\r\nConnection: close\r\n"),
      Closing("CloseBeatsKeepAlive", "close is obeyed first", "Connection: keep-alive, close\r\n"),
      Closing("CloseBeforeKeepAlive", "close is obeyed first", "Connection: close, keep-alive\r\n"),
      Keeping("KeptByDefault", "HTTP/1.1 keeps its connections", Get("/answer/length")),
      Keeping("KeptWhenAsked",
              "keep-alive changes nothing in HTTP/1.1",
              Get("/answer/length", "Connection: keep-alive\r\n")),
      Keeping("KeptBehindAStream", "a body without a length is chunked", Get("/answer/stream")),
      Keeping("KeptBehindAnError", "an exception of the application", Get("/answer/raises"), 500),
      Keeping(
          "KeptWithOtherOptions", "unknown options", Get("/answer/length", "Connection: te\r\n")),
  };
  rows.push_back(Keeping("KeptBehindEncodedSlash", "404", Get("/a%2Fb"), 404));
  rows.back().rule = "LOAD-2";
  // A host need not answer when an application has raised.
  std::ranges::find(rows, "KeptBehindAnError", &Row::name)->allowed.push_back({});
  const auto closing_http10 = [](std::string name, std::string title, std::string_view headers) {
    return Row{.name = std::move(name),
               .rule = std::string(kSection),
               .title = std::move(title),
               .request = Http10("/answer/length", headers) + Next(),
               .answers = {200},
               .body = "hello",
               .ours_has = {"Connection: close"}};
  };
  rows.push_back(closing_http10("Http10Closes", "HTTP/1.0 closes unless it is asked", ""));
  rows.push_back(closing_http10("Http10CloseBeatsKeepAlive",
                                "HTTP/1.0, too, obeys close first",
                                "Connection: keep-alive, close\r\n"));
  rows.push_back(closing_http10("Http10ProxyConnection",
                                "Proxy-Connection keeps nothing (C.2.2)",
                                "Proxy-Connection: keep-alive\r\n"));
  rows.push_back({.name = "Http10KeptWhenAsked",
                  .rule = "RFC 9112, C.2.2",
                  .title = "HTTP/1.0 is kept when it is asked, and told",
                  .request = Http10("/answer/length", "Connection: Keep-Alive\r\n") + Next(),
                  .answers = {200, 200},
                  .seen = {std::string(kNextSeen)},
                  .body = "hello",
                  .ours_has = {"Connection: keep-alive"},
                  .allowed = {{.answers = {200}}}});
  rows.push_back({.name = "Http10WithoutALength",
                  .rule = "RFC 9112, 6.1",
                  .title = "HTTP/1.0 gets no chunks: the end of the connection ends the body",
                  .request = Http10("/answer/stream", "Connection: keep-alive\r\n") + Next(),
                  .answers = {200},
                  .lacks = {"Transfer-Encoding"},
                  .body = "hello",
                  .ours_has = {"Connection: close"}});
  rows.push_back({.name = "KeepAliveOff",
                  .rule = std::string(kSection),
                  .title = "KeepAlive Off closes behind every answer",
                  .request = Get("/a") + Next(),
                  .directives = "KeepAlive Off",
                  .answers = {200},
                  .seen = {"GET /a []"},
                  .has = {"Connection: close"}});
  rows.push_back({.name = "MaxKeepAliveRequestsIsReached",
                  .rule = std::string(kSection),
                  .title = "MaxKeepAliveRequests 2: two are answered, a third one is not",
                  .request = Get("/a") + Get("/b") + Next(),
                  .directives = "MaxKeepAliveRequests 2",
                  .answers = {200, 200},
                  .seen = {"GET /a []", "GET /b []"},
                  .lacks = {"Connection"},
                  .choice = "how many requests a connection may have"});
  rows.push_back({.name = "MaxKeepAliveRequestsOfOne",
                  .rule = std::string(kSection),
                  .title = "MaxKeepAliveRequests 1: the last answer says that it is the last",
                  .request = Get("/a") + Next(),
                  .directives = "MaxKeepAliveRequests 1",
                  .answers = {200},
                  .seen = {"GET /a []"},
                  .has = {"Connection: close"},
                  .choice = "how many requests a connection may have"});
  rows.push_back({.name = "MaxKeepAliveRequestsZero",
                  .rule = std::string(kSection),
                  .title = "MaxKeepAliveRequests 0: any number",
                  .request = Get("/a") + Get("/b") + Next(),
                  .directives = "MaxKeepAliveRequests 0",
                  .answers = {200, 200, 200},
                  .seen = {"GET /a []", "GET /b []", std::string(kNextSeen)},
                  .choice = "how many requests a connection may have"});
  return rows;
}

std::vector<Row> PipelineRows() {
  constexpr std::string_view kPipelining = "RFC 9112, 9.3.2";
  std::vector<Row> rows = {
      {.name = "BehindABody",
       .title = "behind a body",
       .request = Post("/a", "one") + Post("/b", "two") + Next(),
       .answers = {200, 200, 200},
       .seen = {"POST /a [one]", "POST /b [two]", std::string(kNextSeen)}},
      {.name = "BehindAnEmptyBody",
       .title = "behind Content-Length: 0",
       .request = Post("/a", "") + Next(),
       .answers = {200, 200},
       .seen = {"POST /a []", std::string(kNextSeen)}},
      {.name = "BehindAChunkedBody",
       .title = "behind a chunked body",
       .request = Chunked("/a", "3\r\none\r\n0\r\nT: t\r\n\r\n") + Next(),
       .answers = {200, 200},
       .seen = {"POST /a [one]", std::string(kNextSeen)}},
      {.name = "BehindAnUnreadBody",
       .rule = "INP-7",
       .standard = "RFC 9112, 9.3",  // it is read, or the connection is closed
       .title = "behind a body that the application leaves unread",
       .request = Post("/answer/unread", std::string(200'000, 'x')) + Next(),
       .answers = {200, 200},
       .seen = {std::string(kNextSeen)},
       .body = "unread",
       .allowed = {{.answers = {200}}, {}}},
      {.name = "BehindAnUnreadChunkedBody",
       .rule = "INP-7",
       .standard = "RFC 9112, 9.3",
       .title = "behind a chunked body that the application leaves unread",
       .request = Chunked("/answer/unread", "3\r\none\r\n0\r\n\r\n") + Next(),
       .answers = {200, 200},
       .seen = {std::string(kNextSeen)},
       .allowed = {{.answers = {200}}}},
      {.name = "BehindARefusedChunkedBody",
       .rule = "ERR-16",
       .title = "behind 411",
       .request = Chunked("/a", "3\r\none\r\n0\r\n\r\n") + Next(),
       .directives = "WSGIChunkedRequest Off",
       .answers = {411, 200},
       .seen = {std::string(kNextSeen)}},
      {.name = "BehindARefusedBody",
       .rule = "ERR-17",
       .title = "behind 413",
       .request = Post("/a", "123456") + Next(),
       .directives = "LimitRequestBody 5",
       .answers = {413, 200},
       .seen = {std::string(kNextSeen)}},
      {.name = "BehindHead",
       .title = "behind HEAD",
       .request = Request("HEAD /answer/length") + Next(),
       .answers = {200, 200},
       .seen = {std::string(kNextSeen)},
       .is_head = true},
      {.name = "BehindNoContent",
       .title = "behind 204",
       .request = Get("/answer/204") + Next(),
       .answers = {204, 200},
       .seen = {std::string(kNextSeen)}},
      {.name = "BehindNotModified",
       .title = "behind 304",
       .request = Get("/answer/304") + Next(),
       .answers = {304, 200},
       .seen = {std::string(kNextSeen)}},
      {.name = "BehindOneThatIsNone",
       .title = "nothing behind a request that is none",
       .request = Get("/a") + "nonsense\r\n\r\n" + Next(),
       .answers = {200, 400},
       .seen = {"GET /a []"},
       .allowed = {{.answers = {200, kRefused}, .seen = {"GET /a []"}},
                   {.answers = {200}, .seen = {"GET /a []"}}}},
  };
  Row many = {.name = "Many", .title = "fifty at once, answered in their order", .request = {}};
  for (int i = 0; i < 50; ++i) {
    many.request += i % 2 == 0 ? Get(fmt::format("/{}", i)) : Post(fmt::format("/{}", i), "x");
    many.answers.push_back(200);
    many.seen.push_back(i % 2 == 0 ? fmt::format("GET /{} []", i) : fmt::format("POST /{} [x]", i));
  }
  many.request += Next();
  many.answers.push_back(200);
  many.seen.emplace_back(kNextSeen);
  rows.push_back(many);
  for (Row& row : rows) {
    if (row.rule.empty()) row.rule = kPipelining;
    row.title = "Pipelined: " + row.title;
  }
  return rows;
}

class Http1Persistence : public RowCheck {};
class Http1Pipelining : public RowCheck {};

}  // namespace

TEST_P(Http1Persistence, Row) {
  Play();
}
INSTANTIATE_TEST_SUITE_P(Suite,
                         Http1Persistence,
                         testing::Combine(testing::ValuesIn(SideBySide(PersistenceRows())),
                                          testing::ValuesIn(kPlacesMain)),
                         NameOfRow);

TEST_P(Http1Pipelining, Row) {
  Play();
}
INSTANTIATE_TEST_SUITE_P(Suite,
                         Http1Pipelining,
                         testing::Combine(testing::ValuesIn(SideBySide(PipelineRows())),
                                          testing::ValuesIn(kPlaces)),
                         NameOfRow);

}  // namespace suites::http1
