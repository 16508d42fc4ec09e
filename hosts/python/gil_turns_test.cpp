#include "hosts/python/gil_turns.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "hosts/python/runtime.h"
#include "hosts/python/testing/source.h"
#include "hosts/python/versions.h"

namespace hosts::python {
namespace {

using testing::Execute;
using testing::Say;

class GilTurn : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!kDropRequestsGoAstray) GTEST_SKIP() << "this Python asks whoever holds the GIL";
  }
};

constexpr const char* kLoop = R"(
import sys, time
end = time.monotonic() + 10
while sys.getswitchinterval() != 0.25 and time.monotonic() < end: pass
was_told = sys.getswitchinterval() == 0.25
)";

// The switch interval is the process's, and neither setting nor reading it lets the GIL go.
TEST_F(GilTurn, AreHadBesideALoopInOneInterpreter) {
  auto runtime = std::move(*Runtime::Start());
  auto sub = std::move(*Interpreter::MakeSub(runtime->starting_thread()));
  std::atomic<GilHolder> looping{nullptr};
  std::thread loop([&] {
    ThreadState state(*sub);
    const Attached attached(state);
    looping = state.state();
    Execute(attached, kLoop);
    EXPECT_EQ(Say(attached, "was_told"), "True") << "nobody else had the GIL before it ended";
  });
  while (looping == nullptr)
    std::this_thread::yield();
  EXPECT_EQ(GilHolderNow(), looping);
  GilTurns turns(runtime->main());
  std::atomic<bool> is_done{false};
  std::thread asking([&] {
    while (!is_done) {
      turns.Ask(GilHolderNow());
      std::this_thread::yield();
    }
  });
  {
    const Attached attached(runtime->starting_thread());
    Execute(attached, "import sys; sys.setswitchinterval(0.25)");
  }
  loop.join();
  is_done = true;
  asking.join();
  EXPECT_EQ(sub->End(runtime->starting_thread()), Interpreter::Ended::Destroyed);
}

// Without that the end of the interpreter, which swaps itself in, would wait for ever for a thread that takes the
// GIL that it was asked to let go.
TEST_F(GilTurn, LeaveNoRequestBehind) {
  auto runtime = std::move(*Runtime::Start());
  auto sub = std::move(*Interpreter::MakeSub(runtime->starting_thread()));
  const ThreadState idle(*sub);
  {
    GilTurns turns(runtime->main());
    turns.Ask(idle.state());
  }
  EXPECT_EQ(sub->End(runtime->starting_thread()), Interpreter::Ended::Destroyed);
}

TEST_F(GilTurn, EndWhoeverWasAsked) {
  auto runtime = std::move(*Runtime::Start());
  EXPECT_EQ(GilHolderNow(), nullptr);
  const int nobody = 0;
  {
    GilTurns turns(runtime->main());
    turns.Ask(&nobody);
  }
  EXPECT_EQ(GilHolderNow(), nullptr);
}

}  // namespace
}  // namespace hosts::python
