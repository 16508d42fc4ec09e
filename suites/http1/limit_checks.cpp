// Http1Limits: how large a request may be: what is exactly as large passes, one more fails, and with the right
// status. Http1Times: how slow a client may be. RFC 9110 15.5, RFC 6585 5, ERR-17, ERR-18, INP-9.

#include <fmt/format.h>

#include "suites/http1/row.h"

namespace suites::http1 {

using hosts_under_test::EndIfFreeToChoose;
using hosts_under_test::Need;
using hosts_under_test::Soon;

namespace {

// A request at a limit, and the same with one more.
struct Limit {
  std::string name;
  std::string rule;
  std::string title;
  std::string_view directives;
  std::string request;
  std::string seen;
  std::string beyond;
  int status = 0;
};

constexpr std::string_view kWaitsAreChosen = "how long it waits";
// Which limits there are unless somebody says so is Apache's affair, and the engine's.
constexpr std::string_view kLimitsAreChosen = "how much is too much";

// A request line of so many bytes, and a header of so many: name, colon, blank and value.
std::string Line(size_t size) {
  constexpr size_t kRest = std::string_view("GET / HTTP/1.1").size();
  return Get("/" + std::string(size - kRest, 'a'));
}
std::string SeenOfLine(size_t size) {
  constexpr size_t kRest = std::string_view("GET / HTTP/1.1").size();
  return fmt::format("GET /{} []", std::string(size - kRest, 'a'));
}
std::string Field(size_t size) {
  return Get("/a", fmt::format("Y: {}\r\n", std::string(size - 3, 'y')));
}
std::string Fields(size_t count) {  // Host is one of them
  std::string headers;
  for (size_t i = 1; i < count; ++i)
    headers += fmt::format("Y{}: y\r\n", i);
  return Get("/a", headers);
}

std::vector<Limit> Limits() {
  constexpr std::string_view kLine = "RFC 9110, 15.5.15";
  constexpr std::string_view kHeaders = "RFC 6585, 5";
  const std::string a = "GET /a []";
  return {
      {"Line",
       std::string(kLine),
       "LimitRequestLine",
       "LimitRequestLine 60",
       Line(60),
       SeenOfLine(60),
       Line(61),
       414},
      {"LineDefault",
       std::string(kLine),
       "request lines of 8,190 bytes",
       "",
       Line(8190),
       SeenOfLine(8190),
       Line(8191),
       414},
      {"FieldSize",
       std::string(kHeaders),
       "LimitRequestFieldSize",
       "LimitRequestFieldSize 60",
       Field(60),
       a,
       Field(61),
       431},
      {"FieldSizeDefault",
       std::string(kHeaders),
       "headers of 8,190 bytes",
       "",
       Field(8190),
       a,
       Field(8191),
       431},
      {"Fields",
       std::string(kHeaders),
       "LimitRequestFields",
       "LimitRequestFields 4",
       Fields(4),
       a,
       Fields(5),
       431},
      {"FieldsDefault", std::string(kHeaders), "100 headers", "", Fields(100), a, Fields(101), 431},
      {"FieldsOff",
       std::string(kHeaders),
       "LimitRequestFields 0: a head of 64 KiB",
       "LimitRequestFields 0",
       Fields(3000),
       a,
       Fields(9000),
       431},
      {"Body",
       "INP-9",
       "LimitRequestBody",
       "LimitRequestBody 5",
       Post("/a", "hello"),
       "POST /a [hello]",
       Request("POST /a", "Content-Length: 2000000\r\n"),
       413},
      {"BodyChunked",
       "ERR-17",
       "LimitRequestBody, of one chunk",
       "LimitRequestBody 5",
       Chunked("/a", "5\r\nhello\r\n0\r\n\r\n"),
       "POST /a [hello]",
       Chunked("/a", "6\r\nhello!\r\n0\r\n\r\n"),
       413},
      {"BodyChunks",
       "ERR-17",
       "LimitRequestBody, of all chunks",
       "LimitRequestBody 5",
       Chunked("/a", "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"),
       "POST /a [hello]",
       Chunked("/a", "3\r\nhel\r\n3\r\nlo!\r\n0\r\n\r\n"),
       413},
      {"BodyDefault",
       "ERR-17",
       "bodies of 1 GiB",
       "",
       Post("/a", "hello"),
       "POST /a [hello]",
       Request("POST /a", "Content-Length: 1073741825\r\n"),
       413},
  };
}

std::vector<Row> LimitRows() {
  std::vector<Row> rows;
  for (const Limit& limit : Limits()) {
    rows.push_back({.name = limit.name + "Is",
                    .rule = limit.rule,
                    .title = fmt::format("At the limit: {}", limit.title),
                    .request = limit.request + Next(),
                    .directives = std::string(limit.directives),
                    .answers = {200, 200},
                    .seen = {limit.seen, std::string(kNextSeen)},
                    .choice = std::string(kLimitsAreChosen)});
    rows.push_back({.name = limit.name + "IsExceeded",
                    .rule = limit.rule,
                    .title = fmt::format("Beyond the limit: {}", limit.title),
                    .request = limit.beyond + Next(),
                    .directives = std::string(limit.directives),
                    .answers = {limit.status},
                    .ours_has = {"Connection: close"},
                    .choice = std::string(kLimitsAreChosen)});
  }
  // In the query, of which no host makes the name of a file.
  const std::string query(8000 - std::string_view("GET /a? HTTP/1.1").size(), 'q');
  rows.push_back({.name = "LineOf8000",
                  .rule = "RFC 9112, 3",
                  .title = "A request line of 8,000 bytes, which everybody is recommended to take",
                  .level = Level::Should,
                  .request = Get("/a?" + query) + Next(),
                  .answers = {200, 200},
                  .seen = {fmt::format("GET /a?{} []", query), std::string(kNextSeen)}});
  rows.push_back({.name = "BodyIsOneTooLong",
                  .rule = "INP-9",
                  .title = "Beyond the limit by one; a short body is read, and the connection kept",
                  .request = Post("/a", "123456") + Next(),
                  .directives = "LimitRequestBody 5",
                  .answers = {413, 200},
                  .seen = {std::string(kNextSeen)},
                  .choice = std::string(kLimitsAreChosen)});
  rows.push_back(
      {.name = "BodyLimitOff",
       .rule = "INP-9",
       .title = "LimitRequestBody 0: any length",
       .request = Post("/a", std::string(200'000, 'x')) + Next(),
       .directives = "LimitRequestBody 0",
       .answers = {200, 200},
       .seen = {fmt::format("POST /a [{}]", std::string(200'000, 'x')), std::string(kNextSeen)}});
  return rows;
}

class Http1Limits : public RowCheck {};

class Http1Times : public Http1Check, public testing::WithParamInterface<Place> {
 protected:
  // Sends what is not a whole request and reads until the host closes the connection.
  std::string AnswerToAPart(std::string_view rule,
                            std::string_view directives,
                            std::string_view part) {
    About({.rule = rule,
           .title = fmt::format("{}: a client that sends no more", directives),
           .expected = "408, closed",
           .mode = ModeOf(GetParam())});
    EndIfFreeToChoose(kWaitsAreChosen);
    ServeApplications(GetParam(), directives, Company::Alone);
    auto connection = Connect();
    Need(connection.Send(part));
    std::string answer = Need(connection.ReadToEnd(Soon()));
    Found(answer.substr(0, answer.find('\r')));
    EXPECT_EQ(Seen(), std::vector<std::string>{});
    return answer;
  }
};

}  // namespace

TEST_P(Http1Limits, Row) {
  Play();
}
INSTANTIATE_TEST_SUITE_P(Suite,
                         Http1Limits,
                         testing::Combine(testing::ValuesIn(SideBySide(LimitRows())),
                                          testing::ValuesIn(kPlacesMain)),
                         NameOfRow);

TEST_P(Http1Times, ALineThatDoesNotEndIsNotWaitedFor) {
  About({.rule = "RFC 9110, 15.5.15",
         .title = "A request line is refused as soon as it is too long, not when it ends",
         .expected = "414",
         .mode = ModeOf(GetParam())});
  EndIfFreeToChoose(kLimitsAreChosen);
  ServeApplications(GetParam(), "LimitRequestLine 60");
  const auto answers = Ask("GET /" + std::string(60, 'a'));
  ASSERT_EQ(answers.size(), 1U);
  Found(std::to_string(answers[0].status));
  EXPECT_EQ(answers[0].status, 414);
}

TEST_P(Http1Times, AHeadMustCome) {
  const auto answer = AnswerToAPart("RFC 9110, 15.5.9",
                                    "RequestReadTimeout header=1 body=0",
                                    "GET /a HTTP/1.1\r\nHost: shapes.example\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 408 Request Timeout\r\n")) << answer;
  EXPECT_NE(answer.find("\r\nConnection: close\r\n"), std::string::npos) << answer;
}

TEST_P(Http1Times, ABodyMustCome) {
  const auto answer = AnswerToAPart("ERR-18",
                                    "RequestReadTimeout header=0 body=1",
                                    Request("POST /a", "Content-Length: 5\r\n", "hel"));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 408 Request Timeout\r\n")) << answer;
}

TEST_P(Http1Times, AChunkMustCome) {
  const auto answer =
      AnswerToAPart("ERR-18", "RequestReadTimeout header=0 body=1", Chunked("/a", "5\r\nhel"));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 408 Request Timeout\r\n")) << answer;
}

TEST_P(Http1Times, EveryWaitIsLimited) {
  const auto answer = AnswerToAPart("RFC 9110, 15.5.9",
                                    "RequestReadTimeout header=0 body=0\nTimeout 1",
                                    "GET /a HTTP/1.1\r\nHost: shapes");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 408 Request Timeout\r\n")) << answer;
}

TEST_P(Http1Times, AnIdleConnectionIsClosedWithoutAWord) {
  About({.rule = "RFC 9112, 9.5",
         .title = "KeepAliveTimeout: a connection that waits for another request is closed",
         .expected = "the answer, then the end, and not before",
         .mode = ModeOf(GetParam())});
  ServeApplications(GetParam(), "KeepAliveTimeout 1");
  auto connection = Connect();
  Need(connection.Send(Get("/a")));
  EXPECT_EQ(Need(connection.ReadAnswer(Soon())).status, 200);
  Need(connection.Send(Get("/b")));
  EXPECT_EQ(Need(connection.ReadAnswer(Soon())).status, 200) << "it was kept";
  EXPECT_EQ(Need(connection.ReadToEnd(Soon())), "");
  Found("closed");
}

INSTANTIATE_TEST_SUITE_P(Suite,
                         Http1Times,
                         testing::ValuesIn(kPlacesMain),
                         [](const auto& parameter) { return NameOf(parameter.param); });

}  // namespace suites::http1
