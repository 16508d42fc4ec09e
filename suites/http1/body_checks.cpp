// Http1Bodies: chunked bodies of all shapes that are in order. Http1Expectations: when a client that waits is told
// to send its body. RFC 9112 7.1, RFC 9110 10.1.1, INP-6, INP-8, ERR-16, ERR-17.

#include <fmt/format.h>

#include "suites/hosts_under_test/chosen_host.h"
#include "suites/http1/row.h"

namespace suites::http1 {

using client::RawConnection;
using hosts::deployment::ProcessKind;
using hosts_under_test::EndIfFreeToChoose;
using hosts_under_test::Need;
using hosts_under_test::Soon;

namespace {

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

Row Body(std::string name, std::string title, std::string chunks, std::string seen) {
  return {.name = std::move(name),
          .rule = "RFC 9112, 7.1",
          .title = std::move(title),
          .request = Chunked("/a", chunks) + Next(),
          .answers = {200, 200},
          .seen = {fmt::format("POST /a [{}]", seen), std::string(kNextSeen)}};
}

std::vector<Row> BodyRows() {
  std::string single;
  for (int i = 0; i < 300; ++i)
    single += "1\r\nx\r\n";
  const std::string big(300'000, 'y');
  std::vector<Row> rows = {
      Body("Empty", "an empty chunked body", "0\r\n\r\n", ""),
      Body("OneByteEach", "300 chunks of one byte", single + "0\r\n\r\n", std::string(300, 'x')),
      Body("Big", "a chunk of 300,000 bytes", fmt::format("493e0\r\n{}\r\n0\r\n\r\n", big), big),
      Body("OddSizes",
           "sizes in either case and with zeros",
           "A\r\n0123456789\r\na\r\nabcdefghij\r\n0003\r\nxyz\r\n00\r\n\r\n",
           "0123456789abcdefghijxyz"),
      Body("DataLikeChunks",
           "data that looks like the end",
           "7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n",
           "\\r\\n0\\r\\n\\r\\n"),
      Body("Extensions",
           "extensions, quoted and not, with blanks",
           "2;a;b=c\r\nhe\r\n3 ; q=\"x;\\\"y\\\"\"\r\nllo\r\n0;z=1\r\n\r\n",
           "hello"),
      Body("Trailers", "trailers", "2\r\nhe\r\n0\r\nA: 1\r\nB:\r\nX: 2\r\n\r\n", "he"),
  };
  rows.push_back({.name = "NotEnabled",
                  .rule = "ERR-16",
                  .title = "411 unless WSGIChunkedRequest is On",
                  .request = Chunked("/a", "0\r\n\r\n") + Next(),
                  .directives = "WSGIChunkedRequest Off",
                  .answers = {411, 200},
                  .seen = {std::string(kNextSeen)}});
  rows.push_back({.name = "OtherCoding",
                  .rule = "ERR-16",
                  .title = "501 for another coding, also where chunked is not enabled",
                  .request = Request("POST /a", "Transfer-Encoding: gzip\r\n", "x") + Next(),
                  .directives = "WSGIChunkedRequest Off",
                  .answers = {501},
                  .has = {"Connection: close"},
                  .allowed = {{.answers = {kRefused}}}});
  rows.push_back({.name = "BadLength",
                  .rule = "ERR-17",
                  .title = "400 for a Content-Length that is none",
                  .request = Request("POST /a", "Content-Length: abc\r\n") + Next(),
                  .answers = {400},
                  .has = {"Connection: close"}});
  rows.push_back(
      {.name = "LongestLength",
       .rule = "ERR-17",
       .title = "400 for a Content-Length beyond the longest file, where any is allowed",
       .request = Request("POST /a", "Content-Length: 18446744073709551615\r\n") + Next(),
       .directives = "LimitRequestBody 0",
       .answers = {400},
       .has = {"Connection: close"}});
  return rows;
}

class Http1Bodies : public RowCheck {};

class Http1Expectations : public Http1Check, public testing::WithParamInterface<Place> {
 protected:
  // standard: where one says so, too, if the rule is one of mod_wsgi's.
  void Describe(std::string_view rule,
                std::string_view title,
                std::string_view expected,
                std::string_view standard = "") {
    About({.rule = hosts_under_test::RuleFor(rule, standard),
           .title = title,
           .expected = expected,
           .mode = ModeOf(GetParam())});
  }
  // A connection on which a head was sent that waits for its body.
  [[nodiscard]] RawConnection Waiting(std::string_view target, std::string_view headers) const {
    auto connection = Connect();
    Need(connection.Send(Request(fmt::format("POST {}", target), headers)));
    return connection;
  }
  // What was answered, until the connection was closed, to one that never sends its body.
  [[nodiscard]] std::string AnswerTo(std::string_view target, std::string_view headers) const {
    auto connection = Waiting(target, headers);
    const auto answer = Need(connection.ReadToEnd(Soon()));
    Found(answer.substr(0, answer.find('\r')));
    return answer;
  }
};

}  // namespace

TEST_P(Http1Bodies, Row) {
  Play();
}
INSTANTIATE_TEST_SUITE_P(Suite,
                         Http1Bodies,
                         testing::Combine(testing::ValuesIn(SideBySide(BodyRows())),
                                          testing::ValuesIn(kPlaces)),
                         NameOfRow);

TEST_P(Http1Expectations, AreMetBeforeTheBodyIsSent) {
  Describe(
      "INP-6", "A client that waits is told to go on, once", "100, then 200", "RFC 9110, 10.1.1");
  ServeApplications(GetParam());
  auto connection = Waiting("/a", "Content-Length: 5\r\nExpect: 100-continue\r\n");
  EXPECT_EQ(Need(connection.ReadUntil("\r\n\r\n", Soon())), kContinue);
  Need(connection.Send("he"));
  Need(connection.Send("llo"));
  const auto answer = Need(connection.ReadAnswer(Soon()));
  Found(std::to_string(answer.status));
  EXPECT_EQ(answer.status, 200);
  Need(connection.Send(Next()));
  EXPECT_EQ(Need(connection.ReadAnswer(Soon())).status, 200) << "the connection is kept";
  EXPECT_EQ(Seen(), (std::vector<std::string>{"POST /a [hello]", std::string(kNextSeen)}));
}

TEST_P(Http1Expectations, AreMetForChunkedBodies) {
  Describe("INP-6", "Of any case, and for a chunked body", "100, then 200", "RFC 9110, 10.1.1");
  ServeApplications(GetParam());
  auto connection = Waiting("/a", "Transfer-Encoding: chunked\r\nExpect: 100-Continue\r\n");
  EXPECT_EQ(Need(connection.ReadUntil("\r\n\r\n", Soon())), kContinue);
  Need(connection.Send("5\r\nhello\r\n0\r\n\r\n" + Next()));
  EXPECT_EQ(Need(connection.ReadAnswer(Soon())).status, 200);
  EXPECT_EQ(Need(connection.ReadAnswer(Soon())).status, 200);
  EXPECT_EQ(Seen(), (std::vector<std::string>{"POST /a [hello]", std::string(kNextSeen)}));
}

TEST_P(Http1Expectations, AreNotMetForHttp10) {
  Describe("RFC 9110, 10.1.1", "HTTP/1.0 knows no interim answers", "200 and no 100");
  ServeApplications(GetParam(), "", Company::Alone);
  auto connection = Connect();
  const std::string head =
      "POST /a HTTP/1.0\r\nHost: shapes.example\r\nContent-Length: 5\r\nExpect: "
      "100-continue\r\n\r\n";
  Need(connection.Send(head + "hello"));
  const std::string answer = Need(connection.ReadToEnd(Soon()));
  Found(answer.substr(0, answer.find('\r')));
  const std::string line = answer.substr(0, answer.find('\r'));
  const bool may_be_older = !hosts_under_test::IsEngineChosen();
  EXPECT_TRUE(line == "HTTP/1.1 200 OK" || (may_be_older && line == "HTTP/1.0 200 OK")) << answer;
  EXPECT_EQ(Seen(), std::vector<std::string>{"POST /a [hello]"});

  // Whoever reads this body meets its end, and would have sent 100 before.
  auto broken_off = Connect();
  Need(broken_off.Send(head + "hel"));
  broken_off.FinishSending();
  const std::string behind_it = Need(broken_off.ReadToEnd(Soon()));
  EXPECT_FALSE(behind_it.starts_with("HTTP/1.1 100 ")) << behind_it;
}

TEST_P(Http1Expectations, AreNotMetWithoutABody) {
  Describe("RFC 9110, 10.1.1", "A request without a body waits for nothing", "200 and no 100");
  EndIfFreeToChoose("100 may be answered to any client of HTTP/1.1 that says that it expects it");
  ServeApplications(GetParam());
  const auto answers = Ask(Get("/a", "Expect: 100-continue\r\n") + Next(), 2);
  ASSERT_EQ(answers.size(), 2U);
  Found(std::to_string(answers[0].status));
  EXPECT_EQ(answers[0].status, 200);
  EXPECT_EQ(Seen(), (std::vector<std::string>{"GET /a []", std::string(kNextSeen)}));
}

TEST_P(Http1Expectations, OfARefusedBodyAreAnsweredWithTheRefusal) {
  Describe("RFC 9110, 10.1.1", "413 instead of 100, and no body is waited for", "413, closed");
  ServeApplications(GetParam(), "LimitRequestBody 4");
  const auto answer = AnswerTo("/a", "Content-Length: 5\r\nExpect: 100-continue\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 413 ")) << answer;
  EXPECT_EQ(Seen(), std::vector<std::string>{});
}

TEST_P(Http1Expectations, OfAChunkedBodyThatIsNotEnabledAreAnsweredWith411) {
  Describe("ERR-16", "411 instead of 100, and no body is waited for", "411, closed");
  ServeApplications(GetParam(), "WSGIChunkedRequest Off");
  const auto answer = AnswerTo("/a", "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 411 ")) << answer;
}

