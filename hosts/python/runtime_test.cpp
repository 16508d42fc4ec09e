#include "hosts/python/runtime.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <string>

#include "hosts/base/files.h"
#include "hosts/python/testing/counting.h"
#include "hosts/python/testing/source.h"
#include "hosts/python/versions.h"

namespace hosts::python {
namespace {

namespace fs = std::filesystem;
using testing::Execute;
using testing::Say;

TEST(Runtime, HasTheArgumentsOfModWsgi) {
  const auto runtime = std::move(*Runtime::Start());
  const Attached attached(runtime->starting_thread());
  EXPECT_EQ(Say(attached, "__import__('sys').argv"), "['mod_wsgi']");
}

TEST(Runtime, IsThePythonItWasBuiltFor) {
  ::setenv("PATH", "/nowhere", 1);
  const auto runtime = std::move(*Runtime::Start());
  const Attached attached(runtime->starting_thread());
  EXPECT_EQ(Say(attached, "__import__('sys').executable"), WSGILAB_PYTHON);
  EXPECT_EQ(Say(attached, "__import__('encodings').__name__"), "encodings");
}

TEST(Runtime, LeavesSignalsToTheEngine) {
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGPIPE, SIG_DFL);
  const auto runtime = std::move(*Runtime::Start());
  EXPECT_EQ(std::signal(SIGINT, SIG_DFL), SIG_IGN);
  EXPECT_EQ(std::signal(SIGPIPE, SIG_DFL), SIG_DFL);
}

TEST(Runtime, ReadsTheEnvironmentOfPython) {
  ::setenv("PYTHONPATH", "/some/where", 1);
  const auto runtime = std::move(*Runtime::Start());
  const Attached attached(runtime->starting_thread());
  EXPECT_EQ(Say(attached, "'/some/where' in __import__('sys').path"), "True");
}

TEST(Runtime, TurnsUtf8ModeOnUnderTheCLocale) {
  ::setenv("LC_ALL", "C", 1);
  const auto runtime = std::move(*Runtime::Start());
  const Attached attached(runtime->starting_thread());
  EXPECT_EQ(Say(attached, "__import__('sys').flags.utf8_mode"), "1");
  EXPECT_EQ(Say(attached, "__import__('sys').getfilesystemencoding()"), "utf-8");
}

TEST(Runtime, StartsInAVirtualEnvironment) {
  const auto directory = base::TemporaryDirectory::Make("wsgilab-venv-");
  ASSERT_TRUE(directory);
  const fs::path home = directory->path();
  fs::create_directories(home / "bin");
  fs::create_symlink(WSGILAB_PYTHON, home / "bin" / "python");
  const auto real = fs::canonical(WSGILAB_PYTHON).parent_path().string();
  ASSERT_TRUE(base::WriteFile(home / "pyvenv.cfg", "home = " + real + "\n"));
  const auto runtime = std::move(*Runtime::Start({.home = home}));
  const Attached attached(runtime->starting_thread());
  EXPECT_EQ(Say(attached, "__import__('sys').prefix"), home.string());
  EXPECT_NE(Say(attached, "__import__('sys').base_prefix"), home.string());
}

TEST(Runtime, RefusesAHomeThatIsNoPython) {
  const auto directory = base::TemporaryDirectory::Make("wsgilab-home-");
  ASSERT_TRUE(directory);
  const auto runtime = Runtime::Start({.home = directory->path()});
  ASSERT_FALSE(runtime);
  EXPECT_THAT(runtime.error().message, ::testing::HasSubstr(directory->path().string()));
}

TEST(Runtime, StartsAsItIsTold) {
  const auto runtime = std::move(*Runtime::Start(
      {.optimize = 2, .warnings = {"ignore", "error::UserWarning"}, .write_bytecode = false}));
  const Attached attached(runtime->starting_thread());
  Execute(attached, "import sys");
  EXPECT_EQ(Say(attached, "sys.flags.optimize"), "2");
  EXPECT_EQ(Say(attached, "sys.warnoptions"), "['ignore', 'error::UserWarning']");
  EXPECT_EQ(Say(attached, "sys.dont_write_bytecode"), "True");
}

TEST(Runtime, TakesANegativeOptimizationForNone) {
  const auto runtime = std::move(*Runtime::Start({.optimize = -1}));
  const Attached attached(runtime->starting_thread());
  EXPECT_EQ(Say(attached, "__import__('sys').flags.optimize"), "0");
}

TEST(Runtime, HashesFromTheSeed) {
  const auto runtime = std::move(*Runtime::Start({.hash_seed = {{false, 42}}}));
  const Attached attached(runtime->starting_thread());
  Execute(attached,
          "import subprocess, sys\n"
          "other = subprocess.check_output([sys.executable, '-c', 'print(hash(\"abc\"))'],\n"
          "                                env={'PYTHONHASHSEED': '42'})\n");
  EXPECT_EQ(Say(attached, "hash('abc') - int(other)"), "0");
}

TEST(Runtime, HashesAtRandomThoughTheEnvironmentHasASeed) {
  ::setenv("PYTHONHASHSEED", "0", 1);
  const auto runtime = std::move(*Runtime::Start({.hash_seed = {{true, 0}}}));
  const Attached attached(runtime->starting_thread());
  EXPECT_EQ(Say(attached, "__import__('sys').flags.hash_randomization"), "1");
}

constexpr const char* kIsEnabled = "__import__('sys')._is_gil_enabled()";

TEST(Runtime, HasAGilThoughTheEnvironmentSaysNone) {
  if (!kIsFreeThreaded) GTEST_SKIP() << "this Python always has one";
  ::setenv("PYTHON_GIL", "0", 1);
  const auto runtime = std::move(*Runtime::Start());
  const Attached attached(runtime->starting_thread());
  EXPECT_EQ(Say(attached, kIsEnabled), "True");
  EXPECT_FALSE(runtime->is_without_gil());
}

TEST(Runtime, HasNoGilThoughTheEnvironmentSaysOne) {
  if (!kIsFreeThreaded) GTEST_SKIP() << "this Python always has one";
  ::setenv("PYTHON_GIL", "1", 1);
  const auto runtime = std::move(*Runtime::Start({.without_gil = true}));
  const Attached attached(runtime->starting_thread());
  EXPECT_EQ(Say(attached, kIsEnabled), "False");
  EXPECT_TRUE(runtime->is_without_gil());
}

// One that cannot end stays, and so does Python: who still runs in main is stopped, with a GIL or without.
TEST(Runtime, StopsThreadsOfMainWhenItStays) {
  auto runtime = std::move(*Runtime::Start({.without_gil = kIsFreeThreaded}));
  std::string count;
  {
    const Attached attached(runtime->starting_thread());
    Execute(attached, testing::CountForEver(true));
    count = Say(attached, testing::kAddressOfCount);
  }
  runtime->KeepUntilExit();
  runtime.reset();
  testing::ExpectCountsNoMore(count);
}

TEST(Runtime, RunsAtexitHandlersWhenItEnds) {
  const auto directory = base::TemporaryDirectory::Make("wsgilab-atexit-");
  ASSERT_TRUE(directory);
  const std::string file = (directory->path() / "ran").string();
  {
    const auto runtime = std::move(*Runtime::Start());
    const Attached attached(runtime->starting_thread());
    Execute(attached, "import atexit; atexit.register(lambda: open('" + file + "', 'w').close())");
  }
  EXPECT_TRUE(fs::exists(file));
}

}  // namespace
}  // namespace hosts::python
