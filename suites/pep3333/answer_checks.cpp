// Pep3333Answers: what of an answer is on the wire: lengths that are right and wrong, answers without a body,
// write(), errors. PEP 3333 "Handling the Content-Length Header", "Buffering
// and Streaming", RESP-4 to RESP-14, ERR-8, ERR-9.

#include <fmt/format.h>

#include "suites/pep3333/row.h"

namespace suites::pep3333 {

namespace {

// Answers 200 with these headers, returning what the expression says.
std::string Returns(std::string_view expression, std::string_view headers = "") {
  return fmt::format(
      "def subject(environ, start_response):\n"
      "    start_response('200 OK', [{}])\n"
      "    return {}\n",
      headers,
      expression);
}

std::string Status(std::string_view status, std::string_view headers = "") {
  return Starts(fmt::format("'{}', [{}]", status, headers));
}

const std::vector<Row>& Rows() {
  static const std::vector<Row> rows = {
      {.name = "ChunksAnUnknownLength",
       .rule = "RESP-10",
       .title = "No Content-Length on HTTP/1.1: chunked; none is computed, nor for one block",
       .subject = Returns("[b'x']"),
       .body = "x",
       .has = {"Transfer-Encoding: chunked"},
       .lacks = {"Content-Length"},
       .standard = Standard{.section = "RFC 9112: 6.3",
                            .has = std::vector<std::string_view>{},
                            .lacks = std::vector<std::string_view>{}}},
      {.name = "ClosesAnUnknownLength",
       .rule = "RESP-10",
       .title = "No Content-Length on HTTP/1.0: the end of the connection ends it",
       .subject = Returns("iter([b'a', b'b'])"),
       .request = "GET /app HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
       .body = "ab",
       .has = {"Connection: close"},
       .lacks = {"Content-Length", "Transfer-Encoding"},
       .standard = Standard{.section = "RFC 9112: 6.1",
                            .has = std::vector<std::string_view>{},
                            .lacks = std::vector<std::string_view>{"Transfer-Encoding"}}},
      {.name = "CutsABodyThatIsTooLong",
       .rule = "RESP-9",
       .title = "3 bytes declared, 9 returned in a list: 3 are sent",
       .subject = Returns("[b'ab', b'cdefghi']", "('Content-Length', '3')"),
       .body = "abc",
       .has = {"Content-Length: 3"},
       .standard = Standard{.section = "PEP 3333: Handling the Content-Length Header",
                            .level = Level::Should}},
      {.name = "CutsABodyThatIsStreamedTooLong",
       .rule = "RESP-9",
       .title = "3 bytes declared, 9 yielded: 3 are sent, and the iterable is read to its end",
       .subject = "def subject(environ, start_response):\n"
                  "    start_response('200 OK', [('Content-Length', '3')])\n"
                  "    yield b'ab'\n    yield b'cdef'\n    yield b'ghi'\n    tell('end')\n",
       .body = "abc",
       .told = "end",
       .standard = Standard{.section = "PEP 3333: Handling the Content-Length Header",
                            .level = Level::Should,
                            .told = ""}},
      {.name = "ClosesBehindABodyThatIsTooShort",
       .rule = "PEP 3333: Handling the Content-Length Header",
       .title =
           "10 bytes declared, 3 yielded: the connection is closed, whatever the client wanted",
       .subject = Returns("iter([b'abc'])", "('Content-Length', '10')"),
       .request = "GET /app HTTP/1.1\r\nHost: check.example\r\n\r\n",
       .body = "abc",
       .level = Level::Should,
       .standard = Standard{.status = kWhatever}},
      {.name = "ClosesBehindAListThatIsTooShort",
       .rule = "PEP 3333: Handling the Content-Length Header",
       .title =
           "10 bytes declared, 3 returned: the connection is closed, whatever the client wanted",
       .subject = Returns("[b'abc']", "('Content-Length', '10')"),
       .request = "GET /app HTTP/1.1\r\nHost: check.example\r\n\r\n",
       .body = "abc",
       .level = Level::Should,
       .standard = Standard{.status = kWhatever}},
      {.name = "SaysTheSameLengthOnce",
       .rule = "RFC 9110: 5.3",
       .title = "Two lengths that are the same",
       .subject = Returns("[b'x']", "('Content-Length', '1'), ('CONTENT-LENGTH', '1')"),
       .body = "x",
       .has = {"Content-Length: 1"},
       .lacks = {"CONTENT-LENGTH"},
       .standard = Standard{.lacks = std::vector<std::string_view>{}, .once = "Content-Length"}},
      {.name = "HeadHasNoBody",
       .rule = "RFC 9110: 9.3.2",
       .title = "HEAD: the headers as they are, and no body, though the application has one",
       .subject =
           Returns("[b'body']", "('Content-Length', '4'), ('X-A', environ['REQUEST_METHOD'])"),
       .request = Head(),
       .body = "",
       .has = {"Content-Length: 4", "X-A: HEAD"},
       .standard = Standard{.has = std::vector<std::string_view>{"X-A: HEAD"}}},
      {.name = "HeadIsStreamedToNobody",
       .rule = "RFC 9110: 9.3.2",
       .title = "HEAD of a stream: no body, no chunk",
       .subject = "def subject(environ, start_response):\n"
                  "    start_response('200 OK', [])\n"
                  "    yield b'a'\n    yield b'b'\n    tell('end')\n",
       .request = Head(),
       .body = "",
       .lacks = {"Content-Length"},
       .told = "end",
       .standard = Standard{.lacks = std::vector<std::string_view>{}, .told = ""}},
      {.name = "Status204HasNoBody",
       .rule = "RFC 9110: 15.3.5",
       .title = "204: no body, no length, no coding",
       .subject = Status("204 No Content", "('Content-Length', '1'), ('X-A', 'b')"),
       .status = 204,
       .has = {"X-A: b"},
       .lacks = {"Content-Length", "Transfer-Encoding"}},
      {.name = "Status304HasNoBody",
       .rule = "RFC 9110: 15.4.5",
       .title = "304: no body, no coding; the length is that of the 200",
       .subject = Status("304 Not Modified", "('Content-Length', '1'), ('ETag', '\"a\"')"),
       .status = 304,
       .has = {"ETag: \"a\"", "Content-Length: 1"},
       .lacks = {"Transfer-Encoding"},
       .standard = Standard{.has = std::vector<std::string_view>{"ETag: \"a\""}}},
      {.name = "Status304NeedsNoLength",
       .rule = "RFC 9110: 15.4.5",
       .title = "304 without a length: neither length nor coding is made up",
       .subject = Status("304 Not Modified"),
       .status = 304,
       .lacks = {"Content-Length", "Transfer-Encoding"}},
      {.name = "IsNotMadeConditional",
       .rule = "RESP-14",
       .title = "If-None-Match that matches: the application decides, not the server",
       .subject = Returns("[b'x']", "('ETag', '\"a\"')"),
       .request = Get("If-None-Match: \"a\"\r\n"),
       .body = "x"},
      {.name = "IsNotMadePartial",
       .rule = "PEP 3333: Other HTTP Features",
       .title = "Range: the application decides, not the server",
       .subject = Returns("[b'abcdef']", "('Content-Length', '6')"),
       .request = Get("Range: bytes=1-2\r\n"),
       .body = "abcdef",
       .choice = "a server may send ranges of what an application answers"},
      {.name = "HasADateAndAServer",
       .rule = "PEP 3333: Other HTTP Features",
       .title = "Date and Server of the application stand",
       .subject = Returns("[b'x']", "('Date', 'then'), ('Server', 'mine')"),
       .body = "x",
       .has = {"Date: then", "Server: mine"},
       .lacks = {"Server: wsgilab"},
       .choice = "whose Date and Server are sent"},
      {.name = "WriteComesFirst",
       .rule = "PEP 3333: The write() Callable",
       .title = "What was written stands before what is returned",
       .subject = "def subject(environ, start_response):\n"
                  "    write = start_response('200 OK', [])\n"
                  "    write(b'a')\n    write(b'')\n    write(b'b')\n    return [b'c']\n",
       .body = "abc"},
      {.name = "WriteCountsForTheLength",
       .rule = "RESP-9",
       .title = "What is written counts for the Content-Length, and what is beyond it is dropped",
       .subject = "def subject(environ, start_response):\n"
                  "    write = start_response('200 OK', [('Content-Length', '3')])\n"
                  "    write(b'ab')\n    write(b'cdef')\n    return [b'g']\n",
       .body = "abc"},
      {.name = "WriteRefusesText",
       .rule = "RESP-4",
       .title = "write() takes bytes and nothing else",
       .subject = "def subject(environ, start_response):\n"
                  "    write = start_response('200 OK', [])\n"
                  "    for wrong in ('a', 1, None, bytearray(b'a')):\n"
                  "        tell(raised(write, wrong))\n"
                  "    return [b'x']\n",
       .body = "x",
       .told = "TypeError,TypeError,TypeError,TypeError"},
      {.name = "WriteTextUncaught",
       .rule = "RESP-4",
       .title = "write() of text that nobody catches",
       .subject = "def subject(environ, start_response):\n"
                  "    start_response('200 OK', [])('text')\n    return []\n",
       .status = 500,
       .logged = "TypeError: "},
      {.name = "ErrorsHaveTheServersPage",
       .rule = "ERR-8",
       .title = "The application raises: nothing of what it said is sent",
       .subject =
           "def subject(environ, start_response):\n"
           "    start_response('200 OK', [('X-Mine', '1')])\n    raise ValueError('secret')\n",
       .status = 500,
       .lacks = {"X-Mine"},
       .logged = "ValueError: secret"},
      {.name = "ExitingIsAnError",
       .rule = "ERR-8",
       .title = "SystemExit ends the request and nothing else",
       .subject = "def subject(environ, start_response):\n    sys.exit(0)\n",
       .needs_own_host = true,
       .status = 500,
       .logged = "SystemExit"},
      {.name = "KeyboardInterruptIsAnError",
       .rule = "ERR-8",
       .title = "KeyboardInterrupt ends the request and nothing else",
       .subject = "def subject(environ, start_response):\n    raise KeyboardInterrupt\n",
       .needs_own_host = true,
       .status = 500,
       .logged = "KeyboardInterrupt"},
      {.name = "ErrorsBehindTheFirstBytesCut",
       .rule = "ERR-9",
       .title = "The application raises behind its first bytes: the client can tell",
       .subject =
           "def subject(environ, start_response):\n"
           "    start_response('200 OK', [])\n    yield b'half'\n    raise ValueError('x')\n",
       .body = "half<cut>",
       .logged = "ValueError: x"},
      {.name = "StopIterationInAGenerator",
       .rule = "ERR-8",
       .title = "StopIteration that leaves a generator is an error, not its end (PEP 479)",
       .subject = "def subject(environ, start_response):\n"
                  "    start_response('200 OK', [])\n    next(iter(()))\n    yield b'x'\n",
       .status = 500,
       .logged = "RuntimeError: generator raised StopIteration"},
  };
  return rows;
}

class Pep3333Answers : public RowCheck {};

}  // namespace

TEST_P(Pep3333Answers, Row) {
  Play();
}
INSTANTIATE_TEST_SUITE_P(Suite,
                         Pep3333Answers,
                         testing::Combine(testing::ValuesIn(SideBySide(Rows())),
                                          testing::ValuesIn(kPlacesMain)),
                         NameOfRow);

}  // namespace suites::pep3333