TEST_P(Http1Expectations, ThatAreNotKnownAre417) {
  Describe("RFC 9110, 10.1.1", "Another expectation is refused", "417, closed");
  EndIfFreeToChoose("417 may be answered to an expectation that is not known");
  ServeApplications(GetParam());
  for (const std::string_view other : {"200-ok", "100-continue, more", "100-continue;a=b"}) {
    const auto answer = AnswerTo("/a", fmt::format("Content-Length: 5\r\nExpect: {}\r\n", other));
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 417 ")) << other << ": " << answer;
  }
  EXPECT_EQ(Seen(), std::vector<std::string>{});
}

TEST_P(Http1Expectations, OfABodyThatNobodyReadsEndTheConnection) {
  Describe("INP-6",
           "Embedded: without a read no 100, and the connection ends; daemon: 100 always",
           "200 without 100; or 100");
  ServeApplications(GetParam());
  auto connection = Waiting("/answer/unread", "Content-Length: 5\r\nExpect: 100-continue\r\n");
  if (GetParam().process == ProcessKind::Daemon) {
    EXPECT_EQ(Need(connection.ReadUntil("\r\n\r\n", Soon())), kContinue);
    Need(connection.Send("hello"));
    EXPECT_EQ(Need(connection.ReadAnswer(Soon())).body, "unread");
    return;
  }
  if (!hosts_under_test::IsEngineChosen()) {  // Apache waits for the body then
    EXPECT_EQ(Need(connection.ReadAnswer(Soon())).status, 200);
    return;
  }
  const auto answer = Need(connection.ReadToEnd(Soon()));
  Found(answer.substr(0, answer.find('\r')));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\nunread")) << answer;
  EXPECT_NE(answer.find("\r\nConnection: close\r\n"), std::string::npos) << answer;
}

