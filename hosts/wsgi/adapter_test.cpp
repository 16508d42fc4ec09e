#include "hosts/wsgi/adapter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hosts/base/files.h"
#include "hosts/wsgi/testing/stage.h"

namespace hosts::wsgi {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using testing::FakeBody;
using ::testing::HasSubstr;
using testing::RecordingSink;
using testing::Stage;
using ::testing::StartsWith;

// `body` follows start_response('200 OK', []).
std::string Started(const std::string& body) {
  std::string source =
      "def application(environ, start_response):\n    start_response('200 OK', headers)\n    ";
  for (const char c : body) {
    source += c;
    if (c == '\n') source += "    ";
  }
  return "headers = []\n" + source + "\n";
}

TEST(Adapter, SendsAListInOnePiece) {
  Stage stage;
  const auto answer = stage.Play(Started("return [b'a', b'', b'bc']"));
  EXPECT_THAT(answer.writes(), ElementsAre("abc"));
  EXPECT_TRUE(answer.is_finished());
  EXPECT_FALSE(answer.head().content_length);  // RESP-10
}

TEST(Adapter, SendsALargeListFromWhereItIs) {
  Stage stage;
  const auto answer = stage.Play(Started("return (b'a' * 100_000, b'b', b'c')"));
  EXPECT_EQ(answer.body(), std::string(100'000, 'a') + "bc");
  EXPECT_TRUE(answer.is_finished());
}

TEST(Adapter, SendsAnEmptyAnswer) {
  Stage stage;
  for (const char* empty :
       {"return []", "return ()", "return iter(())", "return [b'']", "yield b''"}) {
    const auto answer = stage.Play(Started(empty));
    EXPECT_EQ(answer.status(), 200) << empty;
    EXPECT_EQ(answer.body(), "") << empty;
    EXPECT_TRUE(answer.is_finished()) << empty;
  }
}

TEST(Adapter, SendsItemsAsTheyCome) {
  Stage stage;
  const auto answer = stage.Play(Started("yield b'a'\nyield b''\nyield b'b'"));
  EXPECT_THAT(answer.writes(), ElementsAre("a", "b"));
}

// PEP 3333: start_response need not be called before the first item is asked for.
TEST(Adapter, StartsWithTheFirstItem) {
  Stage stage;
  const auto answer = stage.Play(
      "def application(environ, start_response):\n"
      "    yield b''\n"
      "    start_response('201 Created', [])\n"
      "    yield b'late'\n");
  EXPECT_EQ(answer.status(), 201);
  EXPECT_EQ(answer.body(), "late");
}

TEST(Adapter, DropsWhatContentLengthHasNoRoomFor) {
  Stage stage;
  for (const char* body : {"return [b'abcdef']", "yield b'ab'\nyield b'cdef'\nyield b'g'"}) {
    const auto answer = stage.Play(Started(body) + "headers = [('Content-Length', '3')]\n");
    EXPECT_EQ(answer.body(), "abc") << body;
    EXPECT_TRUE(answer.is_finished()) << body;
  }
}

TEST(Adapter, AnswersFailuresBeforeTheHeadWithAnErrorPage) {
  const std::vector<std::pair<std::string, std::string>> failures = {
      {Started("raise ValueError('text')"), "ValueError: text"},
      {Started("import sys\nsys.exit(3)"), "SystemExit: 3"},
      {Started("raise KeyboardInterrupt"), "KeyboardInterrupt"},
      {Started("return ['text']"), "TypeError: an application yields bytes, not str"},
      {Started("return [b'ok', 1]"), "TypeError: an application yields bytes, not int"},
      {Started("return b'bytes'"), "TypeError: an application yields bytes, not int"},
      {Started("return 'text'"), "TypeError: an application yields bytes, not str"},
      {Started("return None"), "TypeError: 'NoneType' object is not iterable"},
      {Started("yield 'text'"), "TypeError: an application yields bytes, not str"},
      {Started("yield b''\nraise ValueError('in the iterable')"), "ValueError: in the iterable"},
      {"def application(environ, start_response): return [b'x']\n",
       "RuntimeError: the application did not call start_response"},
      {"def application(environ, start_response): return []\n",
       "RuntimeError: the application did not call start_response"},
      {"def application(environ, start_response): yield b'x'\n",
       "RuntimeError: the application did not call start_response"},
      {"application = 5\n", "TypeError: 'int' object is not callable"},
  };
  Stage stage;
  for (const auto& [source, last_line] : failures) {
    const auto answer = stage.Play(source);
    EXPECT_EQ(answer.status(), 500) << source;
    EXPECT_EQ(answer.head().reason, "Internal Server Error");
    EXPECT_THAT(answer.body(), HasSubstr("Internal Server Error"));
    EXPECT_TRUE(answer.is_finished()) << source;
    EXPECT_EQ(stage.ErrorLines().back(), last_line);
  }
}

TEST(Adapter, LogsTheTracebackLineByLine) {
  Stage stage;
  stage.Play(Started("raise ValueError('text')"));
  EXPECT_THAT(stage.ErrorLines(),
              ElementsAre("Exception occurred processing WSGI script '/site/app.wsgi'",
                          "Traceback (most recent call last):",
                          "  File \"<string>\", line 4, in application",
                          "ValueError: text"));
}

TEST(Adapter, BreaksOffWhatFailsAfterTheHead) {
  Stage stage;
  const auto answer = stage.Play(Started("yield b'half'\nraise ValueError('late')"));
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.body(), "half");
  EXPECT_TRUE(answer.is_aborted());
  EXPECT_EQ(stage.ErrorLines().back(), "ValueError: late");
}

constexpr const char* kCountsCloses = R"(
closes = 0
class Body:
    def __init__(self, items):
        self.items = iter(items)
    def __iter__(self):
        return self
    def __next__(self):
        item = next(self.items)
        if isinstance(item, Exception):
            raise item
        return item
    def close(self):
        global closes
        closes += 1
        if fails:
            raise ValueError("in close")
fails = False
items = []
def application(environ, start_response):
    start_response("200 OK", [])
    return Body(items)
)";

TEST(Adapter, ClosesOnceWhateverHappens) {
  Stage stage;
  for (const char* items :
       {"[]", "[b'a', b'b']", "['text']", "[ValueError()]", "[b'a', ValueError()]"}) {
    stage.Play(std::string(kCountsCloses) + "items = " + items + "\n");
    EXPECT_EQ(stage.Say("closes"), "1") << items;
  }
}

TEST(Adapter, ClosesWhenTheClientHasLeft) {
  Stage stage;
  RecordingSink sink;
  sink.LoseClientAfter(1);
  FakeBody body;
  stage.Play(std::string(kCountsCloses) + "items = [b'a', b'b', b'c']\n", body, sink);
  EXPECT_EQ(stage.Say("closes, list(Body.__new__ and items)[2]"), "(1, b'c')");
  EXPECT_TRUE(sink.is_aborted());
  EXPECT_THAT(stage.ErrorLines(), ElementsAre());
}

TEST(Adapter, OnlyLogsWhatCloseRaises) {
  Stage stage;
  const auto answer = stage.Play(std::string(kCountsCloses) + "items = [b'a']\nfails = True\n");
  EXPECT_TRUE(answer.is_finished());
  EXPECT_EQ(stage.log().Lines("H0309").back(), "ValueError: in close");
}

TEST(Adapter, StopsAskingWhenTheClientHasLeft) {
  Stage stage;
  RecordingSink sink;
  sink.LoseClientAfter(2);
  FakeBody body;
  stage.Play(
      "given = 0\nclosed = False\n"
      "def application(environ, start_response):\n"
      "    global given, closed\n"
      "    start_response('200 OK', [])\n"
      "    try:\n"
      "        while True:\n"
      "            given += 1\n"
      "            yield b'x'\n"
      "    finally:\n"
      "        closed = True\n",
      body,
      sink);
  EXPECT_EQ(stage.Say("given, closed"), "(3, True)");
}

TEST(Adapter, EndsWsgiErrorsWithTheRequest) {
  Stage stage;
  stage.Play(
      Started("global kept\nkept = environ['wsgi.errors']\nkept.write('line\\npart')\n"
              "return []"));
  EXPECT_THAT(stage.log().Lines("H0301"), Contains("line"));
  stage.Execute("try:\n    kept.write('x')\nexcept RuntimeError:\n    raised = True\n");
  EXPECT_EQ(stage.Say("raised"), "True");
}

TEST(Adapter, SatisfiesTheValidatorOfTheStandardLibrary) {
  Stage stage;
  stage.request.method = "POST";
  stage.request.headers = {{"Host", "main.example"}, {"Content-Length", "6"}};
  constexpr const char* kValidated = R"(
import warnings
from wsgiref.validate import validator
warnings.simplefilter("error")
def inner(environ, start_response):
    body = environ["wsgi.input"].read(6)
    environ["wsgi.input"].readline(1)
    environ["wsgi.errors"].write("hello\n")
    environ["wsgi.errors"].writelines(["a\n"])
    environ["wsgi.errors"].flush()
    write = start_response("200 OK", [("Content-Type", "text/plain")])
    write(b"written ")
    return iter([body])
application = validator(inner)
)";
  const auto answer = stage.Play(kValidated, FakeBody({"posted"}));
  EXPECT_THAT(stage.ErrorLines(), ElementsAre());
  EXPECT_EQ(answer.body(), "written posted");
  EXPECT_TRUE(answer.is_finished());
}

