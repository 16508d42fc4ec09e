#include "hosts/wsgi/input_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hosts/wsgi/testing/stage.h"

namespace hosts::wsgi {
namespace {

using testing::FakeBody;
using testing::Stage;

// An application that evaluates an expression over `input` and keeps what it says.
std::string AppSaying(const std::string& expression) {
  return "def application(environ, start_response):\n"
         "    global said, input\n"
         "    input = environ['wsgi.input']\n"
         "    said = " +
         expression +
         "\n"
         "    start_response('200 OK', [])\n"
         "    return []\n";
}

std::string Said(Stage& stage, const std::string& expression, FakeBody body) {
  EXPECT_EQ(stage.Play(AppSaying(expression), std::move(body)).status(), 200);
  return stage.Say("said");
}

TEST(Input, ReadsToTheTrueEnd) {
  Stage stage;
  EXPECT_EQ(
      Said(stage, "input.read(10), input.read(), input.read(5)", FakeBody({"0123456789abcde"})),
      "(b'0123456789', b'abcde', b'')");
  EXPECT_EQ(Said(stage, "input.read(), input.read(-1)", FakeBody({"ab", "cd"})), "(b'abcd', b'')");
  EXPECT_EQ(Said(stage, "input.read(None), input.readline(), input.readlines()", FakeBody({"ab"})),
            "(b'ab', b'', [])");
}

TEST(Input, WaitsForAsMuchAsWasAsked) {
  Stage stage;
  EXPECT_EQ(Said(stage, "input.read(3), input.read(3)", FakeBody({"a", "b", "cd", "ef"})),
            "(b'abc', b'def')");
}

TEST(Input, DoesNotWaitForNothing) {
  Stage stage;
  FakeBody body({"abc"});
  testing::RecordingSink sink;
  stage.Play(AppSaying("input.read(0), input.readline(0)"), body, sink);
  EXPECT_EQ(stage.Say("said"), "(b'', b'')");
  EXPECT_EQ(body.fills(), 0);
}

TEST(Input, ReadsLines) {
  Stage stage;
  EXPECT_EQ(Said(stage,
                 "input.readline(), input.readline(2), input.readline(2), input.readline()",
                 FakeBody({"a", "b\nc", "defg", "\nlast"})),
            "(b'ab\\n', b'cd', b'ef', b'g\\n')");
  EXPECT_EQ(Said(stage, "list(input)", FakeBody({"a\nb", "c\n", "\nd"})),
            "[b'a\\n', b'bc\\n', b'\\n', b'd']");
  EXPECT_EQ(Said(stage, "input.readlines(2), input.readlines()", FakeBody({"aa\nb\nc\n"})),
            "([b'aa\\n'], [b'b\\n', b'c\\n'])");
  EXPECT_EQ(Said(stage, "input.readlines(0), input.close()", FakeBody({"a\nb\n"})),
            "([b'a\\n', b'b\\n'], None)");
}

TEST(Input, HasNoOtherMethods) {
  Stage stage;
  EXPECT_EQ(Said(stage,
                 "[name for name in ('seek', 'tell', 'fileno', 'write') if hasattr(input, name)]",
                 FakeBody()),
            "[]");
}

TEST(Input, RaisesAgainAndAgainWhenTheBodyBrokeOff) {
  Stage stage;
  FakeBody body({"abc"});
  body.BreakOff();
  constexpr const char* kTryTwice = R"(
def application(environ, start_response):
    global seen
    input = environ["wsgi.input"]
    seen = [input.read(2)]
    for i in range(2):
        try:
            input.read(5)
        except OSError as error:
            seen.append(str(error))
    input.read()
)";
  EXPECT_EQ(stage.Play(kTryTwice, std::move(body)).status(), 500);
  EXPECT_EQ(stage.Say("seen"),
            "[b'ab', 'request body: the client left', 'request body: the client left']");
}

TEST(Input, IsOfNoUseAfterItsRequest) {
  Stage stage;
  EXPECT_EQ(Said(stage, "None", FakeBody({"abc"})), "None");
  for (const char* use : {"input.read()", "input.readline()", "next(input)", "input.readlines()"}) {
    stage.Execute(std::string("try:\n    ") + use +
                  "\n    raised = None\nexcept RuntimeError as error:\n    raised = str(error)\n");
    EXPECT_EQ(stage.Say("raised"), "wsgi.input was used after its request had ended") << use;
  }
}

TEST(Input, RefusesWhatIsNoSize) {
  Stage stage;
  const auto answer = stage.Play(AppSaying("input.read('5')"), FakeBody({"abc"}));
  EXPECT_EQ(answer.status(), 500);
  EXPECT_THAT(stage.ErrorLines(), ::testing::Contains(::testing::StartsWith("TypeError")));
}

// The request ends while another thread of the application is still inside read().
TEST(Input, WaitsForTheThreadThatReads) {
  Stage stage;
  constexpr const char* kReadElsewhere = R"(
import threading
results = []
def application(environ, start_response):
    input = environ["wsgi.input"]
    def read():
        try:
            while True:
                piece = input.read(1)
                if not piece:
                    break
                results.append(piece)
        except RuntimeError:
            pass
    threads = [threading.Thread(target=read) for i in range(3)]
    for thread in threads:
        thread.start()
    globals()["threads"] = threads
    start_response("200 OK", [])
    return [b"done"]
)";
  std::deque<std::string> pieces(2000, "x");
  EXPECT_EQ(stage.Play(kReadElsewhere, FakeBody(pieces)).body(), "done");
  stage.Execute("for thread in threads: thread.join()\n");
  EXPECT_EQ(stage.Say("set(results) <= {b'x'}"), "True");
}

}  // namespace
}  // namespace hosts::wsgi
