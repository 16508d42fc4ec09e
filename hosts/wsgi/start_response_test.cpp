#include "hosts/wsgi/start_response.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hosts/wsgi/testing/stage.h"

namespace hosts::wsgi {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using testing::RecordingSink;
using testing::Stage;
using ::testing::StartsWith;

std::string App(const std::string& body) {
  std::string source = "def application(environ, start_response):\n    ";
  for (const char c : body) {
    source += c;
    if (c == '\n') source += "    ";
  }
  return source + "\n";
}

TEST(StartResponse, GivesStatusAndHeaders) {
  Stage stage;
  const auto answer = stage.Play(
      App("start_response('299 My Reason', [('X-A', '1'), ('X-A', 'd\\xe9'), ('Content-Length', "
          "'2')])\nreturn [b'ok']"));
  EXPECT_EQ(answer.status(), 299);
  EXPECT_EQ(answer.head().reason, "My Reason");
  EXPECT_EQ(answer.head().content_length, 2U);
  EXPECT_THAT(answer.head().headers,
              ElementsAre(Pair("X-A", "1"), Pair("X-A", "d\xE9"), Pair("Content-Length", "2")));
}

TEST(StartResponse, LastCallBeforeTheBodyCounts) {
  Stage stage;
  const auto answer =
      stage.Play(App("start_response('200 OK', [('X-A', '1')])\n"
                     "start_response('201 Created', [])\n"
                     "return [b'ok']"));
  EXPECT_EQ(answer.status(), 201);
  EXPECT_THAT(answer.head().headers, ElementsAre());
}

// The bytes that are held were cut to the length of the head that they have.
TEST(StartResponse, IsTooLateOnceTheWholeBodyIsThere) {
  Stage stage;
  const auto answer =
      stage.Play(App("class Body(list):\n"
                     "    def close(self):\n"
                     "        start_response('201 Late', [('Content-Length', '4')])\n"
                     "start_response('200 OK', [('Content-Length', '2')])\n"
                     "return Body([b'body'])"));
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.head().content_length, 2U);
  EXPECT_EQ(answer.body(), "bo");
}

TEST(StartResponse, ReplacesTheHeadForAnErrorPage) {
  Stage stage;
  const auto answer =
      stage.Play(App("import sys\n"
                     "start_response('200 OK', [])\n"
                     "try:\n    1/0\n"
                     "except ZeroDivisionError:\n"
                     "    start_response('500 Oops', [], sys.exc_info())\n"
                     "return [b'sorry']"));
  EXPECT_EQ(answer.status(), 500);
  EXPECT_EQ(answer.body(), "sorry");
}

TEST(StartResponse, RaisesTheExceptionOnceTheHeadIsOut) {
  Stage stage;
  const auto answer =
      stage.Play(App("import sys\n"
                     "write = start_response('200 OK', [])\n"
                     "write(b'out')\n"
                     "try:\n    1/0\n"
                     "except ZeroDivisionError:\n"
                     "    start_response('500 Oops', [], sys.exc_info())\n"
                     "return [b'never']"));
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.body(), "out");
  EXPECT_TRUE(answer.is_aborted());
  EXPECT_EQ(stage.ErrorLines().back(), "ZeroDivisionError: division by zero");
}

TEST(StartResponse, MayNotBeCalledAgainOnceTheHeadIsOut) {
  Stage stage;
  const auto answer = stage.Play(
      App("start_response('200 OK', [])(b'out')\nstart_response('200 OK', [], None)\nreturn []"));
  EXPECT_TRUE(answer.is_aborted());
  EXPECT_THAT(stage.ErrorLines().back(),
              StartsWith("RuntimeError: start_response was called again"));
}

