#include "hosts/python/interpreter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "hosts/base/deadline.h"
#include "hosts/base/files.h"
#include "hosts/python/call.h"
#include "hosts/python/runtime.h"
#include "hosts/python/testing/counting.h"
#include "hosts/python/testing/source.h"
#include "hosts/python/versions.h"

namespace hosts::python {
namespace {

using std::chrono::steady_clock;
using testing::Execute;
using testing::Say;

// Ending takes tens of milliseconds; what it must not do is hang, as it does in mod_wsgi on 3.11.
constexpr auto kNoHang = std::chrono::seconds(5);

std::unique_ptr<Interpreter> Sub(Runtime& runtime) {
  auto made = Interpreter::MakeSub(runtime.starting_thread());
  CHECK(made, "a sub-interpreter can be made");
  return std::move(*made);
}

// What an exit handler writes when it runs.
class Marks {
 public:
  Marks() : directory_(*base::TemporaryDirectory::Make("wsgilab-marks-")) {}
  [[nodiscard]] std::string Register(const std::string& name) const {
    return "import atexit\natexit.register(lambda: open('" + Path(name) + "', 'w').close())\n";
  }
  [[nodiscard]] std::string Path(const std::string& name) const {
    return (directory_.path() / name).string();
  }
  [[nodiscard]] bool Has(const std::string& name) const {
    return std::filesystem::exists(Path(name));
  }