TEST_P(Http1Expectations, ArriveInPieces) {
  Describe("RFC 9112, 2.2", "A request whose bytes come one by one is the same request", "200");
  ServeApplications(GetParam());
  auto connection = Connect();
  auto beside = Connect();
  constexpr int kNowAndThen = 5;
  int sent = 0;
  for (const char byte : Chunked("/a", "2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\nT: t\r\n\r\n") + Next()) {
    Need(connection.Send(std::string_view(&byte, 1)));
    if (++sent % kNowAndThen != 0) continue;
    // Who is answered meanwhile was not before: what has come until now is not read together with what comes.
    Need(beside.Send(Get("/answer/length")));
    EXPECT_EQ(Need(beside.ReadAnswer(Soon())).status, 200);
  }
  EXPECT_EQ(Need(connection.ReadAnswer(Soon())).status, 200);
  EXPECT_EQ(Need(connection.ReadAnswer(Soon())).status, 200);
  const auto seen = Seen();
  Found(fmt::format("{} requests", seen.size()));
  EXPECT_EQ(seen, (std::vector<std::string>{"POST /a [hello]", std::string(kNextSeen)}));
}

INSTANTIATE_TEST_SUITE_P(Suite,
                         Http1Expectations,
                         testing::ValuesIn(kPlaces),
                         [](const auto& parameter) { return NameOf(parameter.param); });

}  // namespace suites::http1
