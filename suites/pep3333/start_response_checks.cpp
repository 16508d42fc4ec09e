// Pep3333StartResponse: what may be said, how often, and when. PEP 3333 "The start_response() Callable", RESP-1
// to RESP-8.

#include "suites/pep3333/row.h"

namespace suites::pep3333 {

namespace {

constexpr std::string_view kSection = "PEP 3333: The start_response() Callable";

const std::vector<Row>& Rows() {
  static const std::vector<Row> rows = {
      {.name = "StatusIsSentAsItIs",
       .rule = "RESP-7",
       .title = "A code and a reason that nobody knows pass through",
       .subject = Starts("'299 My R\\xe9ason', [('Content-Length', '1')]"),
       .status = 299,
       .body = "x"},
      {.name = "StatusMayBeBare",
       .rule = "RESP-7",
       .title = "A bare code",
       .subject = Starts("'201', [('Content-Length', '1')]"),
       .status = 201,
       .body = "x"},
      {.name = "HeadersKeepCaseAndOrder",
       .rule = "RESP-8",
       .title = "Names as they are written, values as one byte a character, tabs allowed",
       .subject = Starts("'200 OK', [('x-CASE', 'a\\tb'), ('X-Latin', '\\xe9'), ('X-Empty', '')]"),
       .body = "x",
       .has = {"x-CASE: a\tb", "X-Latin: \xe9", "X-Empty: "}},
      {.name = "HeadersMayRepeat",
       .rule = "RESP-11",
       .title = "Two cookies are two lines",
       .subject = Starts("'200 OK', [('Set-Cookie', 'a=1'), ('Set-Cookie', 'b=2')]"),
       .body = "x",
       .has = {"Set-Cookie: a=1", "Set-Cookie: b=2"},
       .standard = Standard{.section = "RFC 9110: 5.3"}},
      {.name = "HeadersMayBeSubclasses",
       .rule = "RESP-8",
       .title = "Subclasses of list, tuple and str",
       .subject = "class L(list): pass\nclass T(tuple): pass\nclass S(str): pass\n" +
                  Starts("S('200 OK'), L([T((S('X-A'), S('b')))])"),
       .body = "x",
       .has = {"X-A: b"}},
      {.name = "ReturnsACallable",
       .rule = kSection,
       .title = "It returns write()",
       .subject = "def subject(environ, start_response):\n"
                  "    write = start_response('200 OK', [])\n"
                  "    return [str(callable(write)).encode()]\n",
       .body = "True"},
      {.name = "NoExcInfoMayBeSaid",
       .rule = kSection,
       .title = "exc_info may be None",
       .subject = Starts("'200 OK', [], None"),
       .body = "x"},
      {.name = "LastCallWins",
       .rule = "RESP-2",
       .title = "Called again while headers are held back: the last call wins",
       .subject = "def subject(environ, start_response):\n"
                  "    start_response('200 OK', [('X-First', '1'), ('Content-Length', '99')])\n"
                  "    start_response('201 Created', [('X-Second', '2')])\n"
                  "    return [b'x']\n",
       .status = 201,
       .body = "x",
       .has = {"X-Second: 2"},
       .lacks = {"X-First", "Content-Length"}},
      {.name = "ErrorReplacesTheHeaders",
       .rule = kSection,
       .title = "With exc_info before anything was sent: status and headers are replaced",
       .subject = "def subject(environ, start_response):\n"
                  "    start_response('200 OK', [('X-First', '1')])\n"
                  "    try:\n"
                  "        raise ValueError('x')\n"
                  "    except ValueError:\n"
                  "        start_response('503 Oops', [('X-Second', '2')], sys.exc_info())\n"
                  "    return [b'sorry']\n",
       .status = 503,
       .body = "sorry",
       .has = {"X-Second: 2"},
       .lacks = {"X-First"},
       .level = Level::Should},
      {.name = "ErrorReplacesTheHeadersBehindEmptyBlocks",
       .rule = "RESP-1",
       .title = "Empty blocks send nothing: the status can still be replaced",
       .subject = "def subject(environ, start_response):\n"
                  "    start_response('200 OK', [])\n"
                  "    yield b''\n"
                  "    try:\n"
                  "        raise ValueError('x')\n"
                  "    except ValueError:\n"
                  "        start_response('503 Oops', [], sys.exc_info())\n"
                  "    yield b'sorry'\n",
       .status = 503,
       .body = "sorry",
       .standard = Standard{.section = kSection}},
      {.name = "ErrorIsRaisedAgainOnceHeadersAreSent",
       .rule = kSection,
       .title =
           "With exc_info behind the first bytes: the exception is raised again, the answer cut",
       .subject = "def subject(environ, start_response):\n"
                  "    start_response('200 OK', [])\n"
                  "    yield b'half'\n"
                  "    try:\n"
                  "        raise KeyError('mine')\n"
                  "    except KeyError as error:\n"
                  "        try:\n"
                  "            start_response('503 Oops', [], sys.exc_info())\n"
                  "        except KeyError as again:\n"
                  "            tell(again is error)\n"
                  "            tell(again.__traceback__ is not None)\n"
                  "            raise\n"
                  "    yield b'never'\n",
       .body = "half<cut>",
       .told = "True,True",
       .logged = "KeyError: 'mine'",
       .standard =
           Standard{
               .level = Level::Should, .status = kWhatever, .told = "True,True", .logged = ""}},
      {.name = "SecondCallBehindTheBodyIsAnError",
       .rule = "RESP-2",
       .title = "Called again without exc_info behind the first bytes: RuntimeError",
       .subject = "def subject(environ, start_response):\n"
                  "    start_response('200 OK', [])\n"
                  "    yield b'a'\n"
                  "    tell(raised(start_response, '200 OK', []))\n"
                  "    tell(raised(start_response, '200 OK', [], None))\n"
                  "    yield b'b'\n",
       .body = "ab",
       .told = "RuntimeError,RuntimeError",
       .standard =
           Standard{.section = kSection, .status = kWhatever, .told = "", .not_told = "nothing"}},
      {.name = "ExcInfoMustBeOne",
       .rule = kSection,
       .title = "What is no exc_info is an error, before anything was sent and behind",
       .subject = "def subject(environ, start_response):\n"
                  "    start_response('200 OK', [])\n"
                  "    tell(raised(start_response, '200 OK', [], 'text'))\n"
                  "    yield b'x'\n"
                  "    for wrong in ('text', (), ('a', 'b', 'c'), (None, None, None),\n"
                  "                  (ValueError, None, None), (ValueError, KeyError(), None),\n"
                  "                  (ValueError, ValueError(), 'traceback'), (int, 1, None)):\n"
                  "        tell(raised(start_response, '200 OK', [], wrong))\n",
       .body = "x",
       .told = "TypeError,TypeError,TypeError,TypeError,TypeError,TypeError,TypeError,TypeError,"
               "TypeError",
       .choice = "what becomes of an exc_info that is none"},
      {.name = "MayBeCalledLate",
       .rule = "PEP 3333: The Application/Framework Side",
       .title = "An iterable may call it when its first block is asked for",
       .subject = "def subject(environ, start_response):\n"
                  "    start_response('202 Late', [])\n"
                  "    yield b'late'\n",
       .status = 202,
       .body = "late"},
      {.name = "MayBeCalledBehindAnEmptyBlock",
       .rule = "RESP-1",
       .title = "An iterable may call it behind an empty block",
       .subject = "def subject(environ, start_response):\n"
                  "    yield b''\n"
                  "    start_response('202 Late', [])\n"
                  "    yield b'late'\n",
       .status = 202,
       .body = "late"},
      {.name = "MayBeCalledBehindTheLastBlock",
       .rule = "RESP-1",
       .title = "An iterable of nothing may call it at its end",
       .subject = "def subject(environ, start_response):\n"
                  "    yield b''\n"
                  "    start_response('202 Late', [('Content-Length', '0')])\n",
       .status = 202},
      {.name = "FailedCallsMayBeMendedByTheApplication",
       .rule = kSection,
       .title = "A call that raised has said nothing: the next one is the first",
       .subject = "def subject(environ, start_response):\n"
                  "    tell(raised(start_response, '200 OK', [('X-Bad', 1)]))\n"
                  "    start_response('201 OK', [('X-Good', '1')])\n"
                  "    return [b'x']\n",
       .status = 201,
       .body = "x",
       .has = {"X-Good: 1"},
       .lacks = {"X-Bad"},
       .told = "TypeError",
       .choice = "which calls of start_response() fail"},
      {.name = "FailedCallsKeepWhatWasSaid",
       .rule = kSection,
       .title = "A second call that raises leaves what the first one said",
       .subject = "def subject(environ, start_response):\n"
                  "    start_response('201 OK', [('X-Good', '1')])\n"
                  "    tell(raised(start_response, '200 OK', [('X-Bad', '1\\r\\n')]))\n"
                  "    return [b'x']\n",
       .status = 201,
       .body = "x",
       .has = {"X-Good: 1"},
       .told = "ValueError",
       .choice = "which calls of start_response() fail"},
  };
  return rows;
}

class Pep3333StartResponse : public RowCheck {};

}  // namespace

TEST_P(Pep3333StartResponse, Row) {
  Play();
}
INSTANTIATE_TEST_SUITE_P(Suite,
                         Pep3333StartResponse,
                         testing::Combine(testing::ValuesIn(SideBySide(Rows())),
                                          testing::ValuesIn(kPlacesMain)),
                         NameOfRow);

}  // namespace suites::pep3333