TEST(StartResponse, RefusesAtOnceWhatCannotBeSent) {
  const std::vector<std::pair<std::string, std::string>> refused = {
      {"start_response(b'200 OK', [])", "TypeError"},
      {"start_response('2000 OK', [])", "ValueError"},
      {"start_response('200 O\\r\\nX: K', [])", "ValueError"},
      {"start_response('200 \\u20ac', [])", "UnicodeEncodeError"},
      {"start_response('200 OK', ())", "TypeError"},
      {"start_response('200 OK', [['X', 'y']])", "TypeError"},
      {"start_response('200 OK', [('X', 'y', 'z')])", "ValueError"},
      {"start_response('200 OK', [('X', 1)])", "TypeError"},
      {"start_response('200 OK', [('X', b'y')])", "TypeError"},
      {"start_response('200 OK', [('X', 'a\\r\\nb')])", "ValueError"},
      {"start_response('200 OK', [('X', 'a\\x00b')])", "ValueError"},
      {"start_response('200 OK', [('X Y', 'a')])", "ValueError"},
      {"start_response('200 OK', [('X', '\\u20ac')])", "UnicodeEncodeError"},
      {"start_response('200 OK', [('Content-Length', '-1')])", "ValueError"},
      {"start_response('200 OK', [('Content-Length', 'a')])", "ValueError"},
      {"start_response('200 OK', [('Content-Length', '1'), ('content-length', '2')])",
       "ValueError"},
      {"start_response('200 OK', [('Transfer-Encoding', 'chunked')])", "ValueError"},
      {"start_response('200 OK')", "TypeError"},
      {"start_response(status='200 OK', headers=[])", "TypeError"},
      {"start_response('200 OK', [], 'text')", "TypeError"},
      {"start_response('200 OK', [], (None, None, None))", "TypeError"},
      {"start_response('200 OK', [], (ValueError, KeyError(), None))", "TypeError"},
      {"start_response('200 OK', [], (ValueError, ValueError(), 'traceback'))", "TypeError"},
      {"start_response('200 OK', [], (1, 2))", "TypeError"},
      {"start_response('200 OK', [])('text')", "TypeError"},
  };
  Stage stage;
  for (const auto& [call, raised] : refused) {
    const auto answer = stage.Play(App(call + "\nreturn [b'x']"));
    EXPECT_EQ(answer.status(), 500) << call;
    EXPECT_TRUE(answer.is_finished()) << call;
    EXPECT_THAT(stage.ErrorLines().back(), StartsWith(raised)) << call;
  }
}

TEST(StartResponse, TakesAListSubclassAndOneLengthTwice) {
  Stage stage;
  const auto answer = stage.Play(
      App("class Headers(list): pass\n"
          "start_response('200', Headers([('Content-Length', '2'), ('Content-length', '2')]))\n"
          "return [b'ok']"));
  EXPECT_EQ(answer.head().reason, "OK");
  EXPECT_THAT(answer.head().headers, ElementsAre(Pair("Content-Length", "2")));
}

TEST(StartResponse, WriteSendsAtOnce) {
  Stage stage;
  const auto answer =
      stage.Play(App("write = start_response('200 OK', [])\n"
                     "write(b'a')\nwrite(b'')\nwrite(b'b')\nreturn [b'c']"));
  EXPECT_THAT(answer.writes(), ElementsAre("a", "b", "c"));
}

TEST(StartResponse, WriteRaisesWhenTheClientHasLeft) {
  Stage stage;
  RecordingSink sink;
  sink.LoseClientAfter(1);
  testing::FakeBody body;
  stage.Play(App("write = start_response('200 OK', [])\n"
                 "write(b'a')\n"
                 "try:\n    write(b'b')\n"
                 "except OSError:\n    environ['wsgi.errors'].write('it left')\n    raise\n"),
             body,
             sink);
  EXPECT_TRUE(sink.is_aborted());
  EXPECT_THAT(stage.ErrorLines(), ElementsAre());
  EXPECT_THAT(stage.log().Lines("H0311"), ElementsAre(HasSubstr("the client left")));
}

TEST(StartResponse, IsOfNoUseAfterItsRequest) {
  Stage stage;
  stage.Play(
      App("global kept, write\nkept = start_response\n"
          "write = start_response('200 OK', [])\nreturn []"));
  for (const char* use : {"kept('200 OK', [])", "write(b'x')"}) {
    stage.Execute(std::string("try:\n    ") + use +
                  "\n    raised = None\nexcept RuntimeError as error:\n    raised = str(error)\n");
    EXPECT_THAT(stage.Say("raised"), HasSubstr("after its request")) << use;
  }
}

}  // namespace
}  // namespace hosts::wsgi