 private:
  base::TemporaryDirectory directory_;
};

TEST(Interpreter, HasModulesOfItsOwn) {
  const auto runtime = std::move(*Runtime::Start());
  const auto sub = Sub(*runtime);
  EXPECT_NE(sub->id(), runtime->main().id());
  {
    const Attached attached(runtime->starting_thread());
    Execute(attached, "import json; json.mine = 1");
  }
  {
    ThreadState state(*sub);
    const Attached attached(state);
    EXPECT_EQ(Say(attached, "hasattr(__import__('json'), 'mine')"), "False");
  }
  EXPECT_EQ(sub->End(runtime->starting_thread()), Interpreter::Ended::Destroyed);
}

TEST(Interpreter, EndsWithItsAtexitHandlersThoughThreadingWasUsed) {
  const Marks marks;
  const auto begun = steady_clock::now();
  {
    const auto runtime = std::move(*Runtime::Start());
    const auto sub = Sub(*runtime);
    std::thread([&] {
      ThreadState main(runtime->main());
      ThreadState state(*sub);
      const Attached attached(state);
      Execute(attached, "import threading, concurrent.futures, asyncio\n" + marks.Register("sub"));
      Execute(attached,
              "pool = concurrent.futures.ThreadPoolExecutor(2)\n"
              "assert pool.submit(lambda: 42).result() == 42\n");
    }).join();
    {
      const Attached attached(runtime->starting_thread());
      Execute(attached, "import threading, concurrent.futures\n" + marks.Register("main"));
    }
    EXPECT_EQ(sub->End(runtime->starting_thread()), Interpreter::Ended::Destroyed);
    EXPECT_TRUE(marks.Has("sub"));
    EXPECT_FALSE(marks.Has("main"));
  }
  EXPECT_TRUE(marks.Has("main"));
  EXPECT_LT(steady_clock::now() - begun, kNoHang);
}

// A worker that never came back from somewhere else leaves its thread state behind.
TEST(Interpreter, EndsWithThreadStatesLeftOver) {
  const Marks marks;
  const auto begun = steady_clock::now();
  std::unique_ptr<ThreadState> left_over;
  std::unique_ptr<ThreadState> left_over_in_main;
  std::thread worker;
  {
    const auto runtime = std::move(*Runtime::Start());
    const auto sub = Sub(*runtime);
    std::atomic<bool> has_entered = false;
    std::atomic<bool> has_ended = false;
    worker = std::thread([&] {
      left_over_in_main = std::make_unique<ThreadState>(runtime->main());
      left_over = std::make_unique<ThreadState>(*sub);
      {
        const Attached attached(*left_over);
        Execute(attached, "import threading\nlocal = threading.local()\nlocal.x = []\n");
        Execute(attached, marks.Register("sub"));
      }
      has_entered = true;
      has_entered.notify_all();
      has_ended.wait(false);
      left_over.reset();
      left_over_in_main.reset();
    });
    has_entered.wait(false);
    EXPECT_EQ(sub->End(runtime->starting_thread()), Interpreter::Ended::Destroyed);
    has_ended = true;
    has_ended.notify_all();
    worker.join();
  }
  EXPECT_TRUE(marks.Has("sub"));
  EXPECT_LT(steady_clock::now() - begun, kNoHang);
}

// From 3.12 on the deletion of another thread's state took the file of this one, and the callback ended the process:
// it took itself to be of a thread that Python had never seen.
TEST(Interpreter, RunsCallbacksFromCInItsAtexitHandlersThoughThreadStatesAreLeftOver) {
  const Marks marks;
  const auto runtime = std::move(*Runtime::Start());
  const auto sub = Sub(*runtime);
  std::atomic<bool> has_entered = false;
  std::atomic<bool> has_ended = false;
  std::thread worker([&] {
    ThreadState main(runtime->main());
    ThreadState left_over(*sub);
    {
      const Attached attached(left_over);
      Execute(attached,
              "import ctypes\n"
              "call_back = ctypes.CFUNCTYPE(ctypes.c_int)(lambda: open(mark, 'w').close() or 7)\n"
              "mark = '" +
                  marks.Path("called") +
                  "'\n"
                  "import atexit\n"
                  "atexit.register(call_back)\n");
    }
    has_entered = true;
    has_entered.notify_all();
    has_ended.wait(false);
    const Attached attached(main);  // wrote into the state that was on file here, and is gone
  });
  has_entered.wait(false);
  EXPECT_EQ(sub->End(runtime->starting_thread()), Interpreter::Ended::Destroyed);
  EXPECT_TRUE(marks.Has("called"));
  has_ended = true;
  has_ended.notify_all();
  worker.join();
}

TEST(Interpreter, WithThreadsOfItsOwnStaysButItsAtexitHandlersRun) {
  const Marks marks;
  const auto begun = steady_clock::now();
  {
    const auto runtime = std::move(*Runtime::Start());
    const auto sub = Sub(*runtime);
    {
      ThreadState state(*sub);
      const Attached attached(state);
      Execute(attached,
              "import threading\n"
              "never = threading.Event()\n"
              "threading.Thread(target=never.wait, daemon=True).start()\n" +
                  marks.Register("sub"));
    }
    {
      const Attached attached(runtime->starting_thread());
      Execute(attached, marks.Register("main"));
    }
    EXPECT_EQ(sub->End(runtime->starting_thread()), Interpreter::Ended::KeptAliveByThreads);
    runtime->KeepUntilExit();
  }
  EXPECT_TRUE(marks.Has("sub"));
  EXPECT_TRUE(marks.Has("main"));
  EXPECT_LT(steady_clock::now() - begun, kNoHang);
}

TEST(Interpreter, IsRefusedWhereTracemallocWouldHangIt) {
  if (!kTracemallocStopsCreation) GTEST_SKIP() << "this Python does not hang";
  const auto runtime = std::move(*Runtime::Start());
  {
    const Attached attached(runtime->starting_thread());
    Execute(attached, "import tracemalloc; tracemalloc.start()");
  }
  const auto refused = Interpreter::MakeSub(runtime->starting_thread());
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, ::testing::HasSubstr("tracemalloc"));
  {
    const Attached attached(runtime->starting_thread());
    Execute(attached, "tracemalloc.stop()");
  }
  const auto sub = Sub(*runtime);
  EXPECT_EQ(sub->End(runtime->starting_thread()), Interpreter::Ended::Destroyed);
}

// A thread's first states of two interpreters had equal numbers, and _decimal goes by the number.
TEST(Interpreter, HasDecimalContextsOfItsOwn) {
  const auto runtime = std::move(*Runtime::Start());
  const auto sub = Sub(*runtime);
  std::thread([&] {
    ThreadState main(runtime->main());
    ThreadState state(*sub);
    {
      const Attached attached(main);
      Execute(attached, "import decimal; decimal.getcontext().prec = 71");
    }
    const Attached attached(state);
    EXPECT_EQ(Say(attached, "__import__('decimal').getcontext().prec"), "28");
  }).join();
  EXPECT_EQ(sub->End(runtime->starting_thread()), Interpreter::Ended::Destroyed);
}

// The first entry of a thread into an interpreter while tracing hung in mod_wsgi.
TEST(Interpreter, IsEnteredByAnotherThreadWhileTracemallocTraces) {
  const auto runtime = std::move(*Runtime::Start());
  const auto sub = Sub(*runtime);
  {
    const Attached attached(runtime->starting_thread());
    Execute(attached, "import tracemalloc; tracemalloc.start()");
  }
  std::thread([&] {
    ThreadState main(runtime->main());
    ThreadState state(*sub);
    const Attached attached(state);
    EXPECT_EQ(Say(attached, "sum([1] * 1000)"), "1000");
  }).join();
  EXPECT_EQ(sub->End(runtime->starting_thread()), Interpreter::Ended::Destroyed);
}

// ---- with a GIL of its own ----

class IsolatedInterpreter : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!kHasOwnGils) GTEST_SKIP() << "this Python has no interpreters with a GIL of their own";
    runtime_ = std::move(*Runtime::Start());
    auto made = Interpreter::MakeSub(runtime_->starting_thread(), Gil::Own);
    ASSERT_TRUE(made) << made.error().Text();
    sub_ = std::move(*made);
  }
  [[nodiscard]] Interpreter::Ended End() { return sub_->End(runtime_->starting_thread()); }

  std::unique_ptr<Runtime> runtime_;
  std::unique_ptr<Interpreter> sub_;
};

