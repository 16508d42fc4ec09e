#include "hosts/python/log_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hosts/python/call.h"
#include "hosts/python/runtime.h"
#include "hosts/python/testing/captured_log.h"
#include "hosts/python/testing/source.h"

namespace hosts::python {
namespace {

using ::testing::ElementsAre;
using testing::Execute;
using testing::Say;

class LogStreamTest : public ::testing::Test {
 protected:
  LogStreamTest() {
    type_ = MakeLogStreamType(attached_);
    stream_ = NewLogStream(attached_, type_.get(), "<stderr>");
    PySys_SetObject("stderr", stream_.get());
    Execute(attached_, "import sys; stream = sys.stderr");
  }
  [[nodiscard]] std::vector<std::string> lines() const { return log_.Lines("H0301"); }

  testing::CapturedLog log_;
  std::unique_ptr<Runtime> runtime_ = std::move(*Runtime::Start());
  Attached attached_{runtime_->starting_thread()};
  Ref type_;
  Ref stream_;
};

TEST_F(LogStreamTest, WritesLineByLine) {
  Execute(attached_, "stream.write('a')");
  EXPECT_THAT(lines(), ElementsAre());
  Execute(attached_, "stream.write('b\\nc\\nd')");
  EXPECT_THAT(lines(), ElementsAre("ab", "c"));
  Execute(attached_, "stream.flush()");
  EXPECT_THAT(lines(), ElementsAre("ab", "c", "d"));
  Execute(attached_, "stream.writelines(['x\\n', 'y\\n']); print('z', file=stream)");
  EXPECT_THAT(lines(), ElementsAre("ab", "c", "d", "x", "y", "z"));
}

TEST_F(LogStreamTest, ShowsWhatTheThreadIsBusyWith) {
  const std::string prefix =
      "[client 127.0.0.1:4711] [script /site/app.wsgi] [thread 3] [application-group sub] "
      "[request r1] ";
  {
    const LogContext context({.client = "127.0.0.1",
                              .client_port = 4711,
                              .script = "/site/app.wsgi",
                              .thread = 3,
                              .application_group = "sub",
                              .request_id = "r1"});
    Execute(attached_, "stream.write('inside\\n'); stream.write('unfinished')");
  }
  Execute(attached_, "stream.write('outside\\n')");
  EXPECT_THAT(lines(), ElementsAre(prefix + "inside", prefix + "unfinished", "outside"));
}

TEST_F(LogStreamTest, IsATextStreamWithoutAFile) {
  EXPECT_EQ(Say(attached_, "stream.encoding, stream.errors, stream.isatty(), stream.closed"),
            "('utf-8', 'replace', False, False)");
  EXPECT_EQ(Say(attached_, "stream.write('\\udc80\\u20ac')"), "2");
  Execute(
      attached_,
      "try:\n    stream.fileno()\nexcept OSError:\n    raised = True\n"
      "try:\n    stream.write(b'bytes')\nexcept TypeError as error:\n    message = str(error)\n");
  EXPECT_EQ(Say(attached_, "raised, message"), "(True, 'a log stream takes str, not bytes')");
  FlushPartialLines();
  EXPECT_THAT(lines(), ElementsAre("?\u20ac"));
}

TEST_F(LogStreamTest, RaisesWhenItsRequestIsOver) {
  CloseLogStream(attached_, stream_.get());
  Execute(attached_, "try:\n    stream.write('x')\nexcept RuntimeError:\n    raised = True\n");
  EXPECT_EQ(Say(attached_, "raised, stream.closed"), "(True, True)");
}

}  // namespace
}  // namespace hosts::python
