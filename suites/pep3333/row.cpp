#include "suites/pep3333/row.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <strings.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <sstream>

#include "suites/client/answer_parser.h"
#include "suites/hosts_under_test/chosen_host.h"
#include "suites/hosts_under_test/eventually.h"
#include "suites/hosts_under_test/head_lines.h"
#include "suites/hosts_under_test/kept_host.h"

namespace suites::pep3333 {

using client::Answer;
using client::RawConnection;
using hosts::base::Deadline;
using hosts::base::ErrorKind;
using hosts::base::Result;
using hosts_under_test::EndCheck;
using hosts_under_test::EndUnlessOffered;
using hosts_under_test::Eventually;
using hosts_under_test::HasLine;
using hosts_under_test::IsEngineChosen;
using hosts_under_test::IsOfAStandard;
using hosts_under_test::Need;
using hosts_under_test::ReadsDirectives;
using hosts_under_test::Soon;

namespace {

// How long a host that is not the engine is watched for what must not come.
constexpr std::chrono::milliseconds kWaits{500};

constexpr std::string_view kPreamble = R"(import sys
TOLD = []
def tell(text):
    TOLD.append(str(text))
def say(start_response, text):
    body = str(text).encode('latin-1')
    start_response('200 OK', [('Content-Type', 'text/plain'), ('Content-Length', str(len(body)))])
    return [body]
def raised(call, *arguments):
    try:
        call(*arguments)
    except BaseException as error:
        return type(error).__name__
    return 'nothing'
def application(environ, start_response):
    if environ['PATH_INFO'] == '/told':
        return say(start_response, ','.join(TOLD))
    if environ['PATH_INFO'] == '/offers':
        return say(start_response, environ['QUERY_STRING'] in environ)
    return subject(environ, start_response)
)";

// Loads the script that /begin names, afresh, and is that from then on.
constexpr std::string_view kLoader = R"(import gc, os
ROW = {}
def load(name):
    script = os.path.join(os.path.dirname(__file__), name)
    with open(script, encoding='utf-8') as text:
        code = compile(text.read(), script, 'exec')
    names = {'__name__': __name__, '__file__': script}
    exec(code, names)
    return names
def application(environ, start_response):
    global ROW
    if environ['PATH_INFO'] == '/begin':
        ROW = {}
        gc.collect()
        ROW = load(environ['QUERY_STRING'])
        return ROW['say'](start_response, 'begun')
    return ROW['application'](environ, start_response)
)";

constexpr std::string_view kCut = "<cut>";
constexpr std::string_view kBad = "<bad>";

// A body in chunked coding, as Row has it.
std::string Decoded(std::string_view bytes) {
  std::string body;
  while (true) {
    const auto chunk = client::TakeChunk(bytes);
    if (!chunk) return body.append(chunk.error().kind == ErrorKind::Closed ? kCut : kBad);
    if (chunk->empty()) return bytes.empty() ? body : body.append(kBad);
    body += *chunk;
  }
}

// Whether this is all of the body that the answer's head announces, or no more of it can come.
bool IsWhole(const Answer& answer, bool is_of_head, std::string_view body) {
  constexpr int kNoContent = 204;
  constexpr int kNotModified = 304;
  if (is_of_head || answer.status == kNoContent || answer.status == kNotModified) return true;
  if (answer.Header("Transfer-Encoding") == "chunked") return !Decoded(body).ends_with(kCut);
  const auto size = client::ParseLength(answer.Header("Content-Length"));
  return size && body.size() >= *size;
}

// What of a list of words is one of these, in the list's order.
std::string Among(std::string_view words, const std::string& list) {
  const auto items_of = [](std::string_view text) {
    std::vector<std::string> items;
    std::istringstream rest{std::string(text)};
    for (std::string item; std::getline(rest, item, ',');)
      items.push_back(item);
    return items;
  };
  std::vector<std::string> found = items_of(list);
  const auto wanted = items_of(words);
  std::erase_if(found,
                [&](const auto& item) { return std::ranges::find(wanted, item) == wanted.end(); });
  return fmt::format("{}", fmt::join(found, ","));
}

