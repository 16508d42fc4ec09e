#include "hosts/python/signal_registration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "hosts/python/runtime.h"
#include "hosts/python/testing/captured_log.h"
#include "hosts/python/testing/source.h"

namespace hosts::python {
namespace {

using ::testing::Contains;
using testing::Execute;
using ::testing::HasSubstr;
using testing::Say;

class SignalRegistration : public ::testing::Test {
 protected:
  SignalRegistration() { RestrictSignalRegistration(attached_); }

  testing::CapturedLog log_;
  std::unique_ptr<Runtime> runtime_ = std::move(*Runtime::Start());
  Attached attached_{runtime_->starting_thread()};
};

TEST_F(SignalRegistration, AnswersTheHandlerAndRegistersNothing) {
  Execute(attached_,
          "import signal\n"
          "def handler(*_): pass\n"
          "before = signal.getsignal(signal.SIGUSR2)\n"
          "answer = signal.signal(signal.SIGUSR2, handler)\n");
  EXPECT_EQ(Say(attached_, "answer is handler"), "True");
  EXPECT_EQ(Say(attached_, "signal.getsignal(signal.SIGUSR2) == before"), "True");
}

TEST_F(SignalRegistration, TakesNumbersOnlyAsTheRealOneDoes) {
  Execute(attached_,
          "import signal\n"
          "try:\n"
          "    signal.signal('12', signal.SIG_IGN)\n"
          "except TypeError:\n"
          "    raised = True\n");
  EXPECT_EQ(Say(attached_, "raised"), "True");
}

TEST_F(SignalRegistration, TellsWhoAsked) {
  Execute(attached_,
          "import signal\n"
          "def somebody(): signal.signal(12, None)\n"
          "somebody()\n");
  const auto lines = log_.Lines("H0322");
  ASSERT_FALSE(lines.empty());
  EXPECT_EQ(lines.front(), "Callback registration for signal 12 ignored.");
  EXPECT_THAT(lines, Contains(HasSubstr("in somebody")));
  EXPECT_THAT(lines.back(), ::testing::Not(HasSubstr("in signal")));
}

TEST_F(SignalRegistration, IsRealInAForkedProcess) {
  Execute(attached_,
          "import os, signal\n"
          "child = os.fork()\n"
          "if child == 0:\n"
          "    was = signal.signal(signal.SIGUSR2, signal.SIG_IGN)\n"
          "    is_real = signal.getsignal(signal.SIGUSR2) == signal.SIG_IGN\n"
          "    os._exit(0 if is_real and was == signal.SIG_DFL else 1)\n"
          "status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])\n");
  EXPECT_EQ(Say(attached_, "status"), "0");
}

}  // namespace
}  // namespace hosts::python
