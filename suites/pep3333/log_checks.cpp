// Pep3333Log: wsgi.errors, print() and uncaught exceptions as lines of the log, which say who wrote them.
// PEP 3333 "Input and Error Streams" and "Error Handling", LOG-1 to LOG-4.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <regex>

#include "suites/hosts_under_test/eventually.h"
#include "suites/pep3333/row.h"

namespace suites::pep3333 {

using hosts_under_test::Eventually;
using hosts_under_test::Soon;

namespace {

std::string Errors(std::string_view lines) {
  return fmt::format(
      "def subject(environ, start_response):\n"
      "    errors = environ['wsgi.errors']\n"
      "    {}\n"
      "    return say(start_response, 'done')\n",
      lines);
}

const std::vector<Row>& Rows() {
  static const std::vector<Row> rows = {
      {.name = "HasTheMethodsOfThePep",
       .rule = "PEP 3333: Input and Error Streams",
       .title = "flush(), write(str) and writelines(seq)",
       .subject = Errors("errors.writelines(['a', 'b']); errors.write('c\\n'); errors.flush()"),
       .body = "done",
       .logged = "] abc\n",
       .standard = Standard{.logged = "abc"}},
      {.name = "JoinsPartialLines",
       .rule = "LOG-1",
       .title = "A line is one record, however it was written",
       .subject = Errors("errors.write('one '), errors.write('line\\n')"),
       .body = "done",
       .logged = "] one line\n"},
      {.name = "FlushesAtTheEnd",
       .rule = "LOG-1",
       .title = "A line that is not ended is written when the request ends",
       .subject = Errors("errors.write('not ended')"),
       .body = "done",
       .logged = "] not ended\n"},
      {.name = "IsUtf8",
       .rule = "LOG-3",
       .title = "Text is written as UTF-8, what is none as a question mark",
       .subject = Errors("errors.write('\\u20ac \\udc80\\n')"),
       .body = "done",
       .logged = "] \xe2\x82\xac ?\n"},
      {.name = "RefusesBytes",
       .rule = "PEP 3333: Input and Error Streams",
       .title = "It is a text stream: bytes are refused",
       .subject =
           Errors("tell(raised(errors.write, b'x')); tell(raised(errors.writelines, [b'x']))"),
       .body = "done",
       .told = "TypeError,TypeError"},
      {.name = "IsNoFile",
       .rule = "LOG-3",
       .title = "encoding, errors, isatty(), fileno()",
       .subject = Errors("tell((errors.encoding.lower(), errors.errors, errors.isatty(),"
                         " raised(errors.fileno)))"),
       .body = "done",
       .told = "('utf-8', 'replace', False, 'OSError')"},
      {.name = "TakesPrint",
       .rule = "LOG-1",
       .title = "print(file=wsgi.errors)",
       .subject = Errors("print('printed', 'there', file=errors)"),
       .body = "done",
       .logged = "] printed there\n"},
      {.name = "TakesStdout",
       .rule = "LOG-1",
       .title = "print() alone",
       .subject = Errors("print('printed', 'alone')"),
       .body = "done",
       .logged = "] printed alone\n"},
      {.name = "TakesStderr",
       .rule = "LOG-1",
       .title = "sys.stderr",
       .subject = Errors("print('said', file=sys.stderr)"),
       .body = "done",
       .logged = "] said\n"},
      {.name = "TakesLogging",
       .rule = "LOG-1",
       .title = "The logging module's warnings",
       .subject = Errors("__import__('logging').warning('warned')"),
       .needs_own_host = true,
       .body = "done",
       .logged = "WARNING:root:warned\n"},
      {.name = "ShowsTracebacks",
       .rule = "LOG-4",
       .title = "An exception that nobody catches: its traceback",
       .subject = "def subject(environ, start_response):\n    fails_here = {}['no key']\n",
       .status = 500,
       .logged = "fails_here = {}['no key']"},
      {.name = "ShowsCauses",
       .rule = "LOG-4",
       .title = "What it came of is shown too",
       .subject = "def subject(environ, start_response):\n"
                  "    try:\n        {}['first']\n"
                  "    except KeyError as error:\n        raise ValueError('second') from error\n",
       .status = 500,
       .logged = "KeyError: 'first'"},
  };
  return rows;
}

class Pep3333Log : public RowCheck {};
class Pep3333LogLines : public Pep3333Check, public testing::WithParamInterface<Place> {};

}  // namespace

TEST_P(Pep3333Log, Row) {
  Play();
}
INSTANTIATE_TEST_SUITE_P(Suite,
                         Pep3333Log,
                         testing::Combine(testing::ValuesIn(SideBySide(Rows())),
                                          testing::ValuesIn(kPlaces)),
                         NameOfRow);

TEST_P(Pep3333LogLines, SayWhoWroteThem) {
  About({.rule = "LOG-2",
         .title = "A line of an application: process, client, script, thread, application group, "
                  "request",
         .expected = "for wsgi.errors, print() and a traceback",
         .mode = NameOf(GetParam())});
  ServeSubject(GetParam(), R"(
import os
def subject(environ, start_response):
    environ['wsgi.errors'].write('by errors\n')
    print('by print')
    for name in ('thread_id', 'request_id'):
        tell(environ['mod_wsgi.' + name])
    tell(os.getpid())
    tell(environ['REMOTE_ADDR'] + ':' + environ['REMOTE_PORT'])
    raise ValueError('by raising')
)");
  (void)Ask(Get());
  const std::string told = Told();
  std::smatch parts;
  ASSERT_TRUE(std::regex_match(told, parts, std::regex("(.*),(.*),(.*),(.*)"))) << told;
  const bool is_sub = GetParam().interpreter == InterpreterKind::Sub;
  for (const std::string_view text : {"by errors", "by print", "ValueError: by raising"}) {
    const std::string process = fmt::format(" [{} ", parts[3].str());
    const std::string line = fmt::format(
        "] [client {}] [script {}] [thread {}] [application-group {}] [request {}] {}\n",
        parts[4].str(),
        stage().path("app.wsgi").string(),
        parts[1].str(),
        is_sub ? "sub" : "%{GLOBAL}",
        parts[2].str(),
        text);
    const bool is_there = Eventually(
        [&] {
          const std::string log = host().Log();
          const size_t found = log.find(line);
          return found != std::string::npos &&
                 log.rfind(process, found) > log.rfind('\n', found) + 1;
        },
        Soon());
    EXPECT_TRUE(is_there) << process << "..." << line;
  }
  Found(told);
}

TEST_P(Pep3333LogLines, OfThreadsBelongToNoRequest) {
  About({.rule = "LOG-2",
         .title = "A thread of the application that prints: no client and no request",
         .expected = "the line, and nothing of the request before it",
         .mode = NameOf(GetParam())});
  ServeSubject(GetParam(), R"(
import threading
def subject(environ, start_response):
    thread = threading.Thread(target=print, args=('by a thread',))
    thread.start()
    thread.join()
    return say(start_response, 'done')
)");
  (void)Ask(Get());
  const auto log_has = [&](std::string_view text) {
    return Eventually([&] { return host().Log().find(text) != std::string::npos; }, Soon());
  };
  const bool is_there = log_has("] by a thread\n");
  const std::string log = host().Log();
  const size_t end = log.find("] by a thread\n");
  ASSERT_TRUE(is_there);
  const size_t begin = log.rfind('\n', end) + 1;
  Found(log.substr(begin, end - begin));
  EXPECT_EQ(log.substr(begin, end - begin).find("client"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Suite,
                         Pep3333LogLines,
                         testing::ValuesIn(kPlaces),
                         [](const auto& parameter) { return NameOf(parameter.param); });

}  // namespace suites::pep3333
