#include "hosts/interpreters/script.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <latch>
#include <thread>
#include <vector>

#include "hosts/base/files.h"
#include "hosts/interpreters/interpreter_pool.h"
#include "hosts/python/call.h"
#include "hosts/python/strings.h"
#include "hosts/python/testing/captured_log.h"
#include "hosts/python/testing/source.h"

namespace hosts::interpreters {
namespace {

using python::Attached;
using python::testing::Say;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class NoCompanion : public Companion {};

// One script, in one interpreter; every version of it is written with a time of its own.
class ScriptTest : public ::testing::Test {
 protected:
  void SetUp() override {
    pool_ = std::move(
        *InterpreterPool::Make(*runtime_, {}, [](const Attached&, const HostedInterpreter&) {
          return std::make_unique<NoCompanion>();
        }));
    states_ = std::make_unique<WorkerStates>(*pool_, WorkerStates::Thread::Starting);
    place_ = *states_->Enter("");
  }

  void Write(std::string_view source) {
    EXPECT_TRUE(base::WriteFile(path_, source));
    Touch({1'600'000'000 + ++versions_, 0});
  }
  void Touch(timespec time) const {
    const timespec times[2] = {time, time};
    EXPECT_EQ(::utimensat(AT_FDCWD, path_.c_str(), times, 0), 0);
  }
  [[nodiscard]] Sight SightNow() const {
    return {.changed_at_ns = base::ChangedAtNs(path_).value_or(0), .asked_for = path_};
  }
  [[nodiscard]] static std::string Text(const Attached& attached,
                                        const Script& script,
                                        const char* name) {
    return python::TextOf(script.Global(attached, python::Interned(name).get()).get());
  }
  // As an embedded request does; "" if it could not be loaded.
  std::string Ask(const char* name = "value") {
    const Attached attached(*place_.state);
    Scripts& scripts = place_.interpreter->scripts();
    auto script = scripts.Find(path_);
    if (script == nullptr) {
      script = scripts.Load(attached, path_).script;
    } else if (script->IsOutdated(attached, SightNow())) {
      script = scripts.Load(attached, path_, script).script;
    }
    return script == nullptr ? "" : Text(attached, *script, name);
  }

  python::testing::CapturedLog log_;
  base::TemporaryDirectory directory_ =
      std::move(*base::TemporaryDirectory::Make("wsgilab-script-"));
  const std::string path_ = (directory_.path() / "app.wsgi").string();
  long versions_ = 0;
  std::unique_ptr<python::Runtime> runtime_ = std::move(*python::Runtime::Start());
  std::unique_ptr<InterpreterPool> pool_;
  std::unique_ptr<WorkerStates> states_;
  WorkerStates::Place place_;
};

TEST_F(ScriptTest, IsExecutedAnewInAModuleOfItsOwnWhenItHasChanged) {
  Write("value = 1\nleft = 'over'\n");
  EXPECT_EQ(Ask("left"), "over");
  EXPECT_EQ(Ask(), "1");
  Write("value = 2\n");
  EXPECT_EQ(Ask(), "2");
  EXPECT_EQ(Ask("left"), "<NULL>");
  EXPECT_THAT(log_.Lines("H0303"),
              ElementsAre(HasSubstr("Loading WSGI script"), HasSubstr("Reloading WSGI script")));
}

TEST_F(ScriptTest, AnyOtherTimeIsAChange) {
  Write("import sys\nsys.loads = value = getattr(sys, 'loads', 0) + 1\n");
  EXPECT_EQ(Ask(), "1");
  EXPECT_EQ(Ask(), "1");
  Touch({1'500'000'000, 0});  // older
  EXPECT_EQ(Ask(), "2");
  Touch({1'500'000'000, 1});  // a nanosecond
  EXPECT_EQ(Ask(), "3");
  EXPECT_EQ(Ask("__mtime__"), "1500000000000000");
  Touch({1'500'000'000, 1'000});
  EXPECT_EQ(Ask("__mtime__"), "1500000000000001");
  EXPECT_EQ(Ask(), "4");
}

// Whoever is inside goes on with the globals that it had.
TEST_F(ScriptTest, TheOldModuleLivesAsLongAsSomebodyHoldsIt) {
  Write("value = 1\n");
  EXPECT_EQ(Ask(), "1");
  std::shared_ptr<const Script> old = place_.interpreter->scripts().Find(path_);
  Write("value = 2\n");
  EXPECT_EQ(Ask(), "2");
  const Attached attached(*place_.state);
  EXPECT_EQ(Text(attached, *old, "value"), "1");
  EXPECT_EQ(
      Say(attached, "sum(name.startswith('_mod_wsgi_') for name in __import__('sys').modules)"),
      "1");
  old.reset();
}

TEST_F(ScriptTest, ABrokenVersionIsTriedUntilItLoads) {
  Write("value = 1\n");
  EXPECT_EQ(Ask(), "1");
  Write("value = \n");
  EXPECT_EQ(Ask(), "");
  EXPECT_EQ(Ask(), "");
  Write("value = 3\n");
  EXPECT_EQ(Ask(), "3");
  EXPECT_THAT(log_.Lines("H0303"), ::testing::SizeIs(4));
}

TEST_F(ScriptTest, IsLookedAtOnlyIfItSeemsToHaveChanged) {
  Write("value = 1\n");
  const Sight before = SightNow();
  EXPECT_EQ(Ask(), "1");
  Write("value = 2\n");
  const Attached attached(*place_.state);
  const auto script = place_.interpreter->scripts().Find(path_);
  EXPECT_FALSE(script->IsOutdated(attached, before));  // it was seen before it changed
  EXPECT_TRUE(script->IsOutdated(attached, SightNow()));
  EXPECT_TRUE(script->IsOutdated(attached, {}));  // nobody has looked: it is looked at now
}

// A request saw version 1 and waited while another one loaded version 2.
TEST_F(ScriptTest, IsNotOutdatedByAnEarlierSight) {
  Write("value = 1\n");
  const Sight before = SightNow();
  Write("value = 2\n");
  EXPECT_EQ(Ask(), "2");
  const Attached attached(*place_.state);
  EXPECT_FALSE(place_.interpreter->scripts().Find(path_)->IsOutdated(attached, before));
}

TEST_F(ScriptTest, AFileThatCannotBeLookedAtIsAChange) {
  Write("value = 1\n");
  EXPECT_EQ(Ask(), "1");
  std::filesystem::remove(path_);
  EXPECT_EQ(Ask(), "");
  EXPECT_THAT(log_.Lines("H0304"), Contains(HasSubstr("No such file")));
}

TEST_F(ScriptTest, SaysItselfThatItIsToBeReloaded) {
  Write(
      "import sys\nsys.loads = value = getattr(sys, 'loads', 0) + 1\nasked = []\n"
      "def reload_required(name):\n    sys.asked = name\n    return value == 1\n");
  EXPECT_EQ(Ask(), "1");
  EXPECT_EQ(Ask(), "2");
  EXPECT_EQ(Ask(), "2");
  const Attached attached(*place_.state);
  EXPECT_EQ(Say(attached, "__import__('sys').asked"), path_);
}

TEST_F(ScriptTest, AnExceptionOfReloadRequiredIsLoggedAndSaysNothing) {
  Write(
      "import sys\nsys.loads = value = getattr(sys, 'loads', 0) + 1\n"
      "def reload_required(name):\n    raise SystemExit('no idea')\n");
  EXPECT_EQ(Ask(), "1");
  EXPECT_EQ(Ask(), "1");
  EXPECT_THAT(log_.Lines("H0340"), Contains(HasSubstr("SystemExit: no idea")));
}

TEST_F(ScriptTest, WithoutItsTimeOrWithAnotherItIsOutdated) {
  Write(
      "import sys\nsys.loads = value = getattr(sys, 'loads', 0) + 1\n"
      "def same(): globals()['__mtime__'] = __mtime__ + 0\n"
      "def other(): globals()['__mtime__'] += 1\n"
      "def gone(): del globals()['__mtime__']\n");
  const auto call = [this](const char* name) {
    const Attached attached(*place_.state);
    const auto script = place_.interpreter->scripts().Find(path_);
    const auto function = script->Global(attached, python::Interned(name).get());
    (void)python::Take(PyObject_CallNoArgs(function.get()));
  };
  EXPECT_EQ(Ask(), "1");
  call("same");
  EXPECT_EQ(Ask(), "1");
  call("other");
  EXPECT_EQ(Ask(), "2");
  call("gone");
  EXPECT_EQ(Ask(), "3");
  EXPECT_EQ(Ask(), "3");
}

TEST_F(ScriptTest, ThatPutsSomethingElseInItsPlaceDoesNotLoad) {
  Write("import sys\nsys.modules[__name__] = object()\n");
  EXPECT_EQ(Ask(), "");
  EXPECT_THAT(log_.Lines("H0304"), Contains(HasSubstr("something else than a module")));
}

// Of many who find it outdated at once one loads it; nobody is given the old one again.
TEST_F(ScriptTest, IsReloadedOnceThoughManyNotice) {
  Write("import sys\nsys.loads = value = getattr(sys, 'loads', 0) + 1\n");
  EXPECT_EQ(Ask(), "1");
  auto old = place_.interpreter->scripts().Find(path_);
  Write("import sys, threading\nthreading.Event().wait(0.02)\nsys.loads = value = sys.loads + 1\n");
  constexpr int kThreads = 8;
  std::latch noticed(kThreads);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      WorkerStates states(*pool_, WorkerStates::Thread::Other);
      const auto place = *states.Enter("");
      {
        const Attached attached(*place.state);
        EXPECT_TRUE(old->IsOutdated(attached, SightNow()));
      }
      noticed.arrive_and_wait();
      const Attached attached(*place.state);
      const auto script = place.interpreter->scripts().Load(attached, path_, old).script;
      ASSERT_NE(script, nullptr);
      EXPECT_EQ(Text(attached, *script, "value"), "2");
    });
  }
  for (auto& thread : threads)
    thread.join();
  const Attached attached(*place_.state);
  old.reset();
}

}  // namespace
}  // namespace hosts::interpreters
