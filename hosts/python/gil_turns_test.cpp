#include "hosts/python/gil_turns.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
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

std::unique_ptr<GilTurns> Turns(Runtime& runtime) {
  const Attached attached(runtime.starting_thread());
  return std::make_unique<GilTurns>(runtime.main(), attached);
}

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
  const auto turns = Turns(*runtime);
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
  std::atomic<bool> is_done{false};
  std::thread asking([&] {
    while (!is_done) {
      turns->Ask(GilHolderNow());
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
    const auto turns = Turns(*runtime);
    turns->Ask(idle.state());
  }
  EXPECT_EQ(sub->End(runtime->starting_thread()), Interpreter::Ended::Destroyed);
}

TEST_F(GilTurn, EndWhoeverWasAsked) {
  auto runtime = std::move(*Runtime::Start());
  EXPECT_EQ(GilHolderNow(), nullptr);
  const int nobody = 0;
  {
    const auto turns = Turns(*runtime);
    turns->Ask(&nobody);
  }
  EXPECT_EQ(GilHolderNow(), nullptr);
}

// tracemalloc is told of every allocation, and 3.11 looks for the traceback of it in whatever thread has the GIL.
TEST_F(GilTurn, AreMadeWhileTracemallocTraces) {
  auto runtime = std::move(*Runtime::Start());
  std::atomic<bool> is_busy{false};
  std::atomic<bool> is_done{false};
  std::thread busy([&] {
    ThreadState state(runtime->main());
    while (!is_done) {
      const Attached attached(state);
      Execute(attached, "sum([len([number]) for number in range(100)])");
      is_busy = true;
    }
  });
  while (!is_busy)
    std::this_thread::yield();
  {
    const Attached attached(runtime->starting_thread());
    Execute(attached, "import sys, tracemalloc; tracemalloc.start(); sys.setswitchinterval(1e-5)");
  }
  for (int made = 0; made < 200; ++made)
    (void)Turns(*runtime);
  is_done = true;
  busy.join();
  const Attached attached(runtime->starting_thread());
  Execute(attached, "tracemalloc.stop()");
}

}  // namespace
}  // namespace hosts::python
