#include "suites/http1/row.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <iterator>

#include "hosts/base/files.h"
#include "suites/hosts_under_test/eventually.h"
#include "suites/hosts_under_test/kept_host.h"
#include "suites/http1/answers.h"

namespace suites::http1 {

using client::Answer;
using client::RawConnection;
using hosts_under_test::EndUnlessOffered;
using hosts_under_test::Need;
using hosts_under_test::Soon;
using hosts_under_test::Staging;

namespace {

constexpr std::string_view kAnswers = R"(def application(environ, start_response):
    path = environ['PATH_INFO']
    plain = ('Content-Type', 'text/plain')
    if path == '/length':
        start_response('200 OK', [plain, ('Content-Length', '5')])
        return [b'hello']
    if path == '/stream':
        start_response('200 OK', [plain])
        return iter([b'hel', b'lo'])
    if path == '/dated':
        start_response('200 OK', [('Date', 'Sun, 06 Nov 1994 08:49:37 GMT'), ('Content-Length', '0')])
        return []
    if path == '/unread':
        start_response('200 OK', [plain, ('Content-Length', '6')])
        return [b'unread']
    if path == '/raises':
        raise ValueError('on purpose')
    start_response(path[1:] + ' Status', [('ETag', '"x"')])
    return []
)";

// For hosts that have one script: it calls the other two by their URLs.
constexpr std::string_view kBoth = R"(import os
def load(name):
    script = os.path.join(os.path.dirname(__file__), name)
    names = {'__name__': name, '__file__': script}
    with open(script, encoding='utf-8') as text:
        exec(compile(text.read(), script, 'exec'), names)
    return names['application']
ANSWER, SEEN = load('answer.wsgi'), load('seen.wsgi')
def application(environ, start_response):
    path = environ['PATH_INFO']
    if path == '/answer' or path.startswith('/answer/'):
        environ['SCRIPT_NAME'] += '/answer'
        environ['PATH_INFO'] = path[len('/answer'):]
        return ANSWER(environ, start_response)
    return SEEN(environ, start_response)
)";

std::vector<std::string> LinesOf(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::vector<int> StatusesOf(const std::vector<Answer>& answers) {
  std::vector<int> statuses;
  for (const Answer& answer : answers)
    statuses.push_back(answer.status);
  return statuses;
}

std::string InWords(const std::vector<int>& statuses, const std::vector<std::string>& seen) {
  return fmt::format("{}; seen: {}",
                     statuses.empty() ? "no answer" : fmt::format("{}", fmt::join(statuses, " ")),
                     seen.empty() ? "nothing" : fmt::format("{}", fmt::join(seen, ", ")));
}

}  // namespace

void PrintTo(const Row& row, std::ostream* out) {
  *out << row.name;
}
std::string NameOfRow(const testing::TestParamInfo<RowInPlace>& parameter) {
  const auto& [row, place] = parameter.param;
  return fmt::format("{}_{}", row.name, NameOf(place));
}

std::vector<Row> SideBySide(std::vector<Row> rows) {
  std::ranges::stable_sort(rows, {}, &Row::directives);
  return rows;
}

std::string Request(std::string_view line, std::string_view headers, std::string_view body) {
  return fmt::format("{} HTTP/1.1\r\nHost: shapes.example\r\n{}\r\n{}", line, headers, body);
}
std::string Get(std::string_view target, std::string_view headers) {
  return Request(fmt::format("GET {}", target), headers);
}
std::string Post(std::string_view target, std::string_view body, std::string_view headers) {
  return Request(fmt::format("POST {}", target),
                 fmt::format("Content-Length: {}\r\n{}", body.size(), headers),
                 body);
}
std::string Chunked(std::string_view target, std::string_view chunks) {
  return Request(fmt::format("POST {}", target), "Transfer-Encoding: chunked\r\n", chunks);
}
std::string Next() {
  return Get("/next", "Connection: close\r\n");
}

bool HasLine(const Answer& answer, std::string_view line) {
  return std::ranges::any_of(answer.headers, [&](const auto& header) {
    return header.first == line || fmt::format("{}: {}", header.first, header.second) == line;
  });
}

void Http1Check::ServeApplications(const Place& place,
                                   std::string_view directives,
                                   Company company) {
  EndUnlessOffered(place, directives);
  const Staging staging = {
      .configuration = fmt::format("{}WSGIChunkedRequest On\n{}\n"
                                   "WSGIScriptAlias /answer {{stage}}/answer.wsgi\n"
                                   "WSGIScriptAlias / {{stage}}/seen.wsgi\n",
                                   PlacedIn(place),
                                   directives),
      .files = {{"answer.wsgi", std::string(kAnswers)},
                {"seen.wsgi", Need(hosts::base::ReadFile(WSGILAB_SEEN))},
                {"both.wsgi", std::string(kBoth)}},
      .script = "both.wsgi",
      .url = "/"};
  if (company == Company::Alone) {
    Serve(staging);
  } else {
    ServeShared(staging);
  }
  EXPECT_EQ(LinesAt("/begin"), std::vector<std::string>{}) << "of the checks before on this host";
}

RawConnection Http1Check::Connect() const {
  return Need(RawConnection::Open(host().port()));
}

std::vector<Answer> Http1Check::Ask(std::string_view bytes, bool client_ends, bool is_head) const {
  auto connection = Connect();
  const auto sent = connection.Send(bytes);
  const bool is_refused_early = !sent && sent.error().kind == hosts::base::ErrorKind::Closed;
  if (!is_refused_early) Need(sent);
  if (client_ends) connection.FinishSending();
  return Need(AnswersIn(Need(connection.ReadToEnd(Soon())), is_head));
}

std::vector<std::string> Http1Check::LinesAt(std::string_view path) const {
  const auto answers = Ask(Get(path, "Connection: close\r\n"));
  return answers.empty() ? std::vector<std::string>{"the host does not answer"}
                         : LinesOf(answers.front().body);
}

void RowCheck::Play() {
  const auto& [row, place] = GetParam();
  About({.rule = row.rule,
         .title = row.title,
         .expected = InWords(row.answers, row.seen),
         .mode = ModeOf(place),
         .level = row.level});
  ServeApplications(place, row.directives, row.client_ends ? Company::Alone : Company::Shared);

  const auto answers = Ask(row.request, row.client_ends, row.is_head);
  auto seen = Seen();
  // A body that breaks off is answered by a daemon's front, maybe before the application has met its end.
  (void)hosts_under_test::Eventually(
      [&seen, &wanted = row.seen, this] {
        if (seen.size() >= wanted.size()) return true;
        std::ranges::copy(Seen(), std::back_inserter(seen));
        return false;
      },
      Soon());
  Found(InWords(StatusesOf(answers), seen));
  EXPECT_EQ(StatusesOf(answers), row.answers);
  EXPECT_EQ(seen, row.seen);
  const auto first = std::ranges::find_if(answers, [](const Answer& a) { return a.status >= 200; });
  if (first == answers.end()) return;
  for (const std::string_view line : row.has)
    EXPECT_TRUE(HasLine(*first, line)) << line << " is missing";
  for (const std::string_view line : row.lacks)
    EXPECT_FALSE(HasLine(*first, line)) << line << " is there";
  if (row.body) {
    EXPECT_EQ(first->body, *row.body);
  }
}

}  // namespace suites::http1
