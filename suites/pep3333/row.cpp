#include "suites/pep3333/row.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <sstream>

#include "suites/hosts_under_test/eventually.h"
#include "suites/hosts_under_test/kept_host.h"

namespace suites::pep3333 {

using client::Answer;
using client::RawConnection;
using hosts::base::ErrorKind;
using hosts_under_test::EndCheck;
using hosts_under_test::EndUnlessOffered;
using hosts_under_test::Eventually;
using hosts_under_test::Need;
using hosts_under_test::Soon;

namespace {

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

// A body in chunked coding, as Row has it.
std::string Decoded(std::string_view bytes) {
  std::string body;
  while (true) {
    const size_t line = bytes.find("\r\n");
    if (line == std::string_view::npos) return body + "<cut>";
    size_t size = 0;
    std::from_chars(bytes.data(), bytes.data() + line, size, 16);
    bytes.remove_prefix(line + 2);
    if (size == 0) return bytes == "\r\n" ? body : body + "<cut>";
    body += bytes.substr(0, size);
    if (bytes.size() < size + 2) return body + "<cut>";
    bytes.remove_prefix(size + 2);
  }
}

bool HasLine(const Answer& answer, std::string_view line) {
  return std::ranges::any_of(answer.headers, [&](const auto& header) {
    return header.first == line || fmt::format("{}: {}", header.first, header.second) == line;
  });
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
  std::string text = row.client == Client::LeavesAfterTheHead
                         ? std::string("the client leaves")
                         : fmt::format("{} and '{}'", row.status, row.body.substr(0, 80));
  if (!row.has.empty()) text += fmt::format(", with {}", fmt::join(row.has, ", "));
  if (!row.lacks.empty()) text += fmt::format(", without {}", fmt::join(row.lacks, ", "));
  if (!row.told.empty()) text += fmt::format(", told: {}", row.told);
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
         .url = "/app"});
}

void Pep3333Check::ServeSubjectShared(const Place& place,
                                      std::string_view subject,
                                      std::string_view directives) {
  EndUnlessOffered(place, directives);
  ServeShared({.configuration = Configuration(place, directives),
               .files = {{"app.wsgi", std::string(kLoader)}},
               .script = "app.wsgi",
               .url = "/app"});
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

Answer Pep3333Check::Ask(std::string_view request, Client client) {
  auto connection = Connect();
  Need(connection.Send(request));
  if (client == Client::Ends) connection.FinishSending();
  Answer answer = Need(connection.ReadAnswer(Soon(), RawConnection::Body::None));
  const std::string rest = Need(connection.ReadToEnd(Soon()));
  const bool is_chunked = answer.Header("Transfer-Encoding") == "chunked";
  answer.body = is_chunked && !request.starts_with("HEAD") ? Decoded(rest) : rest;
  return answer;
}

void RowCheck::Play() {
  const auto& [row, place] = GetParam();
  const std::string expected = ExpectationOf(row);
  About({.rule = row.rule, .title = row.title, .expected = expected, .mode = ModeOf(place)});
  if (row.needs_own_host || row.client != Client::Stays) {
    ServeSubject(place, row.subject, row.directives);
  } else {
    ServeSubjectShared(place, row.subject, row.directives);
  }

  if (row.client != Client::LeavesAfterTheHead) {
    const Answer answer = Ask(row.request, row.client);
    Found(fmt::format("{} and '{}'", answer.status, answer.body.substr(0, 80)));
    EXPECT_EQ(answer.status, row.status);
    if (row.status < 400 || !row.body.empty()) {  // pages of the server are its own affair
      EXPECT_EQ(answer.body, Filled(row.body, place));
    }
    for (const std::string_view line : row.has)
      EXPECT_TRUE(HasLine(answer, line)) << line << " is missing";
    for (const std::string_view line : row.lacks)
      EXPECT_FALSE(HasLine(answer, line)) << line << " is there";
  } else {
    auto connection = Connect();
    Need(connection.Send(row.request));
    (void)Need(connection.ReadUntil("\r\n\r\n", Soon()));
    Found("the client left");
  }
  if (!row.told.empty()) {
    EXPECT_TRUE(WillHaveTold(row.told)) << "told: " << Told();
  }
  if (!row.logged.empty()) {
    const std::string logged = Filled(row.logged, place);
    EXPECT_TRUE(Eventually([&] { return OwnLog().find(logged) != std::string::npos; }, Soon()))
        << logged << " is not in the log";
  }
}

}  // namespace suites::pep3333
