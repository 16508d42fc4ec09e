#include "hosts/python/thread_state.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "hosts/python/call.h"
#include "hosts/python/runtime.h"
#include "hosts/python/testing/source.h"
#include "hosts/python/versions.h"

namespace hosts::python {
namespace {

using testing::Execute;
using testing::Say;

std::int64_t CurrentInterpreter() {
  return PyInterpreterState_GetID(PyThreadState_GetInterpreter(PyThreadState_Get()));
}

struct TwoInterpreters {
  std::unique_ptr<Runtime> runtime = std::move(*Runtime::Start());
  std::unique_ptr<Interpreter> sub = std::move(*Interpreter::MakeSub(runtime->starting_thread()));
  ~TwoInterpreters() {
    EXPECT_EQ(sub->End(runtime->starting_thread()), Interpreter::Ended::Destroyed);
  }
};

TEST(ThreadState, AttachesToItsOwnInterpreter) {
  TwoInterpreters python;
  std::thread([&] {
    ThreadState main(python.runtime->main());
    ThreadState sub(*python.sub);
    for (int i = 0; i < 3; ++i) {
      {
        const Attached attached(main);
        EXPECT_EQ(CurrentInterpreter(), python.runtime->main().id());
      }
      {
        const Attached attached(sub);
        EXPECT_EQ(CurrentInterpreter(), python.sub->id());
      }
    }
  }).join();
}

TEST(ThreadState, KeepsThreadLocalDataForTheLifeOfTheThread) {
  TwoInterpreters python;
  std::thread([&] {
    ThreadState main(python.runtime->main());
    ThreadState sub(*python.sub);
    {
      const Attached attached(sub);
      Execute(attached, "import threading; local = threading.local(); local.count = 1");
    }
    { const Attached attached(main); }
    {
      const Attached attached(sub);
      EXPECT_EQ(Say(attached, "local.count"), "1");
    }
  }).join();
}

// Isolation oracle, section 6, item 6: on 3.11 every ctypes callback of a sub-interpreter ran in
// the main one, because that is the state CPython has on file for the thread.
TEST(ThreadState, CallbacksThroughCtypesStayInTheirInterpreter) {
  TwoInterpreters python;
  constexpr const char* kCallBack = R"(
import ctypes, sys
sys.marker = who
seen = []
@ctypes.CFUNCTYPE(ctypes.c_int)
def callback():
    import sys
    seen.append(sys.marker)
    return 7
assert callback() == 7
)";
  std::thread([&] {
    ThreadState main(python.runtime->main());
    ThreadState sub(*python.sub);
    for (int i = 0; i < 2; ++i) {
      {
        const Attached attached(main);
        Execute(attached, std::string("who = 'main'\n") + kCallBack);
        EXPECT_EQ(Say(attached, "seen"), "['main']");
      }
      {
        const Attached attached(sub);
        Execute(attached, std::string("who = 'sub'\n") + kCallBack);
        EXPECT_EQ(Say(attached, "seen"), "['sub']");
      }
    }
  }).join();
}

// The same with the GIL held, through a function that does not release it: mod_wsgi deadlocks.
TEST(ThreadState, CallbacksWithTheGilHeldStayInTheirInterpreter) {
  TwoInterpreters python;
  constexpr const char* kCallBack = R"(
import ctypes, sys
sys.marker = "sub"
compare_type = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.py_object, ctypes.py_object)
seen = []
@compare_type
def callback(one, other):
    import sys
    seen.append(sys.marker)
    return 0
assert callback(1, 2) == 0
)";
  std::thread([&] {
    ThreadState main(python.runtime->main());
    ThreadState sub(*python.sub);
    { const Attached attached(main); }
    const Attached attached(sub);
    Execute(attached, kCallBack);
    EXPECT_EQ(Say(attached, "seen"), "['sub']");
  }).join();
}

TEST(ThreadState, StateOnFileIsTheAttachedOne) {
  TwoInterpreters python;
  std::thread([&] {
    ThreadState main(python.runtime->main());
    ThreadState sub(*python.sub);
    for (ThreadState* state : {&sub, &main, &sub}) {
      const Attached attached(*state);
      EXPECT_EQ(PyGILState_GetThisThreadState(), state->state());
      { const GilReleased released(attached); }
      EXPECT_EQ(PyGILState_GetThisThreadState(), state->state());
    }
  }).join();
}

TEST(ThreadState, IsOnFileOnlyWhileItIsAttachedWhereAnotherThreadMayDeleteIt) {
  if (!kStateOnFileIsWrittenTo) GTEST_SKIP() << "this Python only looks at it";
  TwoInterpreters python;
  std::thread([&] {
    ThreadState main(python.runtime->main());
    ThreadState sub(*python.sub);
    { const Attached attached(main); }
    for (int i = 0; i < 2; ++i) {
      { const Attached attached(sub); }
      EXPECT_EQ(PyGILState_GetThisThreadState(), nullptr);
    }
    { const Attached attached(main); }
    EXPECT_EQ(PyGILState_GetThisThreadState(), main.state());
  }).join();
}

TEST(GilReleased, LetsOthersRun) {
  const auto runtime = std::move(*Runtime::Start());
  std::atomic<bool> other_has_run = false;
  std::thread other([&] {
    ThreadState state(runtime->main());
    const Attached attached(state);
    other_has_run = true;
    other_has_run.notify_all();
  });
  {
    const Attached attached(runtime->starting_thread());
    const GilReleased released(attached);
    other_has_run.wait(false);
  }
  other.join();
}

TEST(ThreadStateDeathTest, BelongsToOneThread) {
  const auto runtime = std::move(*Runtime::Start());
  EXPECT_DEATH(std::thread([&] { const Attached attached(runtime->starting_thread()); }).join(),
               "on the thread that made it");
}

TEST(ThreadStateDeathTest, AttachesOneAtATime) {
  const auto runtime = std::move(*Runtime::Start());
  EXPECT_DEATH(
      {
        ThreadState second(runtime->main());
        const Attached attached(runtime->starting_thread());
        const Attached again(second);
      },
      "one thread state at a time");
}

}  // namespace
}  // namespace hosts::python
