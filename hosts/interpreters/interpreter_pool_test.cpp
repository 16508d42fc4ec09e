#include "hosts/interpreters/interpreter_pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <thread>
#include <vector>

#include "hosts/base/files.h"
#include "hosts/python/call.h"
#include "hosts/python/strings.h"
#include "hosts/python/testing/captured_log.h"
#include "hosts/python/testing/source.h"
#include "hosts/python/versions.h"

namespace hosts::interpreters {
namespace {

using python::Attached;
using python::testing::Execute;
using python::testing::Say;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::StartsWith;

class NoCompanion : public Companion {};

class InterpreterPoolTest : public ::testing::Test {
 protected:
  void Start(PoolSettings settings = {}) {
    pool_ = std::move(*InterpreterPool::Make(
        *runtime_, std::move(settings), [](const Attached&, const HostedInterpreter&) {
          return std::make_unique<NoCompanion>();
        }));
    states_ = std::make_unique<WorkerStates>(*pool_, WorkerStates::Thread::Starting);
  }
  WorkerStates::Place Enter(const std::string& group) { return *states_->Enter(group); }
  std::string Script(const std::string& name, std::string_view source) {
    const auto path = directory_.path() / name;
    EXPECT_TRUE(base::WriteFile(path, source));
    return path.string();
  }
  // str() of a global of the script in an interpreter; "" if it could not be loaded.
  std::string Global(const std::string& group, const std::string& path, const char* name) {
    const auto place = Enter(group);
    const Attached attached(*place.state);
    const auto script = place.interpreter->scripts().FindOrLoad(attached, path);
    if (script == nullptr) return "";
    return python::TextOf(script->Global(attached, python::Interned(name).get()).get());
  }
  std::string SayIn(const std::string& group, const std::string& expression) {
    const auto place = Enter(group);
    const Attached attached(*place.state);
    return Say(attached, expression);
  }