class FileWrapperTest : public ::testing::Test {
 protected:
  FileWrapperTest() { EXPECT_TRUE(base::WriteFile(path_, "0123456789")); }
  RecordingSink Play(const std::string& make_file, const std::string& headers = "[]") {
    return stage_.Play(
        "import gzip, io\n"
        "closed = False\n"
        "def application(environ, start_response):\n"
        "    start_response('200 OK', " +
        headers +
        ")\n"
        "    path = '" +
        path_.string() +
        "'\n"
        "    file = " +
        make_file +
        "\n"
        "    return environ['wsgi.file_wrapper'](file)\n");
  }

  Stage stage_;
  base::TemporaryDirectory directory_ = std::move(*base::TemporaryDirectory::Make("wsgilab-file-"));
  std::filesystem::path path_ = directory_.path() / "file";
};

TEST_F(FileWrapperTest, AddsTheLengthOfARegularFile) {
  const auto answer = Play("open(path, 'rb')");
  EXPECT_EQ(answer.body(), "0123456789");
  EXPECT_EQ(answer.Header("Content-Length"), "10");
}

TEST_F(FileWrapperTest, BeginsWhereTheFileStands) {
  const auto answer = Play("(lambda file: (file.seek(4), file)[1])(open(path, 'rb'))");
  EXPECT_EQ(answer.body(), "456789");
  EXPECT_EQ(answer.Header("Content-Length"), "6");
}