TEST(Interpreter, WithAGilOfItsOwnIsRefusedWherePythonHasNoSuch) {
  if (kHasOwnGils) GTEST_SKIP() << "this Python has them";
  const auto runtime = std::move(*Runtime::Start());
  const auto refused = Interpreter::MakeSub(runtime->starting_thread(), Gil::Own);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, base::ErrorKind::Unsupported);
  EXPECT_THAT(refused.error().message, ::testing::HasSubstr("3.12 and later have"));
}

// While main's GIL is held by this thread, which waits.
TEST_F(IsolatedInterpreter, RunsBesideWhoHasTheGilOfMain) {
  const Attached attached(runtime_->starting_thread());
  std::string said;
  std::thread([&] {
    ThreadState state(*sub_);
    const Attached in_sub(state);
    said = Say(in_sub, "sum(range(1000))");
  }).join();
  EXPECT_EQ(said, "499500");
}

TEST_F(IsolatedInterpreter, EndsWithItsAtexitHandlersAndThoseOfMain) {
  const Marks marks;
  {
    ThreadState state(*sub_);
    const Attached attached(state);
    Execute(attached, "import threading, concurrent.futures\n" + marks.Register("sub"));
    Execute(attached,
            "pool = concurrent.futures.ThreadPoolExecutor(2)\n"
            "assert pool.submit(lambda: 42).result() == 42\n");
  }
  {
    const Attached attached(runtime_->starting_thread());
    Execute(attached, marks.Register("main"));
  }
  EXPECT_EQ(End(), Interpreter::Ended::Destroyed);
  EXPECT_TRUE(marks.Has("sub"));
  runtime_.reset();
  EXPECT_TRUE(marks.Has("main"));
}

TEST_F(IsolatedInterpreter, EndsWithThreadStatesLeftOver) {
  std::atomic<bool> has_entered = false;
  std::atomic<bool> has_ended = false;
  std::thread worker([&] {
    ThreadState in_main(runtime_->main());
    auto left_over = std::make_unique<ThreadState>(*sub_);
    {
      const Attached attached(*left_over);
      Execute(attached, "import threading\nlocal = threading.local()\nlocal.x = []\n");
    }
    has_entered = true;
    has_entered.notify_all();
    has_ended.wait(false);
  });
  has_entered.wait(false);
  EXPECT_EQ(End(), Interpreter::Ended::Destroyed);
  has_ended = true;
  has_ended.notify_all();
  worker.join();
}

// One that counts, and is seen not to count any more: an interpreter that cannot be ended runs no Python code during the
// exit, though nobody else needs its GIL.
TEST_F(IsolatedInterpreter, WithThreadsOfItsOwnIsHeldStill) {
  const Marks marks;
  std::string count;
  {
    ThreadState state(*sub_);
    const Attached attached(state);
    Execute(attached, testing::CountForEver(false) + marks.Register("sub"));
    count = Say(attached, testing::kAddressOfCount);
  }
  EXPECT_EQ(End(), Interpreter::Ended::KeptAliveByThreads);
  runtime_->KeepUntilExit();
  EXPECT_TRUE(marks.Has("sub"));
  testing::ExpectCountsNoMore(count);
}

// Nobody who is held keeps another one from being held, or ended.
TEST_F(IsolatedInterpreter, IsHeldStillBesideOthers) {
  auto second = std::move(*Interpreter::MakeSub(runtime_->starting_thread(), Gil::Own));
  auto third = std::move(*Interpreter::MakeSub(runtime_->starting_thread(), Gil::Own));
  sub_->HoldStill();
  second->HoldStill();
  EXPECT_EQ(third->End(runtime_->starting_thread()), Interpreter::Ended::Destroyed);
  runtime_->KeepUntilExit();
}

TEST_F(IsolatedInterpreter, KeepsToWhatIsSafe) {
  const auto raised = [this](const std::string& statement) {
    ThreadState state(*sub_);
    const Attached attached(state);
    Execute(attached,
            "import os, threading\n"
            "said = ''\n"
            "try:\n    " +
                statement + "\nexcept Exception as error:\n    said = str(error)\n");
    return Say(attached, "said");
  };
  EXPECT_EQ(raised("os.fork()"), "fork not supported for isolated subinterpreters");
  EXPECT_EQ(raised("os.execv('/bin/true', ['true'])"),
            "exec not supported for isolated subinterpreters");
  EXPECT_THAT(raised("threading.Thread(target=print, daemon=True).start()"),
              ::testing::HasSubstr("daemon threads are disabled in this"));
  EXPECT_EQ(raised("import faulthandler"),
            "module faulthandler does not support loading in subinterpreters");
  EXPECT_EQ(raised("import json, decimal, ctypes, sqlite3"), "");
}

}  // namespace
}  // namespace hosts::python
