// Pep3333Input: wsgi.input, every method with every size, and bodies that break off. PEP 3333 "Input and
// Error Streams", INP-1 to INP-9.

#include <fmt/format.h>

#include "suites/pep3333/row.h"

namespace suites::pep3333 {

namespace {

constexpr std::string_view kStreams = "PEP 3333: Input and Error Streams";
constexpr std::string_view kLines = "one\ntwo\r\n\nlast";

std::string Reads(std::string_view expression) {
  return fmt::format(
      "def subject(environ, start_response):\n"
      "    input = environ['wsgi.input']\n"
      "    return say(start_response, ({}))\n",
      expression);
}

struct Reading {
  std::string_view name;
  std::string_view title;
  std::string_view expression;
  std::string_view found;
  bool is_ours = false;  // not of the methods that the PEP lists, as it lists them
};

// Each is read from the body kLines twice: by length, and in chunks that break where lines do not.
constexpr Reading kReadings[] = {
    {"Read", "read(): everything", "input.read()", "b'one\\ntwo\\r\\n\\nlast'"},
    {"ReadMinusOne", "read(-1): everything", "input.read(-1)", "b'one\\ntwo\\r\\n\\nlast'", true},
    {"ReadNone", "read(None): everything", "input.read(None)", "b'one\\ntwo\\r\\n\\nlast'", true},
    {"ReadZero",
     "read(0): nothing, and nothing is lost",
     "input.read(0), input.read(3)",
     "(b'', b'one')"},
    {"ReadSome",
     "read(n): n bytes however they came; the rest; then nothing",
     "input.read(6), input.read(100), input.read(5), input.read()",
     "(b'one\\ntw', b'o\\r\\n\\nlast', b'', b'')"},
    {"ReadMore",
     "read(n) beyond the end: what there is",
     "input.read(1 << 40)",
     "b'one\\ntwo\\r\\n\\nlast'"},
    {"ReadIndex",
     "read(n) takes what is an index",
     "input.read(type('I', (), {'__index__': lambda self: 2})())",
     "b'on'",
     true},
    {"ReadLine",
     "readline(): lines with their ends; the last has none; then nothing",
     "[input.readline() for _ in range(6)]",
     "[b'one\\n', b'two\\r\\n', b'\\n', b'last', b'', b'']"},
    {"ReadLineSome",
     "readline(n): no more than n bytes, and the rest of the line next",
     "input.readline(2), input.readline(9), input.readline(3), input.readline()",
     "(b'on', b'e\\n', b'two', b'\\r\\n')",
     true},
    {"ReadLineZero",
     "readline(0): nothing",
     "input.readline(0), input.readline()",
     "(b'', b'one\\n')",
     true},
    {"ReadLineMinusOne", "readline(-1): a whole line", "input.readline(-1)", "b'one\\n'", true},
    {"ReadLineNone", "readline(None): a whole line", "input.readline(None)", "b'one\\n'", true},
    {"ReadLines",
     "readlines(): all lines; then none",
     "input.readlines(), input.readlines()",
     "([b'one\\n', b'two\\r\\n', b'\\n', b'last'], [])"},
    {"ReadLinesHint",
     "readlines(hint): whole lines until there are hint bytes",
     "input.readlines(5), input.read()",
     "([b'one\\n', b'two\\r\\n'], b'\\nlast')",
     true},
    {"ReadLinesZero",
     "readlines(0) and readlines(-1): all lines",
     "len(input.readlines(0)), input.readlines(-1)",
     "(4, [])",
     true},
    {"Iterate",
     "Iteration: line by line",
     "list(input), list(input)",
     "([b'one\\n', b'two\\r\\n', b'\\n', b'last'], [])"},
    {"Next",
     "iter(input) is input; next() and the other methods read on from each other",
     "iter(input) is input, next(input), input.read(2), input.readline(), input.readlines()",
     "(True, b'one\\n', b'tw', b'o\\r\\n', [b'\\n', b'last'])",
     true},
    {"NextAtEnd",
     "next() at the end raises StopIteration, again and again",
     "input.read() and raised(next, input), raised(next, input)",
     "('StopIteration', 'StopIteration')",
     true},
    {"Close", "close() closes nothing", "input.close(), input.read(3)", "(None, b'one')", true},
};

// Requests without much in them, and arguments that are none.
const std::vector<Row>& OtherRows() {
  static const std::vector<Row> rows = {
      {.name = "OfGetIsEmpty",
       .rule = "INP-2",
       .title = "A request without a body: every method says that it has ended",
       .subject = Reads("input.read(), input.read(5), input.readline(), input.readlines(),"
                        " list(input)"),
       .body = "(b'', b'', b'', [], [])",
       .standard = Standard{.section = kStreams}},
      {.name = "OfLengthZeroIsEmpty",
       .rule = "INP-2",
       .title = "Content-Length: 0",
       .subject = Reads("(environ['CONTENT_LENGTH'], input.read())"),
       .request = Post(""),
       .body = "('0', b'')",
       .standard = Standard{.section = kStreams}},
      {.name = "OfNoChunksIsEmpty",
       .rule = "INP-8",
       .title = "A chunked body without a chunk",
       .subject = Reads("(environ.get('CONTENT_LENGTH'), input.read())"),
       .request = PostChunked({}),
       .directives = "WSGIChunkedRequest On\n",
       .body = "(None, b'')"},
      {.name = "IsNoFile",
       .rule = "INP-1",
       .title = "No seek, tell, fileno",
       .subject = Reads("[name for name in ('seek', 'tell', 'fileno') if hasattr(input, name)]"),
       .body = "[]"},
      {.name = "RefusesWhatIsNoSize",
       .rule = "PEP 3333: Input and Error Streams",
       .title = "Arguments that are no size, too large, or too many are errors; nothing is lost",
       .subject = Reads("[raised(*call) for call in ((input.read, 'x'), (input.readline, 1.5),"
                        " (input.readlines, b'1'), (input.read, 1 << 70), (input.read, 1, 2))]"
                        " + [input.read()]"),
       .request = Post("body"),
       .body = "['TypeError', 'TypeError', 'TypeError', 'OverflowError', 'TypeError', b'body']",
       .choice = "what becomes of arguments that are no size"},
      {.name = "IsEveryByte",
       .rule = "PEP 3333: Input and Error Streams",
       .title = "All 256 bytes arrive as they are",
       .subject = Reads("input.read() == bytes(range(256))"),
       .request = Post([] {
         std::string all;
         for (int byte = 0; byte < 256; ++byte)
           all += static_cast<char>(byte);
         return all;
       }()),
       .body = "True"},
      {.name = "OfOneMebibyteInSevens",
       .rule = "INP-2",
       .title = "A body larger than any buffer, read in pieces that fit nothing: none is short",
       .subject = Reads("(lambda sizes: (set(sizes[:-1]), sum(sizes)))("
                        "[len(piece) for piece in iter(lambda: input.read(77777), b'')])"),
       .request = Post(std::string(1 << 20, 'x')),
       .body = "({77777}, 1048576)",
       .standard = Standard{.section = kStreams}},
      {.name = "HasLongLines",
       .rule = "INP-2",
       .title = "A line that is longer than any buffer is one line",
       .subject = Reads("[len(line) for line in input]"),
       .request = Post(std::string(300'000, 'x') + "\n" + std::string(200'000, 'y')),
       .body = "[300001, 200000]",
       .standard = Standard{.section = kStreams}},
      {.name = "HasOneMebibyteOfChunks",
       .rule = "INP-8",
       .title = "A large chunked body is decoded to its last byte",
       .subject = Reads("len(input.read(700000)), len(input.read())"),
       .request = PostChunked({std::string(500'000, 'x'), std::string(548'576, 'y')}),
       .directives = "WSGIChunkedRequest On\n",
       .body = "(700000, 348576)"},
      {.name = "NeedNotBeRead",
       .rule = "INP-7",
       .title = "An application that ignores 1 MiB of body",
       .subject = Says("'ignored'"),
       .request = Post(std::string(1 << 20, 'x')),
       .body = "ignored"},
      {.name = "BrokenOffByLength",
       .rule = "INP-3",
       .title = "50 bytes declared, 5 sent: no application takes 5 for the body",
       .subject = "def subject(environ, start_response):\n"
                  "    tell(raised(environ['wsgi.input'].read))\n"
                  "    return say(start_response, environ['wsgi.input'].read())\n",
       .request = Request("POST /app", "Content-Length: 50\r\n", "12345"),
       .client = Client::Ends,
       .status = 500,
       .told = "OSError"},
      {.name = "BrokenOffBehindTheFirstBuffer",
       .rule = "INP-3",
       .title = "A body that breaks off behind 500 KiB: read() raises OSError, and again",
       .subject = "def subject(environ, start_response):\n"
                  "    tell(raised(environ['wsgi.input'].read))\n"
                  "    tell(raised(environ['wsgi.input'].readline))\n"
                  "    environ['wsgi.input'].read()\n",
       .request = Request("POST /app", "Content-Length: 900000\r\n", std::string(500'000, 'x')),
       .client = Client::Ends,
       .status = 500,
       .told = "OSError,OSError"},
      {.name = "BrokenOffInAChunk",
       .rule = "INP-3",
       .title = "A chunk that breaks off behind 500 KiB: OSError, not the end of the body",
       .subject = "def subject(environ, start_response):\n"
                  "    tell(raised(list, environ['wsgi.input']))\n"
                  "    environ['wsgi.input'].read()\n",
       .request = Request(
           "POST /app", "Transfer-Encoding: chunked\r\n", "c3500\r\n" + std::string(500'000, 'x')),
       .directives = "WSGIChunkedRequest On\n",
       .client = Client::Ends,
       .status = 500,
       .told = "OSError"},
  };
  return rows;
}

std::vector<Row> Rows() {
  std::vector<Row> rows = OtherRows();
  for (const Reading& reading : kReadings) {
    const std::string subject = Reads(reading.expression);
    rows.push_back({.name = std::string(reading.name),
                    .rule = "INP-2",
                    .title = std::string(reading.title),
                    .subject = subject,
                    .request = Post(kLines),
                    .body = reading.found});
    if (!reading.is_ours) rows.back().standard = Standard{.section = kStreams};
    static const std::vector<std::string_view> pieces = {"on", "e\nt", "wo\r", "\n\nla", "s", "t"};
    Row chunked = rows.back();
    chunked.standard = std::nullopt;
    chunked.rule = "INP-8";
    chunked.directives = "WSGIChunkedRequest On\n";
    chunked.request = PostChunked(pieces);
    chunked.name += "Chunked";
    rows.push_back(chunked);
  }
  return rows;
}

class Pep3333Input : public RowCheck {};

class Pep3333InputLater : public Pep3333Check, public testing::WithParamInterface<Place> {};

}  // namespace

TEST_P(Pep3333Input, Row) {
  Play();
}
INSTANTIATE_TEST_SUITE_P(Suite,
                         Pep3333Input,
                         testing::Combine(testing::ValuesIn(SideBySide(Rows())),
                                          testing::ValuesIn(kPlacesMain)),
                         NameOfRow);

TEST_P(Pep3333InputLater, IsOfNoUseAfterItsRequest) {
  About({.rule = "INP-4",
         .title = "wsgi.input, start_response, write() and wsgi.errors, used after their request",
         .expected = "RuntimeError four times",
         .mode = NameOf(GetParam())});
  ServeSubject(GetParam(), R"(
KEPT = []
def subject(environ, start_response):
    if KEPT:
        return say(start_response, [raised(*call) for call in KEPT])
    write = start_response('204 No Content', [])
    KEPT.extend([(environ['wsgi.input'].read,), (start_response, '200 OK', []), (write, b'x'),
                 (environ['wsgi.errors'].write, 'x')])
    return []
)");
  (void)Ask(Post("body"));
  const std::string found = Ask(Get()).body;
  Found(found);
  EXPECT_EQ(found, "['RuntimeError', 'RuntimeError', 'RuntimeError', 'RuntimeError']");
}
INSTANTIATE_TEST_SUITE_P(Suite,
                         Pep3333InputLater,
                         testing::ValuesIn(kPlaces),
                         [](const auto& parameter) { return NameOf(parameter.param); });

}  // namespace suites::pep3333
