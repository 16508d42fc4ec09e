#include "suites/http1/row.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <iterator>

#include "hosts/base/files.h"
#include "suites/hosts_under_test/chosen_host.h"
#include "suites/hosts_under_test/eventually.h"
#include "suites/hosts_under_test/head_lines.h"
#include "suites/hosts_under_test/kept_host.h"
#include "suites/http1/answers.h"

namespace suites::http1 {

using client::Answer;
using client::RawConnection;
using hosts::base::Deadline;
using hosts::base::ErrorKind;
using hosts_under_test::EndUnlessOffered;
using hosts_under_test::HasLine;
using hosts_under_test::Need;
using hosts_under_test::Soon;
using hosts_under_test::Staging;

namespace {

// How long a host that is not the engine is watched when there is nothing to wait for but more of it.
constexpr std::chrono::milliseconds kWaits{500};

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

size_t CountFinal(const std::vector<int>& statuses) {
  return static_cast<size_t>(std::ranges::count_if(statuses, IsFinal));
}

std::string InWords(int status) {
  return status == kRefused ? "4xx" : std::to_string(status);
}

std::string InWords(const std::vector<int>& statuses, const std::vector<std::string>& seen) {
  std::vector<std::string> words;
  for (const int status : statuses)
    words.push_back(InWords(status));
  return fmt::format("{}; seen: {}",
                     words.empty() ? "no answer" : fmt::format("{}", fmt::join(words, " ")),
                     seen.empty() ? "nothing" : fmt::format("{}", fmt::join(seen, ", ")));
}

std::string ExpectationOf(const Row& row) {
  std::string text = InWords(row.answers, row.seen);
  if (hosts_under_test::IsEngineChosen()) return text;
  for (const Outcome& outcome : row.allowed)
    text += fmt::format("; or {}", InWords(outcome.answers, outcome.seen));
  return text + (row.may_wait ? "; or it waits" : "");
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
      .url = "/",
      .process_group = place.process == hosts::deployment::ProcessKind::Daemon ? "one" : "",
      .application_group =
          place.interpreter == hosts::deployment::InterpreterKind::Sub ? "sub" : ""};
  if (company == Company::Alone) {
    Serve(staging);
  } else {
    ServeShared(staging);
  }
  const auto of_before = LinesAt("/begin");
  if (hosts_under_test::IsEngineChosen()) {
    EXPECT_EQ(of_before, std::vector<std::string>{}) << "of the checks before on this host";
  }
}

RawConnection Http1Check::Connect() const {
  return Need(RawConnection::Open(host().port()));
}

void Http1Check::About(const hosts_under_test::Subject& subject) const {
  Check::About(subject);
  hosts_under_test::EndUnlessHeldTo(subject.rule);
}

std::vector<Answer> Http1Check::Ask(std::string_view bytes,
                                    size_t finals,
                                    bool client_ends,
                                    bool is_head) const {
  auto connection = Connect();
  const auto sent = connection.Send(bytes);
  const bool is_refused_early = !sent && sent.error().kind == ErrorKind::Closed;
  if (!is_refused_early) Need(sent);
  if (client_ends) connection.FinishSending();
  if (hosts_under_test::IsEngineChosen()) {
    return Need(AnswersIn(Need(connection.ReadToEnd(Soon())), is_head));
  }
  const auto are_there = [&](std::string_view received) {
    const auto answers = AnswersIn(received, is_head);
    return answers && CountFinal(StatusesOf(*answers)) >= finals;
  };
  const auto begun = connection.ReadUntilEnough(are_there, Soon());
  // A request behind the last one that should be answered: is it?
  const bool has_more = begun && bytes.ends_with(Next()) && finals == 1;
  if (has_more) {
    ++finals;
    (void)connection.ReadUntilEnough(are_there, Deadline::After(kWaits));
  }
  if (begun && !client_ends) connection.FinishSending();
  const auto all = connection.ReadToEnd(Soon());
  if (all) return Need(AnswersIn(*all, is_head));
  const std::string some = connection.TakeReceived();
  if (some.empty()) Need(hosts::base::Result<void>(all.error()));
  ADD_FAILURE() << "it neither answered to the end nor closed the connection: "
                << all.error().Text();
  return Need(AnswersIn(some, is_head));
}

std::vector<std::string> Http1Check::LinesAt(std::string_view path) const {
  const auto answers = Ask(Get(path, "Connection: close\r\n"));
  return answers.empty() ? std::vector<std::string>{"the host does not answer"}
                         : LinesOf(answers.front().body);
}

std::vector<std::string> Http1Check::Seen() const {
  auto lines = LinesAt("/seen");
  if (!hosts_under_test::
          IsEngineChosen()) {  // others may go on with a request that they have answered
    std::erase_if(lines, [](const std::string& line) { return line.starts_with("of before: "); });
  }
  return lines;
}

void RowCheck::JudgeFirst(const std::vector<Answer>& answers) const {
  const Row& row = std::get<0>(GetParam());
  const auto first = std::ranges::find_if(answers, [](const Answer& a) { return a.status >= 200; });
  const auto expected = std::ranges::find_if(row.answers, IsFinal);
  const bool is_comparable =
      first != answers.end() && expected != row.answers.end() && Fits(first->status, *expected);
  if (!is_comparable) return;
  const auto expect_lines = [&](const auto& has, const auto& lacks) {
    for (const std::string_view line : has)
      EXPECT_TRUE(HasLine(*first, line)) << line << " is missing";
    for (const std::string_view line : lacks)
      EXPECT_FALSE(HasLine(*first, line)) << line << " is there";
  };
  expect_lines(row.has, row.lacks);
  if (hosts_under_test::IsEngineChosen()) {
    expect_lines(row.ours_has, row.ours_lacks);
    EXPECT_EQ(first->version, "HTTP/1.1");
  }
  if (row.body) {
    EXPECT_EQ(first->body, *row.body);
  }
}

void RowCheck::Play() {
  const auto& [row, place] = GetParam();
  const bool is_ours = hosts_under_test::IsEngineChosen();
  About({.rule = hosts_under_test::RuleFor(row.rule, row.standard),
         .title = row.title,
         .expected = ExpectationOf(row),
         .mode = ModeOf(place),
         .level = row.level});
  hosts_under_test::EndIfFreeToChoose(row.choice);
  const bool may_wait = !is_ours && row.may_wait;
  ServeApplications(
      place, row.directives, row.client_ends || may_wait ? Company::Alone : Company::Shared);

  std::vector<Answer> answers;
  std::optional<RawConnection> waiting;  // until it has been asked what was seen
  if (!may_wait) {
    answers = Ask(row.request, CountFinal(row.answers), row.client_ends, row.is_head);
  } else {
    waiting.emplace(Connect());
    Need(waiting->Send(row.request));
    const auto all = waiting->ReadToEnd(Deadline::After(kWaits));
    answers = Need(AnswersIn(all ? *all : waiting->TakeReceived(), row.is_head));
  }
  auto seen = Seen();
  // A body that breaks off is answered by a daemon's front, maybe before the application has met its end.
  (void)hosts_under_test::Eventually(
      [&seen, &wanted = row.seen, this] {
        if (seen.size() >= wanted.size()) return true;
        std::ranges::copy(Seen(), std::back_inserter(seen));
        return false;
      },
      is_ours ? Soon() : Deadline::After(kWaits));
  const auto statuses = StatusesOf(answers);
  Found(InWords(statuses, seen));
  const auto fits = [&](const Outcome& outcome) { return IsAllowed(statuses, seen, outcome); };
  const bool is_allowed =
      !is_ours && (fits({row.answers, row.seen}) || std::ranges::any_of(row.allowed, fits) ||
                   (may_wait && fits(Outcome{})));
  if (!is_allowed) {
    EXPECT_EQ(statuses, row.answers);
    EXPECT_EQ(seen, row.seen);
  }
  JudgeFirst(answers);
}

}  // namespace suites::http1
