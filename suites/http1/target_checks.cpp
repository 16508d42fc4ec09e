// Http1Targets: what a target becomes on its way to the application: decoded, its slashes and dot segments resolved,
// its query untouched; the four forms of it; methods. Http1Hosts: which virtual host answers.
// RFC 9112 3, RFC 9110 9, RFC 3986 5.2.4, LOAD-2, ENV-6, ENV-8.

#include <fmt/format.h>

#include "suites/hosts_under_test/kept_host.h"
#include "suites/http1/row.h"

namespace suites::http1 {

namespace {

constexpr std::string_view kEscapes = "RFC 3986, 2.1";
constexpr std::string_view kDots = "RFC 3986, 5.2.4";

Row Seen(std::string name,
         std::string_view rule,
         std::string title,
         std::string_view target,
         std::string_view seen) {
  return {.name = std::move(name),
          .rule = std::string(rule),
          .title = std::move(title),
          .request = Get(target) + Next(),
          .answers = {200, 200},
          .seen = {fmt::format("GET {}", seen), std::string(kNextSeen)}};
}

Row Method(std::string name, std::string title, std::string_view method) {
  return {.name = std::move(name),
          .rule = "RFC 9110, 9.1",
          .title = std::move(title),
          .request = Request(fmt::format("{} /a", method)) + Next(),
          .answers = {200, 200},
          .seen = {fmt::format("{} /a []", method), std::string(kNextSeen)},
          .allowed = {{.answers = {kRefused}}}};  // one that it does not know
}

// The same, and what other hosts may show to the application instead.
Row SeenOr(Row row, std::string_view seen) {
  row.allowed = {
      {.answers = {200, 200}, .seen = {fmt::format("GET {}", seen), std::string(kNextSeen)}}};
  return row;
}

// Dot segments may be resolved (RFC 3986, 6.2.2.3), and need not be.
Row Resolved(std::string name, std::string title, std::string_view target, std::string_view seen) {
  Row row = Seen(std::move(name), kDots, std::move(title), target, seen);
  row.choice = "whether dot segments are resolved";
  return row;
}

Row OfQuery(Row row) {
  row.standard = "PEP 3333, environ Variables";
  return row;
}

std::vector<Row> TargetRows() {
  return {
      Seen("Blank", kEscapes, "%20 is a blank", "/a%20b", "/a b []"),
      Seen("Letter", kEscapes, "an escaped letter is the letter", "/%61b", "/ab []"),
      Seen("EitherCase", kEscapes, "digits of either case", "/%c3%A9", "/\\xc3\\xa9 []"),
      Seen("Percent", kEscapes, "decoded once", "/a%2541", "/a%41 []"),
      Seen("Question",
           kEscapes,
           "an escaped question mark is part of the path",
           "/a%3Fb",
           "/a?b []"),
      Seen("Semicolon", kEscapes, "parameters stay", "/a;v=1/b", "/a;v=1/b []"),
      Seen("Plus", kEscapes, "a plus is a plus", "/a+b", "/a+b []"),
      Seen("Slashes", "LOAD-2", "runs of slashes are one", "//a///b//", "/a/b/ []"),
      Resolved("Dot", "a single dot goes", "/a/./b/.", "/a/b/ []"),
      Resolved("TwoDots", "two dots take a segment", "/a/b/../c/..", "/a/ []"),
      Resolved("EscapedDots", "escaped dots, too", "/a/%2e%2E/b", "/b []"),
      Seen("DotsInNames", kDots, "dots in names stay", "/..a/.b/c..", "/..a/.b/c.. []"),
      Resolved("DotsAbove", "nothing is above the root", "/../../a", "/a []"),
      OfQuery(Seen(
          "Query", "ENV-2", "a query is not decoded", "/a?b=%20c&d=%2F", "/a?b=%20c&d=%2F []")),
      OfQuery(Seen("QueryOfPaths", "ENV-2", "nor resolved", "/a?b//../c?d", "/a?b//../c?d []")),
      OfQuery(Seen("QueryEmpty", "ENV-2", "an empty query", "/a?", "/a []")),
      Seen("Absolute", "RFC 9112, 3.2.2", "absolute form", "http://shapes.example/a?b", "/a?b []"),
      SeenOr(
          Seen("AbsoluteBare", "RFC 9112, 3.2.2", "no path is /", "http://shapes.example", "/ []"),
          " []"),
      SeenOr(Seen("AbsoluteQuery",
                  "RFC 9112, 3.2.2",
                  "no path, a query",
                  "http://shapes.example?b",
                  "/?b []"),
             "?b []"),
      SeenOr(Seen("AbsoluteUpper",
                  "RFC 9110, 4.2.3",
                  "scheme and host have no case",
                  "HTTP://Shapes.Example/a",
                  "/a [] HTTP_HOST=Shapes.Example"),
             "/a []"),
      Seen("AbsolutePort",
           "RFC 9112, 3.2.2",
           "the target's host and port instead of the header's",
           "http://target.example:81/a",
           "/a [] HTTP_HOST=target.example:81"),
      [] {
        const std::string target = "/a?" + std::string(7'997, 'q');
        Row row = Seen("Long", "RFC 9110, 4.1", "a target of 8,000 bytes", target, target + " []");
        row.level = Level::Should;
        return row;
      }(),
      {.name = "EscapedSlash",
       .rule = "LOAD-2",
       .title = "404 for an escaped slash of either case",
       .request = Get("/a%2fb") + Get("/a%2Fb") + Next(),
       .answers = {404, 404, 200},
       .seen = {std::string(kNextSeen)}},
      {.name = "EscapedSlashInAQuery",
       .rule = "LOAD-2",
       .title = "in a query it is none",
       .request = Get("/a?b%2fc") + Next(),
       .answers = {200, 200},
       .seen = {"GET /a?b%2fc []", std::string(kNextSeen)}},
      {.name = "Asterisk",
       .rule = "RFC 9110, 9.3.7",
       .title = "OPTIONS * asks the server, not an application",
       .request = Request("OPTIONS *") + Next(),
       .answers = {200, 200},
       .seen = {std::string(kNextSeen)},
       .has = {"Content-Length: 0"},
       .body = "",
       .choice = "whether an application answers for its server"},
      Method("MethodOptions", "OPTIONS with a path is the application's", "OPTIONS"),
      Method("MethodUnknown", "an unknown method is the application's", "FROB"),
      Method("MethodLower", "methods have case", "get"),
      Method("MethodToken", "any token is a method", "M-SEARCH!#$%&'*+.^_`|~0"),
      Method("MethodDelete", "a method without a body", "DELETE"),
      Method("MethodPatch", "a method that has none this time", "PATCH"),
  };
}

// ---- virtual hosts ----

struct Choice {
  std::string_view name;
  std::string_view title;
  std::string_view request;
  std::string_view body;
};

constexpr Choice kChoices[] = {
    {"Name", "by ServerName", "GET /w HTTP/1.1\r\nHost: two.example\r\n", "two"},
    {"NameAnyCase", "names have no case", "GET /w HTTP/1.1\r\nHost: TWO.Example\r\n", "two"},
    {"NameAndPort",
     "the port is no part of it",
     "GET /w HTTP/1.1\r\nHost: two.example:8\r\n",
     "two"},
    {"Alias", "by ServerAlias", "GET /w HTTP/1.1\r\nHost: deux.example\r\n", "two"},
    {"AliasPattern", "by a pattern", "GET /w HTTP/1.1\r\nHost: a.b.zwei.example\r\n", "two"},
    {"Unknown",
     "the first one for an unknown name",
     "GET /w HTTP/1.1\r\nHost: x.example\r\n",
     "one"},
    {"Address", "the first one for an address", "GET /w HTTP/1.1\r\nHost: 127.0.0.1\r\n", "one"},
    {"NoHost", "the first one for HTTP/1.0 without a Host", "GET /w HTTP/1.0\r\n", "one"},
    {"Http10Host", "HTTP/1.0 may have a Host", "GET /w HTTP/1.0\r\nHost: two.example\r\n", "two"},
    {"Absolute",
     "the target's host, not the header's",
     "GET http://two.example/w HTTP/1.1\r\nHost: one.example\r\n",
     "two"},
    {"AbsoluteHttp10", "the target's host", "GET http://two.example/w HTTP/1.0\r\n", "two"},
};

class Http1Targets : public RowCheck {};
class Http1Hosts : public Http1Check,
                   public testing::WithParamInterface<std::tuple<Choice, Place>> {};

std::string VirtualHost(std::string_view names, std::string_view script) {
  return fmt::format("<VirtualHost *:*>\n{}\nWSGIScriptAlias / {{stage}}/{}.wsgi\n</VirtualHost>\n",
                     names,
                     script);
}

}  // namespace

TEST_P(Http1Targets, Row) {
  Play();
}
INSTANTIATE_TEST_SUITE_P(Suite,
                         Http1Targets,
                         testing::Combine(testing::ValuesIn(SideBySide(TargetRows())),
                                          testing::ValuesIn(kPlacesMain)),
                         NameOfRow);

TEST_P(Http1Hosts, Choice) {
  const auto& [choice, place] = GetParam();
  About({.rule = "RFC 9110, 7.2",
         .title = fmt::format("A virtual host is chosen: {}", choice.title),
         .expected = choice.body,
         .mode = ModeOf(place)});
  hosts_under_test::Staging staging = {
      .configuration =
          PlacedIn(place) + VirtualHost("ServerName one.example", "one") +
          VirtualHost("ServerName two.example\nServerAlias deux.example *.zwei.example", "two")};
  for (const std::string_view name : {"one", "two"}) {
    staging.files.push_back({fmt::format("{}.wsgi", name),
                             fmt::format("def application(environ, start_response):\n"
                                         "    start_response('200 OK', [('Content-Length', '3')])\n"
                                         "    return [b'{}']\n",
                                         name)});
  }
  ServeShared(staging);
  const auto answers = Ask(fmt::format("{}Connection: close\r\n\r\n", choice.request));
  ASSERT_EQ(answers.size(), 1U);
  Found(answers[0].body);
  EXPECT_EQ(answers[0].body, choice.body);
}
INSTANTIATE_TEST_SUITE_P(Suite,
                         Http1Hosts,
                         testing::Combine(testing::ValuesIn(kChoices),
                                          testing::ValuesIn(kPlacesMain)),
                         [](const auto& parameter) {
                           return fmt::format("{}_{}",
                                              std::get<0>(parameter.param).name,
                                              NameOf(std::get<1>(parameter.param)));
                         });

}  // namespace suites::http1
