// Pep3333Closing: close() of what the application returned, once, whatever happened; and what the application
// sees of a client that leaves. PEP 3333 "Specification Details", RESP-17, RESP-18.

#include <fmt/format.h>

#include "suites/pep3333/row.h"

namespace suites::pep3333 {

namespace {

constexpr std::string_view kCloses = "PEP 3333: Specification Details";

// An iterable that tells when it is closed, around these lines of a generator.
std::string Closes(std::string_view lines, std::string_view start = "'200 OK', []") {
  std::string indented;
  for (size_t at = 0; at < lines.size();) {
    const size_t end = std::min(lines.find('\n', at), lines.size());
    indented += fmt::format("            {}\n", lines.substr(at, end - at));
    at = end + 1;
  }
  return fmt::format(
      "class Closed:\n"
      "    def __init__(self, iterator):\n"
      "        self.iterator = iterator\n"
      "    def __iter__(self):\n"
      "        return self.iterator\n"
      "    def close(self):\n"
      "        tell('closed')\n"
      "def subject(environ, start_response):\n"
      "    start_response({})\n"
      "    def pieces():\n"
      "        if True:\n"
      "{}"
      "        yield b''\n"
      "    return Closed(pieces())\n",
      start,
      indented);
}

const std::vector<Row>& Rows() {
  static const std::vector<Row> rows = {
      {.name = "AtTheEnd",
       .rule = kCloses,
       .title = "Behind the last block, once",
       .subject = Closes("yield b'a'\nyield b'b'\ntell('end')"),
       .body = "ab",
       .told = "end,closed"},
      {.name = "WithoutABlock",
       .rule = kCloses,
       .title = "Of an iterable without blocks",
       .subject = Closes("pass"),
       .body = "",
       .told = "closed"},
      {.name = "ForHead",
       .rule = kCloses,
       .title = "Of the answer to HEAD",
       .subject = Closes("yield b'a'"),
       .request = Head(),
       .body = "",
       .told = "closed"},
      {.name = "For204",
       .rule = kCloses,
       .title = "Of an answer that may have no body",
       .subject = Closes("yield b'a'", "'204 No Content', []"),
       .status = 204,
       .told = "closed"},
      {.name = "OfABodyThatIsTooLong",
       .rule = kCloses,
       .title = "Of a body beyond its length",
       .subject = Closes("yield b'abc'\nyield b'd'", "'200 OK', [('Content-Length', '2')]"),
       .body = "ab",
       .told = "closed",
       .standard = Standard{.status = kWhatever}},
      {.name = "OfABodyThatIsTooShort",
       .rule = kCloses,
       .title = "Of a body below its length",
       .subject = Closes("yield b'a'", "'200 OK', [('Content-Length', '2')]"),
       .body = "a",
       .told = "closed",
       .standard = Standard{.status = kWhatever}},
      {.name = "AfterAnError",
       .rule = "RESP-17",
       .title = "When iteration raises before the first bytes",
       .subject = Closes("raise ValueError('mine')"),
       .status = 500,
       .told = "closed",
       .logged = "ValueError: mine",
       .standard = Standard{.section = kCloses, .status = kWhatever, .logged = ""}},
      {.name = "AfterALateError",
       .rule = "RESP-17",
       .title = "When iteration raises behind the first bytes",
       .subject = Closes("yield b'a'\nraise ValueError('mine')"),
       .body = "a<cut>",
       .told = "closed",
       .logged = "ValueError: mine",
       .standard = Standard{.section = kCloses, .status = kWhatever, .logged = ""}},
      {.name = "AfterExit",
       .rule = "RESP-17",
       .title = "When iteration raises SystemExit",
       .subject = Closes("yield b'a'\nsys.exit(3)"),
       .needs_own_host = true,
       .body = "a<cut>",
       .told = "closed"},
      {.name = "AfterText",
       .rule = "RESP-17",
       .title = "When a block is no bytes",
       .subject = Closes("yield 'text'"),
       .status = 500,
       .told = "closed",
       .standard = Standard{.section = kCloses, .status = kWhatever, .logged = ""}},
      {.name = "WithoutStartResponse",
       .rule = "RESP-17",
       .title = "When start_response was never called",
       .subject = "class Closed(list):\n    def close(self):\n        tell('closed')\n"
                  "def subject(environ, start_response):\n    return Closed([b'x'])\n",
       .status = 500,
       .told = "closed",
       .standard = Standard{.section = kCloses, .status = kWhatever, .logged = ""}},
      {.name = "WithoutAnIterator",
       .rule = "RESP-17",
       .title = "When __iter__ raises",
       .subject =
           "class Closed:\n    def __iter__(self):\n        raise ValueError('no iterator')\n"
           "    def close(self):\n        tell('closed')\n"
           "def subject(environ, start_response):\n"
           "    start_response('200 OK', [])\n    return Closed()\n",
       .status = 500,
       .told = "closed",
       .logged = "ValueError: no iterator",
       .standard = Standard{.section = kCloses, .status = kWhatever, .logged = ""}},
      {.name = "OfWhatIsNotIterable",
       .rule = "RESP-17",
       .title = "Of an object that is not iterable at all",
       .subject = "class Closed:\n    def close(self):\n        tell('closed')\n"
                  "def subject(environ, start_response):\n"
                  "    start_response('200 OK', [])\n    return Closed()\n",
       .status = 500,
       .told = "closed"},
      {.name = "OfAListWithClose",
       .rule = kCloses,
       .title = "Of a list that has one",
       .subject = "class Closed(list):\n    def close(self):\n        tell('closed')\n"
                  "def subject(environ, start_response):\n"
                  "    start_response('200 OK', [])\n    return Closed([b'a', b'b'])\n",
       .body = "ab",
       .told = "closed"},
      {.name = "OfTheIterableNotTheIterator",
       .rule = kCloses,
       .title = "Of what was returned, not of its iterator",
       .subject = "class Iterator:\n    def __next__(self):\n        raise StopIteration\n"
                  "    def __iter__(self):\n        return self\n"
                  "    def close(self):\n        tell('iterator closed')\n"
                  "class Closed:\n    def __iter__(self):\n        return Iterator()\n"
                  "    def close(self):\n        tell('closed')\n"
                  "def subject(environ, start_response):\n"
                  "    start_response('200 OK', [])\n    return Closed()\n",
       .body = "",
       .told = "closed"},
      {.name = "OfGenerators",
       .rule = kCloses,
       .title = "Of a generator: its finally clause runs, in the request",
       .subject = "def subject(environ, start_response):\n"
                  "    start_response('200 OK', [])\n"
                  "    try:\n        yield b'a'\n        raise ValueError('x')\n"
                  "    finally:\n        print('finally', file=environ['wsgi.errors'])\n"
                  "        tell('finally')\n",
       .body = "a<cut>",
       .told = "finally",
       .logged = "finally",
       .standard = Standard{.status = kWhatever, .logged = ""}},
      {.name = "NotWhenTheCallRaised",
       .rule = "RESP-17",
       .title = "Nothing is closed when the call itself raised",
       .subject =
           "def subject(environ, start_response):\n    tell('called')\n    raise ValueError\n",
       .status = 500,
       .told = "called"},
      {.name = "MayFail",
       .rule = "RESP-17",
       .title = "An exception of close() is logged; the answer is whole",
       .subject =
           "class Closed:\n    def __iter__(self):\n        return iter([b'whole'])\n"
           "    def close(self):\n        tell('closed')\n        raise ValueError('by close')\n"
           "def subject(environ, start_response):\n"
           "    start_response('200 OK', [])\n    return Closed()\n",
       .body = "whole",
       .told = "closed",
       .logged = "ValueError: by close"},
      {.name = "MayFailAfterAnError",
       .rule = "RESP-17",
       .title = "When iteration and close() raise, both are logged",
       .subject =
           "class Closed:\n    def __iter__(self):\n        raise KeyError('by iter')\n"
           "    def close(self):\n        tell('closed')\n        raise ValueError('by close')\n"
           "def subject(environ, start_response):\n"
           "    start_response('200 OK', [])\n    return Closed()\n",
       .status = 500,
       .told = "closed",
       .logged = "KeyError: 'by iter'"},
      {.name = "MayNotBeCallable",
       .rule = "RESP-17",
       .title = "An attribute close that is no function is an error in the log, no more",
       .subject = "class Closed(list):\n    close = 'text'\n"
                  "def subject(environ, start_response):\n"
                  "    start_response('200 OK', [])\n    return Closed([b'whole'])\n",
       .body = "whole",
       .logged = "TypeError: 'str' object is not callable"},
      {.name = "WhenTheClientLeaves",
       .rule = "RESP-18",
       .title = "The client leaves a stream: iteration stops, close() is called, once",
       .subject =
           Closes("try:\n    while True:\n        yield b'x' * 65536\n"
                  "except BaseException as error:\n    tell(type(error).__name__)\n    raise"),
       .client = Client::LeavesAfterTheHead,
       .told = "closed,GeneratorExit",  // the inner generator, when nobody holds it any more
       .standard = Standard{.section = kCloses, .told = "closed"}},
      {.name = "OfAGeneratorWhenTheClientLeaves",
       .rule = "RESP-18",
       .title = "The client leaves a generator: it is closed, which ends it with GeneratorExit",
       .subject = "def subject(environ, start_response):\n"
                  "    start_response('200 OK', [])\n"
                  "    try:\n        while True:\n            yield b'x' * 65536\n"
                  "    except BaseException as error:\n        tell(type(error).__name__)\n"
                  "        raise\n",
       .client = Client::LeavesAfterTheHead,
       .told = "GeneratorExit",
       .standard = Standard{.section = kCloses}},
      {.name = "OfAFileWhenTheClientLeaves",
       .rule = "RESP-18",
       .title = "The client leaves a file that is sent by wsgi.file_wrapper: it is closed",
       .subject = "class Endless:\n    def read(self, size):\n        return b'x' * size\n"
                  "    def close(self):\n        tell('closed')\n"
                  "def subject(environ, start_response):\n"
                  "    start_response('200 OK', [])\n"
                  "    return environ['wsgi.file_wrapper'](Endless(), 65536)\n",
       .client = Client::LeavesAfterTheHead,
       .told = "closed",
       .standard = Standard{.section = kCloses},
       .optional = "wsgi.file_wrapper"},
      {.name = "WriteRaisesWhenTheClientLeaves",
       .rule = "RESP-18",
       .title = "The client leaves an application that writes: write() raises OSError, and again",
       .subject = "def subject(environ, start_response):\n"
                  "    write = start_response('200 OK', [])\n"
                  "    try:\n        while True:\n            write(b'x' * 65536)\n"
                  "    except OSError:\n        tell(raised(write, b'x'))\n        raise\n",
       .client = Client::LeavesAfterTheHead,
       .told = "OSError"},
      {.name = "OfALargeListWhenTheClientLeaves",
       .rule = "RESP-18",
       .title = "The client leaves a list of 64 MiB: it is let go of",
       .subject = "class Block(bytes):\n    def __del__(self):\n        tell('freed')\n"
                  "def subject(environ, start_response):\n"
                  "    start_response('200 OK', [])\n"
                  "    return [Block(b'x' * (1 << 24))] * 4\n",
       .client = Client::LeavesAfterTheHead,
       .told = "freed"},
  };
  return rows;
}

class Pep3333Closing : public RowCheck {};

}  // namespace

TEST_P(Pep3333Closing, Row) {
  Play();
}
INSTANTIATE_TEST_SUITE_P(Suite,
                         Pep3333Closing,
                         testing::Combine(testing::ValuesIn(SideBySide(Rows())),
                                          testing::ValuesIn(kPlacesMain)),
                         NameOfRow);

}  // namespace suites::pep3333
