// Pep3333Iterables: what an application may be and may return, and what is refused. PEP 3333 "The
// Application/Framework Side", RESP-1, RESP-3, ERR-10.

#include <fmt/format.h>

#include "suites/pep3333/row.h"

namespace suites::pep3333 {

namespace {

constexpr std::string_view kIterables = "PEP 3333: The Application/Framework Side";

// Answers 200 with these headers, returning what the expression says.
std::string Returns(std::string_view expression, std::string_view headers = "") {
  return fmt::format(
      "def subject(environ, start_response):\n"
      "    start_response('200 OK', [{}])\n"
      "    return {}\n",
      headers,
      expression);
}

const std::vector<Row>& Rows() {
  static const std::vector<Row> rows = {
      {.name = "List",
       .rule = kIterables,
       .title = "A list",
       .subject = Returns("[b'a', b'', b'bc']"),
       .body = "abc"},
      {.name = "Tuple",
       .rule = kIterables,
       .title = "A tuple",
       .subject = Returns("(b'a', b'b')"),
       .body = "ab"},
      {.name = "Generator",
       .rule = kIterables,
       .title = "A generator",
       .subject = Returns("(piece for piece in (b'a', b'', b'b'))"),
       .body = "ab"},
      {.name = "Iterator",
       .rule = kIterables,
       .title = "An iterator",
       .subject = Returns("iter([b'a', b'b'])"),
       .body = "ab"},
      {.name = "Dictionary",
       .rule = kIterables,
       .title = "Any iterable: the keys of a dict",
       .subject = Returns("{b'a': 1, b'b': 2}"),
       .body = "ab"},
      {.name = "OldSequence",
       .rule = kIterables,
       .title = "An object that is iterable by __getitem__ alone",
       .subject =
           "class S:\n    def __getitem__(self, index):\n        return [b'a', b'b'][index]\n" +
           Returns("S()"),
       .body = "ab"},
      {.name = "IterableWithLength",
       .rule = "PEP 3333: Handling the Content-Length Header",
       .title = "An iterable whose len() is not 1: no length is made up of it",
       .subject = "class S(list):\n    def __len__(self):\n        return 1\n" +
                  Returns("S([b'a', b'b'])"),
       .body = "ab",
       .lacks = {"Content-Length"},
       .standard = Standard{.lacks = std::vector<std::string_view>{}}},
      {.name = "ListSubclass",
       .rule = kIterables,
       .title = "A list that iterates its own way is asked",
       .subject = "class S(list):\n    def __iter__(self):\n        return iter([b'mine'])\n" +
                  Returns("S([b'a'])"),
       .body = "mine"},
      {.name = "BytesSubclass",
       .rule = kIterables,
       .title = "Blocks of a subclass of bytes",
       .subject = "class B(bytes): pass\n" + Returns("[B(b'a')]"),
       .body = "a"},
      {.name = "EmptyList",
       .rule = "RESP-1",
       .title = "No block at all: status and headers are sent",
       .subject = Returns("[]", "('X-A', 'b')"),
       .body = "",
       .has = {"X-A: b"},
       .standard = Standard{.section = kIterables}},
      {.name = "EmptyBlocks",
       .rule = "RESP-1",
       .title = "Nothing but empty blocks",
       .subject = Returns("iter([b'', b''])", "('X-A', 'b')"),
       .body = "",
       .has = {"X-A: b"},
       .standard = Standard{.section = kIterables}},
      {.name = "Class",
       .rule = kIterables,
       .title = "The instances of a class are the iterables",
       .subject =
           "class subject:\n    def __init__(self, environ, start_response):\n"
           "        self.start = start_response\n"
           "    def __iter__(self):\n        self.start('200 OK', [])\n        yield b'made'\n",
       .body = "made"},
      {.name = "RefusesText",
       .rule = "RESP-3",
       .title = "A block of text",
       .subject = Returns("['a']"),
       .status = 500,
       .logged = "TypeError: "},
      {.name = "RefusesTextOfAGenerator",
       .rule = "RESP-3",
       .title = "A generator of text",
       .subject = Returns("iter(['a'])"),
       .status = 500,
       .logged = "TypeError: "},
      {.name = "RefusesTextBehindBytes",
       .rule = "RESP-3",
       .title = "Text behind bytes: the answer is cut",
       .subject = Returns("iter([b'a', 'b'])"),
       .body = "a<cut>",
       .logged = "TypeError: "},
      {.name = "RefusesBytearray",
       .rule = "RESP-3",
       .title = "A block that is a bytearray",
       .subject = Returns("[bytearray(b'a')]"),
       .status = 500,
       .logged = "TypeError: "},
      {.name = "RefusesMemoryview",
       .rule = "RESP-3",
       .title = "A block that is a memoryview",
       .subject = Returns("[memoryview(b'a')]"),
       .status = 500,
       .logged = "TypeError: "},
      {.name = "RefusesNumbers",
       .rule = "RESP-3",
       .title = "A block that is a number",
       .subject = Returns("[1]"),
       .status = 500,
       .logged = "TypeError: "},
      {.name = "RefusesBytes",
       .rule = "RESP-3",
       .title = "Bytes returned as they are",
       .subject = Returns("b'abc'"),
       .status = 500,
       .logged = "TypeError: "},
      {.name = "RefusesStr",
       .rule = "RESP-3",
       .title = "Text returned as it is",
       .subject = Returns("'abc'"),
       .status = 500,
       .logged = "TypeError: "},
      {.name = "RefusesNone",
       .rule = "RESP-3",
       .title = "None returned",
       .subject = Returns("None"),
       .status = 500,
       .logged = "TypeError: "},
      {.name = "RefusesSilence",
       .rule = "RESP-3",
       .title = "start_response is never called, and there is data",
       .subject = "def subject(environ, start_response):\n    yield b'x'\n",
       .status = 500,
       .logged = "start_response",
       .standard = Standard{.section = "RFC 9112: 4", .status = kAnyStatus, .logged = ""}},
      {.name = "RefusesSilenceWithoutData",
       .rule = "RESP-3",
       .title = "start_response is never called, and there is none",
       .subject = "def subject(environ, start_response):\n    yield b''\n",
       .status = 500,
       .logged = "start_response",
       .standard = Standard{.section = "RFC 9112: 4", .status = kAnyStatus, .logged = ""}},
  };
  return rows;
}

class Pep3333Iterables : public RowCheck {};

// What is `application` in a script: the host itself calls it, and no other application does.
struct Callable {
  std::string_view name;
  std::string_view title;
  std::string_view application;
};

constexpr Callable kCallables[] = {
    {"Instance",
     "an instance with __call__",
     "class Called:\n"
     "    def __call__(self, environ, start_response):\n"
     "        return say(start_response, 'called')\n"
     "application = Called()\n"},
    {"Class",
     "a class whose instances are iterable",
     "class application:\n"
     "    def __init__(self, environ, start_response):\n"
     "        self.start = start_response\n"
     "    def __iter__(self):\n"
     "        return iter(say(self.start, 'called'))\n"},
    {"Method",
     "a bound method",
     "class Has:\n"
     "    def method(self, environ, start_response):\n"
     "        return say(start_response, 'called')\n"
     "application = Has().method\n"},
    {"Partial",
     "what functools.partial() makes",
     "import functools\n"
     "def answer(text, environ, start_response):\n"
     "    return say(start_response, text)\n"
     "application = functools.partial(answer, 'called')\n"},
};

void PrintTo(const Callable& callable, std::ostream* out) {
  *out << callable.name;
}

class Pep3333Callables : public Pep3333Check,
                         public testing::WithParamInterface<std::tuple<Callable, Place>> {};

}  // namespace

TEST_P(Pep3333Callables, AreApplications) {
  const auto& [callable, place] = GetParam();
  About({.rule = kIterables,
         .title = fmt::format("An application may be {}", callable.title),
         .expected = "it is called",
         .mode = NameOf(place)});
  ServeSubject(place, callable.application);
  const std::string body = Ask(Get()).body;
  Found(body);
  EXPECT_EQ(body, "called");
}
INSTANTIATE_TEST_SUITE_P(Suite,
                         Pep3333Callables,
                         testing::Combine(testing::ValuesIn(kCallables),
                                          testing::ValuesIn(kPlacesMain)),
                         [](const auto& parameter) {
                           return fmt::format("{}_{}",
                                              std::get<0>(parameter.param).name,
                                              NameOf(std::get<1>(parameter.param)));
                         });

TEST_P(Pep3333Iterables, Row) {
  Play();
}
INSTANTIATE_TEST_SUITE_P(Suite,
                         Pep3333Iterables,
                         testing::Combine(testing::ValuesIn(SideBySide(Rows())),
                                          testing::ValuesIn(kPlacesMain)),
                         NameOfRow);

}  // namespace suites::pep3333