  using Script_ = interpreters::Script;
  python::testing::CapturedLog log_;
  base::TemporaryDirectory directory_ = std::move(*base::TemporaryDirectory::Make("wsgilab-pool-"));
  std::unique_ptr<python::Runtime> runtime_ = std::move(*python::Runtime::Start());
  std::unique_ptr<InterpreterPool> pool_;
  std::unique_ptr<WorkerStates> states_;
};

TEST_F(InterpreterPoolTest, MakesAnInterpreterForEachName) {
  Start();
  EXPECT_EQ(Enter("").interpreter, Enter("").interpreter);
  EXPECT_TRUE(Enter("").interpreter->interpreter().is_main());
  EXPECT_EQ(Enter("a").interpreter, Enter("a").interpreter);
  EXPECT_NE(Enter("a").interpreter, Enter("A").interpreter);
  EXPECT_THAT(log_.Lines("H0300"),
              ElementsAre("Creating interpreter 'a'", "Creating interpreter 'A'"));
}

TEST_F(InterpreterPoolTest, DescribesItselfToApplications) {
  PoolSettings settings;
  settings.process_group = "accounts";
  settings.maximum_processes = 2;
  settings.threads_per_process = 15;
  Start(settings);
  constexpr const char* kDescription =
      "(lambda m: (m.process_group, m.application_group, m.maximum_processes,"
      " m.threads_per_process, m.version[0]))(__import__('mod_wsgi'))";
  EXPECT_EQ(SayIn("", kDescription), "('accounts', '', 2, 15, 6)");
  EXPECT_EQ(SayIn("x|/y", kDescription), "('accounts', 'x|/y', 2, 15, 6)");
  EXPECT_EQ(SayIn("x|/y", "__import__('sys').argv"), "['mod_wsgi']");
  EXPECT_EQ(SayIn("x|/y", "__import__('apache').__name__"), "apache");
}

TEST_F(InterpreterPoolTest, PutsHomeAndPythonPathInFront) {
  std::filesystem::create_directories(directory_.path() / "one" / "inner");
  std::filesystem::create_directories(directory_.path() / "two");
  EXPECT_TRUE(base::WriteFile(directory_.path() / "one" / "more.pth", "inner\n"));
  const std::string one = (directory_.path() / "one").string();
  const std::string two = (directory_.path() / "two").string();
  PoolSettings settings;
  settings.home = directory_.path();
  settings.python_path = {one, two};
  Start(settings);
  const std::string expected =
      "['" + directory_.path().string() + "', '" + one + "', '" + one + "/inner', '" + two + "']";
  for (const char* group : {"", "sub"}) {
    EXPECT_EQ(SayIn(group, "__import__('sys').path[:4]"), expected);
  }
}

TEST_F(InterpreterPoolTest, SendsStandardStreamsToTheLog) {
  Start();
  SayIn("sub", "print('from sub')");
  SayIn("", "print('from main', file=__import__('sys').stderr)");
  EXPECT_THAT(log_.Lines("H0301"), ElementsAre("from sub", "from main"));
}

// "the error's text", or "None" if the expression raised no OSError.
std::string ErrorOf(const std::string& expression) {
  return "(lambda s={}: exec('try:\\n " + expression +
         "\\nexcept OSError as e: s[0] = str(e)', {}, {'s': s}) or s.get(0))()";
}

TEST_F(InterpreterPoolTest, RestrictsStreamsWhereItIsTold) {
  PoolSettings settings;
  settings.choices_for = [](std::string_view group) {
    deployment::InterpreterChoices choices;
    if (group == "sub") choices.restrict_stdout = deployment::Written<bool>{true, {}};
    if (group == "") choices.restrict_stdin = deployment::Written<bool>{true, {}};
    return choices;
  };
  Start(settings);
  EXPECT_EQ(SayIn("sub", ErrorOf("print(1)")), "sys.stdout is not for applications here");
  EXPECT_EQ(SayIn("", ErrorOf("print(2)")), "None");
  EXPECT_EQ(SayIn("other", ErrorOf("print(3)")), "None");
  EXPECT_THAT(log_.Lines("H0301"), ElementsAre("2", "3"));
  EXPECT_EQ(SayIn("", ErrorOf("__import__(\\'sys\\').stdin.read()")),
            "sys.stdin is not for applications here");
  EXPECT_EQ(SayIn("sub", "type(__import__('sys').stdin).__name__"), "TextIOWrapper");
}

constexpr const char* kRegister = "__import__('signal').signal(12, len) is len";

TEST_F(InterpreterPoolTest, RestrictsSignalsUnlessItIsTold) {
  PoolSettings settings;
  settings.choices_for = [](std::string_view group) {
    deployment::InterpreterChoices choices;
    if (group == "") choices.restrict_signal = deployment::Written<bool>{false, {}};
    return choices;
  };
  Start(settings);
  EXPECT_EQ(SayIn("sub", kRegister), "True");
  EXPECT_EQ(SayIn("", kRegister), "False") << "the real one answers the handler before";
}

TEST_F(InterpreterPoolTest, LeavesSignalsToServiceProcesses) {
  PoolSettings settings;
  settings.threads_per_process = 0;
  Start(settings);
  EXPECT_EQ(SayIn("", kRegister), "False");
}

TEST_F(InterpreterPoolTest, PutsThePathsOfAnInterpreterInFrontOfThePools) {
  for (const char* name : {"base", "weak", "strong"})
    std::filesystem::create_directories(directory_.path() / name);
  const auto at = [this](const char* name) { return (directory_.path() / name).string(); };
  PoolSettings settings;
  settings.home = directory_.path();
  settings.python_path = {at("base")};
  settings.choices_for = [&at](std::string_view group) {
    deployment::InterpreterChoices choices;
    if (group == "sub") choices.python_paths = {{{at("weak")}, {}}, {{at("strong")}, {}}};
    return choices;
  };
  Start(settings);
  const std::string home = directory_.path().string();
  EXPECT_EQ(SayIn("sub", "__import__('sys').path[:4]"),
            "['" + home + "', '" + at("strong") + "', '" + at("weak") + "', '" + at("base") + "']");
  EXPECT_EQ(SayIn("", "__import__('sys').path[:2]"), "['" + home + "', '" + at("base") + "']");
}

TEST_F(InterpreterPoolTest, HasOneSwitchInterval) {
  PoolSettings settings;
  settings.switch_interval = 0.25;
  settings.choices_for = [](std::string_view group) {
    deployment::InterpreterChoices choices;
    if (group == "own") {
      choices.own_switch_interval = deployment::Written<double>{0.5, {"site.conf", 7}};
    }
    return choices;
  };
  Start(settings);
  for (const char* group : {"", "sub", "own"})
    EXPECT_EQ(SayIn(group, "__import__('sys').getswitchinterval()"), "0.25") << group;
  EXPECT_THAT(log_.Lines("H0320"), ElementsAre("Python's switch interval: 0.25 s"));
  EXPECT_THAT(log_.Lines("H0321"),
              ElementsAre("Skipping per-interpreter switch interval 0.5 s for sub-interpreter "
                          "'own' (site.conf:7): it does not have its own GIL, and the interval of "
                          "its process is one for all"));
}

// ---- with a GIL of its own ----

class OwnGilPoolTest : public InterpreterPoolTest {
 protected:
  void SetUp() override {
    if (!python::kHasOwnGils) GTEST_SKIP() << "this Python has no interpreters with their own GIL";
  }
  // "own..." is such a group.
  void StartWithOwnGils(PoolSettings settings = {}) {
    settings.choices_for = [](std::string_view group) {
      deployment::InterpreterChoices choices;
      if (group.starts_with("own")) choices.gil = deployment::GilKind::Own;
      if (group == "own_quick") {
        choices.own_switch_interval = deployment::Written<double>{0.5, {"site.conf", 7}};
      }
      return choices;
    };
    Start(std::move(settings));
  }
};

TEST_F(OwnGilPoolTest, IsToldWhenItIsMade) {
  StartWithOwnGils();
  Enter("own");
  Enter("other");
  EXPECT_TRUE(Enter("own").interpreter->interpreter().has_own_gil());
  EXPECT_FALSE(Enter("other").interpreter->interpreter().has_own_gil());
  EXPECT_THAT(
      log_.Lines("H0300"),
      ElementsAre("Creating interpreter 'own' with own GIL", "Creating interpreter 'other'"));
}

TEST_F(OwnGilPoolTest, HasASwitchIntervalOfItsOwn) {
  PoolSettings settings;
  settings.switch_interval = 0.25;
  StartWithOwnGils(settings);
  constexpr const char* kInterval = "__import__('sys').getswitchinterval()";
  EXPECT_EQ(SayIn("own_quick", kInterval), "0.5");
  EXPECT_EQ(SayIn("own", kInterval), "0.005") << "the process's does not reach it";
  EXPECT_EQ(SayIn("sub", kInterval), "0.25");
  EXPECT_EQ(SayIn("", kInterval), "0.25");
  EXPECT_TRUE(log_.Lines("H0321").empty());
}

TEST_F(OwnGilPoolTest, HasWhatEveryInterpreterIsGiven) {
  StartWithOwnGils();
  EXPECT_EQ(SayIn("own", "__import__('mod_wsgi').application_group"), "own");
  EXPECT_EQ(SayIn("own", "type(__import__('sys').stdout).__name__"),
            SayIn("", "type(__import__('sys').stdout).__name__"));
  EXPECT_NE(SayIn("own", "id(type(__import__('sys').stdout))"),
            SayIn("", "id(type(__import__('sys').stdout))"))
      << "a type of its own";
  EXPECT_THAT(SayIn("own", "__import__('os').fork.__module__"), ::testing::Ne("posix"));
}

// GIL-5, LOAD-14.
TEST_F(OwnGilPoolTest, NamesTheExtensionThatRefuses) {
  StartWithOwnGils();
  const auto path = Script("refuses.wsgi", "import faulthandler\nanswer = 1\n");
  EXPECT_EQ(Global("own", path, "answer"), "");
  EXPECT_THAT(log_.Lines("H0304"),
              Contains(::testing::HasSubstr(
                  "ImportError: module faulthandler does not support loading in subinterpreters")));
  EXPECT_THAT(log_.Lines("H0344"),
              Contains(::testing::HasSubstr("Python refuses the extension 'faulthandler': "
                                            "interpreter 'own' has a GIL of its own")));
  EXPECT_EQ(Global("other", path, "answer"), "1");
  Global("own", Script("broken.wsgi", "import no_such_module\n"), "answer");
  EXPECT_EQ(log_.Lines("H0344").size(), 1U);
}

TEST_F(InterpreterPoolTest, SaysWhereEggsAreKept) {
  ::setenv("PYTHON_EGG_CACHE", "/of/the/environment", 1);
  PoolSettings settings;
  settings.egg_cache = "/eggs";
  Start(settings);
  SayIn("", "__import__('os').environ.update(PYTHON_EGG_CACHE='/changed')");
  EXPECT_EQ(SayIn("sub", "__import__('os').environ['PYTHON_EGG_CACHE']"), "/eggs");
}

TEST_F(InterpreterPoolTest, RefusesToForkOnceThereAreSeveral) {
  Start();
  EXPECT_EQ(SayIn("", "__import__('os').fork.__module__"), "posix");
  constexpr const char* kTry =
      "import os, posix\nraised = []\n"
      "for fork in (os.fork, posix.fork, os.forkpty):\n"
      "    try:\n        fork()\n"
      "    except RuntimeError as error:\n        raised.append(str(error).split('(')[0])\n";
  for (const char* group : {"sub", ""}) {
    const auto place = Enter(group);
    const Attached attached(*place.state);
    Execute(attached, kTry);
    EXPECT_EQ(Say(attached, "raised"), "['os.fork', 'os.fork', 'os.forkpty']");
  }
}

// The child died of a signal, before preexec_fn was called: in main, since in a sub-interpreter Python refuses.
TEST_F(InterpreterPoolTest, RefusesToCallPythonInAChildOnceThereAreSeveral) {
  Start();
  constexpr const char* kTry =
      "import subprocess\n"
      "try:\n    ended = subprocess.run(['true'], preexec_fn=lambda: None).returncode\n"
      "except RuntimeError as error:\n    ended = str(error)\n";
  const auto ended_in = [&](const char* group) {
    const auto place = Enter(group);
    const Attached attached(*place.state);
    Execute(attached, kTry);
    return Say(attached, "ended");
  };
  EXPECT_EQ(ended_in(""), "0") << "and subprocess has been imported";
  (void)SayIn("sub", "1");
  EXPECT_THAT(ended_in(""), ::testing::StartsWith("preexec_fn= of subprocess in a process with"));
  EXPECT_EQ(ended_in("sub"), "preexec_fn not supported within subinterpreters");
}

TEST_F(InterpreterPoolTest, StillStartsOtherPrograms) {
  Start();
  (void)SayIn("sub", "1");
  EXPECT_EQ(SayIn("", "__import__('subprocess').check_output(['echo', 'hello'])"), "b'hello\\n'");
  EXPECT_EQ(SayIn("sub", "__import__('subprocess').check_output(['echo', 'hello'])"),
            "b'hello\\n'");
}

TEST_F(InterpreterPoolTest, TriesAgainWhatCouldNotBeMade) {
  if (!python::kTracemallocStopsCreation) GTEST_SKIP();
  Start();
  SayIn("", "__import__('tracemalloc').start()");
  EXPECT_FALSE(states_->Enter("sub"));
  EXPECT_THAT(log_.Lines("H0306"), Contains(StartsWith("Interpreter 'sub' could not be created")));
  SayIn("", "__import__('tracemalloc').stop()");
  EXPECT_TRUE(states_->Enter("sub"));
}

TEST_F(InterpreterPoolTest, EndsThoughThreadsOfApplicationsStillRun) {
  Start();
  const std::string mark = (directory_.path() / "mark").string();
  {
    const auto place = Enter("sub");
    const Attached attached(*place.state);
    Execute(attached,
            "import atexit, threading\n"
            "atexit.register(lambda: open('" +
                mark +
                "', 'w').close())\n"
                "never = threading.Event()\n"
                "threading.Thread(target=never.wait).start()\n");
  }
  states_.reset();
  pool_.reset();
  runtime_.reset();
  EXPECT_TRUE(std::filesystem::exists(mark));
  EXPECT_THAT(log_.Lines("H0310"), ElementsAre(StartsWith("Interpreter 'sub' still runs threads")));
}

TEST_F(InterpreterPoolTest, NamesScriptsByTheirPath) {
  Start();
  const std::string script = Script("App.wsgi",
                                    "import sys\nname = __name__\nfile = __file__\n"
                                    "same = sys.modules[name].__dict__ is globals()\n");
  const std::string expected =
      SayIn("", "'_mod_wsgi_' + __import__('hashlib').md5(b'" + script + "').hexdigest()");
  for (const char* group : {"", "sub"}) {
    EXPECT_EQ(Global(group, script, "name"), expected);
    EXPECT_EQ(Global(group, script, "file"), script);
    EXPECT_EQ(Global(group, script, "same"), "True");
  }
  EXPECT_EQ(SayIn("", "'" + directory_.path().string() + "' in __import__('sys').path"), "False");
  EXPECT_FALSE(std::filesystem::exists(directory_.path() / "__pycache__"));
}

TEST_F(InterpreterPoolTest, NamesScriptsByTheirPathInSmallLettersWhereCaseDoesNotMatter) {
  PoolSettings settings;
  settings.is_case_sensitive = false;
  Start(settings);
  const std::string script = Script("App.wsgi", "name = __name__\nfile = __file__\n");
  const std::string expected =
      SayIn("", "'_mod_wsgi_' + __import__('hashlib').md5(b'" + script + "'.lower()).hexdigest()");
  EXPECT_EQ(Global("", script, "name"), expected);
  EXPECT_EQ(Global("", script, "file"), script);
}

TEST_F(InterpreterPoolTest, LoadsAScriptOnceInEachInterpreter) {
  Start();
  const std::string script =
      Script("app.wsgi", "import sys\nsys.loads = getattr(sys, 'loads', 0) + 1\n");
  for (const char* group : {"", "a", "b", "a", ""}) {
    EXPECT_NE(Global(group, script, "__name__"), "");
    EXPECT_EQ(SayIn(group, "__import__('sys').loads"), "1");
  }
}

TEST_F(InterpreterPoolTest, HonoursCodingCookies) {
  Start();
  EXPECT_EQ(Global("", Script("app.wsgi", "# coding: latin-1\ntext = '\xE9'\n"), "text"), "\u00e9");
}

TEST_F(InterpreterPoolTest, TriesAFailedScriptAgain) {
  Start();
  const std::string failing = "import sys, json\nsys.tried = getattr(sys, 'tried', 0) + 1\n";
  const std::string script = Script("app.wsgi", failing + "raise ValueError('broken')\n");
  EXPECT_EQ(Global("sub", script, "__name__"), "");
  EXPECT_EQ(Global("sub", script, "__name__"), "");
  EXPECT_EQ(SayIn("sub", "__import__('sys').tried"), "2");
  EXPECT_EQ(SayIn("sub", "[m for m in __import__('sys').modules if m.startswith('_mod_wsgi')]"),
            "[]");
  EXPECT_THAT(log_.Lines("H0304"), Contains("ValueError: broken").Times(2));
  Script("app.wsgi", failing);
  EXPECT_NE(Global("sub", script, "__name__"), "");
}

TEST_F(InterpreterPoolTest, LogsWhyAScriptCannotBeLoaded) {
  Start();
  EXPECT_EQ(Global("", Script("a.wsgi", "def broken(:\n"), "x"), "");
  EXPECT_EQ(Global("", Script("b.wsgi", "import sys\nsys.exit(5)\n"), "x"), "");
  EXPECT_EQ(Global("", "/no/such/file.wsgi", "x"), "");
  const auto lines = log_.Lines("H0304");
  EXPECT_THAT(lines, Contains(StartsWith("SyntaxError")));
  EXPECT_THAT(lines, Contains("SystemExit: 5"));
  EXPECT_THAT(lines, Contains(StartsWith("OSError: ")));
}

// Other threads must not be let in while a script loads, nor must they hold the GIL waiting.
TEST_F(InterpreterPoolTest, LoadsOnceThoughManyAskAtOnce) {
  Start();
  const std::string script = Script("app.wsgi",
                                    "import sys, threading\n"
                                    "sys.loads = getattr(sys, 'loads', 0) + 1\n"
                                    "threading.Event().wait(0.05)\n"
                                    "value = 42\n");
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, group = i % 2 == 0 ? "" : "sub"] {
      WorkerStates states(*pool_, WorkerStates::Thread::Other);
      const auto place = *states.Enter(group);
      const Attached attached(*place.state);
      const auto loaded = place.interpreter->scripts().FindOrLoad(attached, script);
      ASSERT_NE(loaded, nullptr);
      const auto value = loaded->Global(attached, python::Interned("value").get());
      EXPECT_EQ(python::TextOf(value.get()), "42");
    });
  }
  for (auto& thread : threads)
    thread.join();
  for (const char* group : {"", "sub"})
    EXPECT_EQ(SayIn(group, "__import__('sys').loads"), "1");
}

}  // namespace
}  // namespace hosts::interpreters
