// Http1Framing: how an answer says where it ends, and the headers that the server adds to it.
// RFC 9112 6, RFC 9110 6.6.1, 8.6, 9.3.2, 15; RESP-10.

#include <fmt/format.h>
#include <strings.h>

#include <algorithm>
#include <iterator>
#include <regex>

#include "suites/http1/row.h"

namespace suites::http1 {

using hosts_under_test::Need;
using hosts_under_test::Soon;

namespace {

std::vector<Row> FramingRows() {
  const std::vector<std::string> next = {std::string(kNextSeen)};
  return {
      {.name = "Length",
       .rule = "RFC 9112, 6.2",
       .title = "The application's length frames its body",
       .request = Get("/answer/length") + Next(),
       .answers = {200, 200},
       .seen = next,
       .has = {"Content-Length: 5"},
       .lacks = {"Transfer-Encoding"},
       .body = "hello"},
      {.name = "Chunks",
       .rule = "RESP-10",
       .standard = "RFC 9112, 6.3",  // chunked, or the end of the connection ends it
       .title = "A body without a length is chunked",
       .request = Get("/answer/stream") + Next(),
       .answers = {200, 200},
       .seen = next,
       .body = "hello",
       .ours_has = {"Transfer-Encoding: chunked"},
       .ours_lacks = {"Content-Length"},
       .allowed = {{.answers = {200}}}},
      {.name = "HeadOfALength",
       .rule = "RFC 9110, 9.3.2",
       .title = "HEAD has GET's headers and no body",
       .request = Request("HEAD /answer/length") + Next(),
       .answers = {200, 200},
       .seen = next,
       .has = {"Content-Length: 5"},
       .body = "",
       .is_head = true},
      {.name = "HeadOfChunks",
       .rule = "RFC 9110, 9.3.2",
       .title = "HEAD of a body without a length has no chunks, not even the last one",
       .request = Request("HEAD /answer/stream") + Next(),
       .answers = {200, 200},
       .seen = next,
       .body = "",
       .is_head = true,
       .ours_lacks = {"Content-Length"}},
      {.name = "HeadOfAnError",
       .rule = "RFC 9110, 9.3.2",
       .title = "HEAD of an error has no page",
       .request = Request("HEAD /a%2Fb") + Next(),
       .answers = {404, 200},
       .seen = next,
       .body = "",
       .is_head = true,
       .allowed = {{.answers = {200, 200}, .seen = {"HEAD /a/b []", next.front()}}}},
      {.name = "HeadOfAnException",
       .rule = "RFC 9110, 9.3.2",
       .title = "HEAD of an exception has no page",
       .request = Request("HEAD /answer/raises") + Next(),
       .answers = {500, 200},
       .seen = next,
       .body = "",
       .is_head = true,
       .allowed = {{.answers = {500}}, {}}},
      {.name = "HeadThatIsRefused",
       .rule = "RFC 9110, 9.3.2",
       .title = "HEAD with a bad Host has no page",
       .request = "HEAD / HTTP/1.1\r\nHost: a b\r\n\r\n" + Next(),
       .answers = {400},
       .body = "",
       .is_head = true,
       .ours_has = {"Connection: close"},
       .choice = "whether it is refused is what the shape HostBlank is about"},
      {.name = "NoContent",
       .rule = "RFC 9110, 15.3.5",
       .title = "204 has neither body nor framing",
       .request = Get("/answer/204") + Next(),
       .answers = {204, 200},
       .seen = next,
       .has = {"ETag: \"x\""},
       .lacks = {"Content-Length", "Transfer-Encoding"},
       .body = ""},
      {.name = "NotModified",
       .rule = "RFC 9110, 15.4.5",
       .title = "304 has neither body nor chunks",
       .request = Get("/answer/304") + Next(),
       .answers = {304, 200},
       .seen = next,
       .has = {"ETag: \"x\""},
       .lacks = {"Transfer-Encoding"},
       .body = ""},
      {.name = "OwnDate",
       .rule = "RFC 9110, 6.6.1",
       .title = "A Date of the application is kept",
       .request = Get("/answer/dated") + Next(),
       .answers = {200, 200},
       .seen = next,
       .has = {"Date: Sun, 06 Nov 1994 08:49:37 GMT"},
       .choice = "whose Date is sent, if there is one"},
      {.name = "Server",
       .rule = "RFC 9110, 10.2.4",
       .title = "The server names itself",
       .level = Level::Should,
       .request = Get("/answer/length") + Next(),
       .answers = {200, 200},
       .seen = next,
       .ours_has = {"Server: wsgilab"},
       .choice = "a server may name itself"},
  };
}

class Http1Framing : public RowCheck {};
class Http1Dates : public Http1Check, public testing::WithParamInterface<Place> {};

}  // namespace

TEST_P(Http1Framing, Row) {
  Play();
}
INSTANTIATE_TEST_SUITE_P(Suite,
                         Http1Framing,
                         testing::Combine(testing::ValuesIn(SideBySide(FramingRows())),
                                          testing::ValuesIn(kPlaces)),
                         NameOfRow);

TEST_P(Http1Dates, AreOnEveryAnswerOnce) {
  About({.rule = "RFC 9110, 6.6.1",
         .title = "Answers have one Date, as IMF-fixdate, also those of the server itself",
         .expected = "one Date each",
         .mode = ModeOf(GetParam())});
  ServeApplications(GetParam());
  std::vector<client::Answer> answers;
  for (const std::string_view line : {"GET /answer/length",
                                      "GET /answer/dated",
                                      "GET /answer/304",
                                      "GET /a%2fb",
                                      "OPTIONS *",
                                      "GET /%zz"}) {
    std::ranges::move(Ask(Request(line, "Connection: close\r\n")), std::back_inserter(answers));
  }
  ASSERT_EQ(answers.size(), 6U);
  const std::regex format(
      "(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} "
      "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [0-9]{4} "
      "[0-9]{2}:[0-9]{2}:[0-9]{2} GMT");
  for (const auto& answer : answers) {
    size_t dates = 0;
    for (const auto& [name, value] : answer.headers)
      dates += ::strcasecmp(name.c_str(), "Date") == 0 ? 1 : 0;
    EXPECT_EQ(dates, 1U) << answer.status;
    EXPECT_TRUE(std::regex_match(answer.Header("Date"), format)) << answer.Header("Date");
  }
  Found(answers[0].Header("Date"));
  (void)Seen();  // what other hosts have shown to the application is of no other check
}
INSTANTIATE_TEST_SUITE_P(Suite,
                         Http1Dates,
                         testing::ValuesIn(kPlacesMain),
                         [](const auto& parameter) { return NameOf(parameter.param); });

}  // namespace suites::http1