// Whether the chosen host is held to what a standard says of the row, and to no more.
bool IsHeldToTheStandardAlone(const Row& row) {
  return !ReadsDirectives() || (!IsEngineChosen() && IsOfAStandard(row.rule));
}

// The row, or what of it the chosen host is held to.
Row HeldTo(Row row) {
  if (!row.standard || !IsHeldToTheStandardAlone(row)) return row;
  const Standard standard = *row.standard;
  if (!standard.section.empty()) row.rule = standard.section;
  row.level = std::max(row.level, standard.level);
  row.status = standard.status.value_or(row.status);
  row.has = standard.has.value_or(row.has);
  row.lacks = standard.lacks.value_or(row.lacks);
  row.told = standard.told.value_or(row.told);
  row.logged = standard.logged.value_or(row.logged);
  return row;
}

std::string Filled(std::string_view text, const Place& place) {
  std::string filled(text);
  for (const auto& [name, value] :
       {std::pair{"{group}", place.process == ProcessKind::Daemon ? "one" : ""},
        std::pair{"{interpreter}", place.interpreter == InterpreterKind::Sub ? "sub" : ""}}) {
    const size_t at = filled.find(name);
    if (at != std::string::npos) filled.replace(at, std::string_view(name).size(), value);
  }
  return filled;
}

std::string ExpectationOf(const Row& row) {
  std::string text = row.client == Client::LeavesAfterTheHead ? std::string("the client leaves")
                     : row.status == kWhatever                ? std::string("any answer, or none")
                     : row.status == kAnyStatus
                         ? std::string("any answer of HTTP")
                         : fmt::format("{} and '{}'", row.status, row.body.substr(0, 80));
  if (!row.has.empty()) text += fmt::format(", with {}", fmt::join(row.has, ", "));
  if (!row.lacks.empty()) text += fmt::format(", without {}", fmt::join(row.lacks, ", "));
  if (!row.told.empty()) text += fmt::format(", told: {}", row.told);
  if (row.standard && !row.standard->not_told.empty() && IsHeldToTheStandardAlone(row)) {
    text += fmt::format(", not told: {}", row.standard->not_told);
  }
  if (!row.logged.empty()) text += fmt::format(", logged: {}", row.logged);
  return text;
}

std::string ScriptOf(std::string_view subject) {
  return fmt::format("{}{}", kPreamble, subject);
}

std::string Configuration(const Place& place, std::string_view directives) {
  return fmt::format("{}{}WSGIScriptAlias /app {{stage}}/app.wsgi\n", PlacedIn(place), directives);
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
  return fmt::format(
      "{} HTTP/1.1\r\nHost: check.example\r\nConnection: close\r\n{}\r\n{}", line, headers, body);
}
std::string Get(std::string_view headers) {
  return Request("GET /app", headers);
}
std::string Head() {
  return Request("HEAD /app");
}
std::string Post(std::string_view body, std::string_view headers) {
  return Request("POST /app", fmt::format("Content-Length: {}\r\n{}", body.size(), headers), body);
}
std::string PostChunked(const std::vector<std::string_view>& pieces) {
  std::string body;
  for (const std::string_view piece : pieces)
    body += fmt::format("{:x}\r\n{}\r\n", piece.size(), piece);
  return Request("POST /app", "Transfer-Encoding: chunked\r\n", body + "0\r\n\r\n");
}

std::string Says(std::string_view expression) {
  return fmt::format(
      "def subject(environ, start_response):\n    return say(start_response, ({}))\n", expression);
}
std::string Starts(std::string_view arguments) {
  return fmt::format(
      "def subject(environ, start_response):\n    start_response({})\n    return [b'x']\n",
      arguments);
}

