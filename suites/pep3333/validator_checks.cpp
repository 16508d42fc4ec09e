// Pep3333Validator: applications wrapped in wsgiref.validate.validator(), which asserts what both sides of the
// interface owe each other.

#include <fmt/format.h>

#include <filesystem>

#include "suites/pep3333/row.h"

namespace suites::pep3333 {

using hosts_under_test::Need;

namespace {

// The subject, wrapped: the validator's own demands on applications are met (a Content-Type, a list of
// tuples, an iterator's close()).
std::string Validated(std::string_view application) {
  return fmt::format(
      "from wsgiref.validate import validator\n"
      "def text(start_response, status='200 OK'):\n"
      "    return start_response(status, [('Content-Type', 'text/plain')])\n"
      "{}"
      "subject = validator(inner)\n",
      application);
}

const std::vector<Row>& Rows() {
  static const std::vector<Row> rows = {
      {.name = "Get",
       .title = "GET",
       .subject = Validated("def inner(environ, start_response):\n"
                            "    text(start_response)\n    return [b'valid']\n"),
       .body = "valid"},
      {.name = "GetWithQueryAndPath",
       .title = "GET with path, query, cookies and repeated headers",
       .subject = Validated("def inner(environ, start_response):\n"
                            "    text(start_response)\n"
                            "    return [environ['PATH_INFO'].encode()]\n"),
       .request = Request("GET /app/a%20b/?c=d", "Cookie: a=b\r\nAccept: x\r\nAccept: y\r\n"),
       .body = "/a b/"},
      {.name = "Head",
       .title = "HEAD",
       .subject = Validated("def inner(environ, start_response):\n"
                            "    text(start_response)\n    return []\n"),
       .request = Head(),
       .body = ""},
      {.name = "Post",
       .title = "POST, read by length",
       .subject = Validated("def inner(environ, start_response):\n"
                            "    text(start_response)\n"
                            "    return [environ['wsgi.input'].read("
                            "int(environ['CONTENT_LENGTH']))]\n"),
       .request = Post("body"),
       .body = "body"},
      {.name = "PostRead",
       .title = "Every way of reading: read(), readline(), readlines(), iteration, close",
       .subject = Validated("def inner(environ, start_response):\n"
                            "    text(start_response)\n"
                            "    input = environ['wsgi.input']\n"
                            "    return [input.read(2) + input.readline() + input.readline(1)"
                            " + next(iter(input)) + b''.join(input.readlines(1))"
                            " + b''.join(input.readlines()) + input.read(1)]\n"),
       .request = Post("one\ntwo\nthree\nfour\nfive"),
       .body = "one\ntwo\nthree\nfour\nfive"},
      {.name = "PostChunked",
       .title = "POST of chunks",
       .subject = Validated("def inner(environ, start_response):\n"
                            "    text(start_response)\n"
                            "    return [b''.join(environ['wsgi.input'])]\n"),
       .request = PostChunked({"one\nt", "wo"}),
       .directives = "WSGIChunkedRequest On\n",
       .body = "one\ntwo"},
      {.name = "Generator",
       .title = "A stream, with empty blocks",
       .subject = Validated("def inner(environ, start_response):\n"
                            "    text(start_response)\n"
                            "    return (block for block in (b'a', b'', b'b'))\n"),
       .body = "ab"},
      {.name = "LateStart",
       .title = "start_response from within a class's iterator",
       .subject = Validated("class inner:\n"
                            "    def __init__(self, environ, start_response):\n"
                            "        text(start_response)\n"
                            "    def __iter__(self):\n"
                            "        return iter((b'a', b'b'))\n"
                            "    def close(self):\n"
                            "        tell('closed')\n"),
       .body = "ab",
       .told = "closed"},
      {.name = "Write",
       .title = "write()",
       .subject = Validated("def inner(environ, start_response):\n"
                            "    text(start_response)(b'written ')\n"
                            "    return [b'returned']\n"),
       .body = "written returned"},
      {.name = "ExcInfo",
       .title = "start_response with exc_info",
       .subject = Validated("def inner(environ, start_response):\n"
                            "    text(start_response)\n"
                            "    try:\n        raise ValueError\n"
                            "    except ValueError:\n"
                            "        start_response('503 Oops', [('Content-Type', 'text/plain')],"
                            " sys.exc_info())\n"
                            "    return [b'sorry']\n"),
       .status = 503,
       .body = "sorry"},
      {.name = "NoContent",
       .title = "204, without a type",
       .subject = Validated("def inner(environ, start_response):\n"
                            "    start_response('204 No Content', [])\n    return []\n"),
       .status = 204},
      {.name = "Errors",
       .title = "wsgi.errors",
       .subject = Validated("def inner(environ, start_response):\n"
                            "    errors = environ['wsgi.errors']\n"
                            "    errors.write('a')\n    errors.writelines(['b', 'c\\n'])\n"
                            "    errors.flush()\n"
                            "    text(start_response)\n    return [b'x']\n"),
       .body = "x",
       .logged = "] abc\n",
       .standard = Standard{.logged = "abc"}},
      {.name = "FileWrapper",
       .title = "wsgi.file_wrapper",
       .subject = Validated("import io\n"
                            "def inner(environ, start_response):\n"
                            "    text(start_response)\n"
                            "    return environ['wsgi.file_wrapper'](io.BytesIO(b'file'), 3)\n"),
       .body = "file",
       .optional = "wsgi.file_wrapper"},
  };
  return rows;
}

std::vector<Row> RowsOfTheValidator() {
  std::vector<Row> rows = Rows();
  for (Row& row : rows) {
    row.rule = "PEP 3333: wsgiref.validate";
    row.title = fmt::format("Nothing is found by wsgiref.validate: {}", row.title);
  }
  return rows;
}

void ExpectNoComplaint(const std::string& log) {
  for (const std::string_view complaint :
       {"AssertionError", "WSGIWarning", "Traceback (most recent call last)"}) {
    EXPECT_EQ(log.find(complaint), std::string::npos) << log;
  }
}

class Pep3333Validator : public RowCheck {};

// Whole scripts, wrapped.
class Pep3333ValidatedScripts : public Pep3333Check, public testing::WithParamInterface<Place> {
 protected:
  void ServeWrapped(const std::filesystem::path& folder,
                    std::string_view module,
                    std::string_view directives = "") {
    ServeSubject(GetParam(),
                 fmt::format("import os\n"
                             "os.environ['WSGILAB_DATA'] = os.path.dirname(__file__)\n"
                             "sys.path.insert(0, '{}')\n"
                             "from {} import application as inner\n"
                             "from wsgiref.validate import validator\n"
                             "subject = validator(inner)\n",
                             folder.string(),
                             module),
                 directives);
  }
  void AboutScript(std::string_view title) {
    About({.rule = "PEP 3333: wsgiref.validate",
           .title = title,
           .expected = "200, and no complaint in the log",
           .mode = NameOf(GetParam())});
  }
};

}  // namespace

TEST_P(Pep3333Validator, Row) {
  Play();
  ExpectNoComplaint(OwnLog());
}
INSTANTIATE_TEST_SUITE_P(Suite,
                         Pep3333Validator,
                         testing::Combine(testing::ValuesIn(SideBySide(RowsOfTheValidator())),
                                          testing::ValuesIn(kPlaces)),
                         NameOfRow);

TEST_P(Pep3333ValidatedScripts, OfTheProbe) {
  AboutScript("Nothing is found by wsgiref.validate: the probe, GET and POST");
  (void)Need(stage().Copy("probe.wsgi", "inner_probe.py"));
  ServeWrapped(stage().path(), "inner_probe");
  const int get = Ask(Get()).status;
  const client::Answer post = Ask(Post("result = 6 * 7"));
  Found(fmt::format("{}, {}", get, post.status));
  EXPECT_EQ(get, 200);
  EXPECT_NE(post.body.find("\"result\": 42"), std::string::npos) << post.body;
  ExpectNoComplaint(host().Log());
}

TEST_P(Pep3333ValidatedScripts, OfTheStream) {
  AboutScript("Nothing is found by wsgiref.validate: the script that streams");
  (void)Need(stage().Copy("streams.wsgi", "inner_streams.py"));
  (void)Need(stage().Write("go", ""));
  ServeWrapped(stage().path(), "inner_streams");
  const client::Answer answer = Ask(Get());
  Found(answer.body);
  EXPECT_EQ(answer.body, "first\nsecond\n");
  ExpectNoComplaint(host().Log());
}

TEST_P(Pep3333ValidatedScripts, OfDjango) {
  AboutScript("Nothing is found by wsgiref.validate: a Django project");
  const auto environment = hosts_under_test::VirtualEnvironment();
  if (!std::filesystem::exists(environment / "bin" / "python")) {
    GTEST_SKIP() << "there is no environment with Django in it: run scripts/setup";
  }
  ServeWrapped(hosts_under_test::AppsDirectory() / "django_secondapp",
               "config.wsgi",
               fmt::format("WSGIPythonHome {}\n", environment.string()));
  const client::Answer answer = Ask(Request("GET /app/whoami/"));
  Found(fmt::format("{} and {}", answer.status, answer.body));
  EXPECT_EQ(answer.status, 200) << answer.body;
  ExpectNoComplaint(host().Log());
}

INSTANTIATE_TEST_SUITE_P(Suite,
                         Pep3333ValidatedScripts,
                         testing::ValuesIn(kPlaces),
                         [](const auto& parameter) { return NameOf(parameter.param); });

}  // namespace suites::pep3333