TEST_F(FileWrapperTest, SendsAsMuchAsWasDeclared) {
  const auto answer = Play("open(path, 'rb')", "[('Content-Length', '5')]");
  EXPECT_EQ(answer.body(), "01234");
  EXPECT_EQ(answer.Header("Content-Length"), "5");
}

TEST_F(FileWrapperTest, SendsOtherObjectsBlockByBlock) {
  const auto answer = Play("io.BytesIO(b'abc')");
  EXPECT_EQ(answer.body(), "abc");
  EXPECT_EQ(answer.Header("Content-Length"), "");
}

// A gzip file has the descriptor and size of what is compressed.
TEST_F(FileWrapperTest, KnowsNoLengthOfADecompressedFile) {
  stage_.Execute("import gzip\nwith gzip.open('" + path_.string() +
                 "', 'wb') as file:\n"
                 "    file.write(b'x' * 1000)\n");
  const auto answer = Play("gzip.open(path, 'rb')");
  EXPECT_EQ(answer.body(), std::string(1000, 'x'));
  EXPECT_EQ(answer.Header("Content-Length"), "");
}

TEST_F(FileWrapperTest, HandsTheFileOverWhereThatIsAllowed) {
  stage_.request.may_send_files = true;
  const auto answer = Play("(lambda file: (file.seek(4), file)[1])(open(path, 'rb'))");
  EXPECT_EQ(answer.file_bytes(), "456789") << "the sink's descriptor is open behind close()";
  EXPECT_TRUE(answer.writes().empty());
  EXPECT_EQ(answer.Header("Content-Length"), "6");
  EXPECT_TRUE(answer.is_finished());
  EXPECT_EQ(Play("open(path, 'rb')", "[('Content-Length', '5')]").file_bytes(), "01234");
  EXPECT_EQ(Play("open(path, 'rb')", "[('Content-Length', '50')]").file_bytes(), "0123456789");
}

TEST_F(FileWrapperTest, HandsNothingElseOver) {
  stage_.request.may_send_files = true;
  for (const char* file :
       {"io.BytesIO(b'abc')", "gzip.GzipFile(fileobj=io.BytesIO(gzip.compress(b'abc')))"}) {
    const auto answer = Play(file);
    EXPECT_EQ(answer.file_bytes(), std::nullopt) << file;
    EXPECT_EQ(answer.body(), "abc") << file;
  }
}

TEST_F(FileWrapperTest, SaysWhyAFileCouldNotBeSentToItsEnd) {
  stage_.request.may_send_files = true;
  RecordingSink sink;
  sink.FailFiles({base::ErrorKind::InvalidInput, "a file has become shorter"});
  stage_.Execute("path = '" + path_.string() + "'");
  FakeBody body;
  stage_.Play(
      "def application(environ, start_response):\n"
      "    start_response('200 OK', [])\n"
      "    return environ['wsgi.file_wrapper'](open(path, 'rb'))\n",
      body,
      sink);
  EXPECT_TRUE(sink.is_aborted());
  EXPECT_EQ(stage_.log().Lines("H0231").size(), 1U);
}

TEST_F(FileWrapperTest, IsAClassThatClosesItsFile) {
  stage_.Play(
      "import io\n"
      "file = io.BytesIO(b'abcdef')\n"
      "def application(environ, start_response):\n"
      "    global wrapper\n"
      "    start_response('200 OK', [])\n"
      "    wrapper = environ['wsgi.file_wrapper']\n"
      "    return wrapper(file, blksize=2)\n");
  EXPECT_EQ(stage_.Say("file.closed, isinstance(wrapper, type)"), "(True, True)");
  EXPECT_EQ(stage_.Say("list(wrapper(io.BytesIO(b'abc'), 2)), wrapper(file).blksize"),
            "([b'ab', b'c'], 8192)");
}

}  // namespace
}  // namespace hosts::wsgi