void Pep3333Check::ServeSubject(const Place& place,
                                std::string_view subject,
                                std::string_view directives) {
  EndUnlessOffered(place, directives);
  Serve({.configuration = Configuration(place, directives),
         .files = {{"app.wsgi", ScriptOf(subject)}},
         .script = "app.wsgi",
         .url = "/app",
         .process_group = Filled("{group}", place),
         .application_group = Filled("{interpreter}", place)});
}

void Pep3333Check::ServeSubjectShared(const Place& place,
                                      std::string_view subject,
                                      std::string_view directives) {
  EndUnlessOffered(place, directives);
  ServeShared({.configuration = Configuration(place, directives),
               .files = {{"app.wsgi", std::string(kLoader)}},
               .script = "app.wsgi",
               .url = "/app",
               .process_group = Filled("{group}", place),
               .application_group = Filled("{interpreter}", place)});
  // Named by nobody before: Python keeps the lines of a file that it has shown in a traceback.
  static int count = 0;
  const std::string script = fmt::format("row{}.wsgi", ++count);
  (void)Need(stage().Write(script, ScriptOf(subject)));
  const Answer begun = Ask(Request(fmt::format("GET /app/begin?{}", script)));
  if (begun.body != "begun") EndCheck({ErrorKind::InvalidInput, "the script cannot be loaded"});
  ports_.clear();
}

std::string Pep3333Check::Told() {
  return Ask(Request("GET /app/told")).body;
}

bool Pep3333Check::WillHaveTold(std::string_view told) {
  return Eventually([&] { return Told() == told; }, Soon());
}

std::string Pep3333Check::OwnLog() const {
  std::istringstream lines(Log());
  std::string own;
  for (std::string line; std::getline(lines, line);) {
    const bool is_of_a_client = line.find("] [client ") != std::string::npos;
    const bool is_of_ours = std::ranges::any_of(ports_, [&](int port) {
      return line.find(fmt::format("] [client 127.0.0.1:{}]", port)) != std::string::npos;
    });
    if (!is_of_a_client || is_of_ours) own += line + "\n";
  }
  return own;
}

RawConnection Pep3333Check::Connect() {
  auto connection = Need(RawConnection::Open(host().port()));
  ports_.push_back(connection.LocalPort());
  return connection;
}

void Pep3333Check::About(const hosts_under_test::Subject& subject) const {
  Check::About(subject);
  hosts_under_test::EndUnlessHeldTo(subject.rule);
}

Answer Pep3333Check::Ask(std::string_view request, Client client) {
  return Need(TryToAsk(request, client));
}

Result<Answer> Pep3333Check::TryToAsk(std::string_view request, Client client) {
  auto connection = Connect();
  if (auto sent = connection.Send(request); !sent) return sent.error();
  if (client == Client::Ends) connection.FinishSending();
  auto answer = connection.ReadAnswer(Soon(), RawConnection::Body::None);
  if (!answer) return answer;
  const bool is_of_head = request.starts_with("HEAD");
  const bool is_chunked = answer->Header("Transfer-Encoding") == "chunked" && !is_of_head;
  if (!IsEngineChosen() && client == Client::Stays) {
    const auto is_whole = [&](std::string_view body) { return IsWhole(*answer, is_of_head, body); };
    if (connection.ReadUntilEnough(is_whole, Soon())) {
      // Behind an answer without a body there is none, unless the host is wrong.
      const auto has_more = [](std::string_view body) { return !body.empty(); };
      if (is_whole("")) (void)connection.ReadUntilEnough(has_more, Deadline::After(kWaits));
      connection.FinishSending();
    }
  }
  auto rest = connection.ReadToEnd(Soon());
  if (!rest && (IsEngineChosen() || rest.error().kind != ErrorKind::Timeout)) return rest.error();
  if (!rest) {
    ADD_FAILURE() << "it neither answered to the end nor closed the connection: "
                  << rest.error().Text();
    rest = connection.TakeReceived();
  }
  answer->body = is_chunked ? Decoded(*rest) : *rest;
  return answer;
}

void RowCheck::AskAndJudge(const Row& row) {
  const auto asked = TryToAsk(row.request, row.client);
  const bool is_refused = !asked && asked.error().kind == ErrorKind::Closed;
  const bool may_be_refused =
      row.status == kAnyStatus || (row.status >= 500 && IsHeldToTheStandardAlone(row));
  if (!asked && (row.status == kWhatever || (may_be_refused && is_refused))) {
    Found(asked.error().Text());
    return;
  }
  const Answer answer = Need(asked);
  Found(fmt::format("{} and '{}'", answer.status, answer.body.substr(0, 80)));
  if (row.status > 0) {
    EXPECT_EQ(answer.status, row.status);
    if (row.status < 400 || !row.body.empty()) {  // pages of the server are its own affair
      EXPECT_EQ(answer.body, Filled(row.body, std::get<1>(GetParam())));
    }
  }
  if (IsEngineChosen()) {
    EXPECT_EQ(answer.version, "HTTP/1.1");
  }
  if (row.standard && !row.standard->once.empty() && IsHeldToTheStandardAlone(row)) {
    const std::string once(row.standard->once);
    const auto lines = std::ranges::count_if(answer.headers, [&](const auto& header) {
      return ::strcasecmp(header.first.c_str(), once.c_str()) == 0;
    });
    EXPECT_LE(lines, 1) << once << " is there more than once";
  }
  for (const std::string_view line : row.has)
    EXPECT_TRUE(HasLine(answer, line)) << line << " is missing";
  for (const std::string_view line : row.lacks)
    EXPECT_FALSE(HasLine(answer, line)) << line << " is there";
}

void RowCheck::JudgeWhatWasTold(const Row& row) {
  if (!row.told.empty() && !IsHeldToTheStandardAlone(row)) {
    EXPECT_TRUE(WillHaveTold(row.told)) << "told: " << Told();
  } else if (!row.told.empty()) {
    EXPECT_TRUE(Eventually([&] { return Among(row.told, Told()) == row.told; }, Soon()))
        << "told: " << Told();
  }
  if (row.standard && !row.standard->not_told.empty() && IsHeldToTheStandardAlone(row)) {
    EXPECT_EQ(Among(row.standard->not_told, Told()), "") << "told: " << Told();
  }
  if (!row.logged.empty()) {
    const std::string logged = Filled(row.logged, std::get<1>(GetParam()));
    EXPECT_TRUE(Eventually([&] { return OwnLog().find(logged) != std::string::npos; }, Soon()))
        << logged << " is not in the log";
  }
}

void RowCheck::Play() {
  const auto& [whole, place] = GetParam();
  const Row row = HeldTo(whole);
  const std::string expected = ExpectationOf(row);
  About({.rule = row.rule,
         .title = row.title,
         .expected = expected,
         .mode = ModeOf(place),
         .level = row.level});
  hosts_under_test::EndIfFreeToChoose(row.choice);
  if (row.needs_own_host || row.client != Client::Stays) {
    ServeSubject(place, row.subject, row.directives);
  } else {
    ServeSubjectShared(place, row.subject, row.directives);
  }
  if (!row.optional.empty() && !ReadsDirectives()) {
    const Answer offers = Ask(Request(fmt::format("GET /app/offers?{}", row.optional)));
    if (offers.body != "True") {
      hosts_under_test::NotApplicable(fmt::format("a host need not have {}", row.optional));
    }
  }

  if (row.client != Client::LeavesAfterTheHead) {
    AskAndJudge(row);
  } else {
    auto connection = Connect();
    Need(connection.Send(row.request));
    (void)Need(connection.ReadUntil("\r\n\r\n", Soon()));
    Found("the client left");
  }
  JudgeWhatWasTold(row);
}

}  // namespace suites::pep3333
