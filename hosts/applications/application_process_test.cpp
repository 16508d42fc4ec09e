#include "hosts/applications/application_process.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "hosts/applications/testing/site.h"
#include "hosts/base/deadline.h"
#include "hosts/python/testing/captured_log.h"

namespace hosts::applications {
namespace {

using ::testing::Contains;
using testing::Get;
using ::testing::HasSubstr;
using testing::Site;

constexpr std::string_view kHello = R"(
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "13")])
    return [b"Hello, world!"]
)";

// Who answers: the interpreter, as CPython itself numbers it, and how often the script was loaded.
constexpr std::string_view kWho = R"(
import sys
try:
    from _xxsubinterpreters import get_current
except ImportError:
    from _interpreters import get_current
sys.loads = getattr(sys, "loads", 0) + 1
def application(environ, start_response):
    start_response("200 OK", [])
    current = get_current()
    which = current[0] if isinstance(current, tuple) else int(current)
    return [f"{which} {sys.loads} {environ['mod_wsgi.application_group']}".encode()]
)";

// On a thread of its own, as workers are.
template <typename Body>
void OnWorker(ApplicationProcess& process, Body body) {
  std::thread([&] {
    Worker worker(process);
    body(worker);
  }).join();
}

TEST(ApplicationProcess, AnswersInMainAndSub) {
  Site site;
  const std::string hello = site.Script("hello.wsgi", kHello);
  const auto process = site.Start();
  OnWorker(*process, [&](Worker& worker) {
    for (const char* group : {"", "some|group", "", "other"}) {
      const auto answer = Get(worker, site.Request(hello, group));
      EXPECT_EQ(answer.status(), 200);
      EXPECT_EQ(answer.head().reason, "OK");
      EXPECT_EQ(answer.body(), "Hello, world!");
      EXPECT_TRUE(answer.is_finished());
    }
  });
}

// Isolation oracle, section 6, item 1: mod_wsgi runs applications of the main interpreter in
// whatever sub-interpreter the thread entered first.
TEST(ApplicationProcess, EachRequestRunsInItsOwnInterpreter) {
  constexpr int kThreads = 4;
  constexpr int kRequests = 3000;
  Site site;
  const std::string who = site.Script("who.wsgi", kWho);
  const auto process = site.Start();
  const std::vector<std::string> groups = {"", "a", "b"};
  std::vector<std::vector<std::string>> answers(kThreads);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      Worker worker(*process);
      std::mt19937 random(static_cast<unsigned>(thread));
      for (int i = 0; i < kRequests; ++i) {
        const auto& group = groups[random() % groups.size()];
        auto answer = Get(worker, site.Request(who, group)).body();
        ASSERT_TRUE(answer.ends_with(" " + group)) << answer;
        answers[static_cast<size_t>(thread)].push_back(std::move(answer));
      }
    });
  }
  for (auto& thread : threads)
    thread.join();
  std::set<std::string> seen;
  for (const auto& of_thread : answers)
    seen.insert(of_thread.begin(), of_thread.end());
  EXPECT_EQ(seen.size(), groups.size());
  for (const auto& answer : seen)
    EXPECT_THAT(answer, HasSubstr(" 1 ")) << "loaded once";
  EXPECT_EQ(seen.count("0 1 "), 1U) << "the main interpreter is number 0";
}

TEST(ApplicationProcess, PreloadsOnTheMainThread) {
  Site site;
  const std::string script = site.Script("app.wsgi", R"(
import threading
on_main = threading.current_thread() is threading.main_thread()
def application(environ, start_response):
    start_response("200 OK", [])
    return [str((on_main, threading.current_thread().name.startswith("Dummy"))).encode()]
)");
  const auto process = site.Start();
  process->Preload("", script);
  OnWorker(*process, [&](Worker& worker) {
    EXPECT_EQ(Get(worker, site.Request(script, "")).body(), "(True, True)");
  });
}

TEST(ApplicationProcess, LoadsAgainWhatFailedToPreload) {
  Site site;
  const std::string script = site.Script("app.wsgi", "raise ValueError('not yet')\n");
  const python::testing::CapturedLog log;
  const auto process = site.Start();
  process->Preload("sub", script);
  EXPECT_THAT(log.Lines("H0312"), Contains(HasSubstr("app.wsgi")));
  OnWorker(*process, [&](Worker& worker) {
    EXPECT_EQ(Get(worker, site.Request(script, "sub")).status(), 500);
    site.Script("app.wsgi", kHello);
    EXPECT_EQ(Get(worker, site.Request(script, "sub")).status(), 200);
  });
}

int StatusWithoutACallable(const std::string& process_group) {
  Site site;
  const std::string script = site.Script("app.wsgi", "app = None\n");
  ProcessSettings settings;
  settings.process_group = process_group;
  const python::testing::CapturedLog log;
  const auto process = site.Start(settings);
  int status = 0;
  OnWorker(*process,
           [&](Worker& worker) { status = Get(worker, site.Request(script, "sub")).status(); });
  EXPECT_THAT(log.Lines("H0305"), Contains(HasSubstr("has no 'application'")));
  return status;
}

TEST(ApplicationProcess, WithoutACallableIsNotFoundWhenEmbedded) {
  EXPECT_EQ(StatusWithoutACallable(""), 404);
}

TEST(ApplicationProcess, WithoutACallableFailsInADaemon) {
  EXPECT_EQ(StatusWithoutACallable("accounts"), 500);
}

TEST(ApplicationProcess, UsesTheCallableOfTheRequest) {
  Site site;
  const std::string script =
      site.Script("app.wsgi", std::string(kHello) + "other = application\ndel application\n");
  const auto process = site.Start();
  OnWorker(*process, [&](Worker& worker) {
    auto head = site.Request(script, "sub");
    EXPECT_EQ(Get(worker, head).status(), 404);
    head.callable_object = "other";
    EXPECT_EQ(Get(worker, head).status(), 200);
  });
}

// ---- changed scripts ----

std::string Version(int number) {
  return "def application(environ, start_response):\n"
         "    start_response('200 OK', [])\n"
         "    return [b'" +
         std::to_string(number) + "']\n";
}

// A request for the script as its file is now; the time of the file is the number of the version.
exchange::RequestHead Reloading(const Site& site, std::string_view script, int version) {
  const timespec times[2] = {{version, 0}, {version, 0}};
  EXPECT_EQ(::utimensat(AT_FDCWD, std::string(script).c_str(), times, 0), 0);
  auto head = site.Request(script, "");
  head.reloads_scripts = true;
  head.script_changed_at_ns = version * std::int64_t{1'000'000'000};
  return head;
}

TEST(ApplicationProcess, LoadsAChangedScriptAgainWhenEmbedded) {
  Site site;
  const auto process = site.Start();
  OnWorker(*process, [&](Worker& worker) {
    for (const int version : {1, 2, 1}) {
      const std::string script = site.Script("app.wsgi", Version(version));
      const auto head = Reloading(site, script, version);
      for (int i = 0; i < 2; ++i)
        EXPECT_EQ(Get(worker, head).body(), std::to_string(version));
    }
    const std::string script = site.Script("app.wsgi", Version(3));
    auto head = Reloading(site, script, 3);
    head.reloads_scripts = false;
    EXPECT_EQ(Get(worker, head).body(), "1");
  });
}

// Whether the kernel has put a thread to sleep, as one that waits for a lock.
bool IsAsleep(long thread) {
  const auto stat = base::ReadFile("/proc/self/task/" + std::to_string(thread) + "/stat");
  return stat && stat->find(") S ") != std::string::npos;
}

bool BecomesTrue(const std::function<bool()>& condition) {
  const auto deadline = base::Deadline::After(std::chrono::seconds(30));
  while (!condition()) {
    if (deadline.has_passed()) return false;
    std::this_thread::yield();
  }
  return true;
}

// A request was answered by what another thread had read before the request was sent: it waited while that
// one was still being executed, and took it.
TEST(ApplicationProcess, DoesNotTakeWhatAnotherThreadHadReadBefore) {
  Site site;
  const auto process = site.Start();
  const std::string go = site.path() / "go";
  // Ends by itself, should the test end before it lets it.
  const std::string slow = "import os, time\nopen('" + go +
                           ".inside', 'w').close()\nlatest = time.monotonic() + 60\n"
                           "while not os.path.exists('" +
                           go + "') and time.monotonic() < latest:\n    time.sleep(0.002)\n";
  const std::string script = site.Script("app.wsgi", slow + Version(1));
  const auto first = Reloading(site, script, 1);
  std::thread loads([&] {
    OnWorker(*process, [&](Worker& worker) { EXPECT_EQ(Get(worker, first).body(), "1"); });
  });
  EXPECT_TRUE(BecomesTrue([&go] { return std::filesystem::exists(go + ".inside"); }));
  (void)site.Script("app.wsgi", Version(2));
  const auto second = Reloading(site, script, 2);
  std::atomic<long> waiting{0};
  std::thread waits([&] {
    Worker worker(*process);
    waiting = ::gettid();
    EXPECT_EQ(Get(worker, second).body(), "2");
  });
  // Asleep again and again: it waits for the script, and not for Python.
  int seen = 0;
  EXPECT_TRUE(BecomesTrue([&] { return (seen = IsAsleep(waiting) ? seen + 1 : 0) == 50; }));
  EXPECT_TRUE(base::WriteFile(go, ""));
  loads.join();
  waits.join();
}

TEST(ApplicationProcess, RefusesWhatAsksForAChangedScriptInADaemon) {
  Site site;
  ProcessSettings settings;
  settings.process_group = "one";
  const auto process = site.Start(settings);
  OnWorker(*process, [&](Worker& worker) {
    const std::string script = site.Script("app.wsgi", Version(1));
    EXPECT_EQ(Get(worker, Reloading(site, script, 1)).body(), "1");
    (void)site.Script("app.wsgi", Version(2));
    const auto refused = Get(worker, Reloading(site, script, 2));
    EXPECT_TRUE(refused.is_refused());
    EXPECT_FALSE(refused.has_begun());
    auto head = Reloading(site, script, 2);
    head.reloads_scripts = false;
    EXPECT_EQ(Get(worker, head).body(), "1");
    const std::string broken = site.Script("broken.wsgi", "raise OSError\n");
    for (const int version : {1, 2})  // nothing is loaded that it could be compared with (RELOAD-6)
      EXPECT_EQ(Get(worker, Reloading(site, broken, version)).status(), 500);
  });
}

// ---- dispatch scripts (LOAD-20, LOAD-21) ----

class DispatchScript : public ::testing::Test {
 protected:
  // Once in a test: there is one Python in the life of a process.
  std::vector<wsgi::testing::RecordingSink> AskAll(const std::vector<std::string>& sources,
                                                   std::string_view group = "") {
    const std::string application = site_.Script("hello.wsgi", kHello);
    const auto process = site_.Start();
    std::vector<wsgi::testing::RecordingSink> sinks;
    OnWorker(*process, [&](Worker& worker) {
      for (const std::string& source : sources) {
        const std::string script =
            site_.Script("dispatch" + std::to_string(sinks.size()) + ".py", source);
        auto head = site_.Request(application, "the application's own");
        head.dispatch_script = script;
        head.dispatch_group = group;
        sinks.push_back(Get(worker, head));
      }
    });
    return sinks;
  }
  wsgi::testing::RecordingSink Ask(const std::string& source, std::string_view group = "") {
    return AskAll({source}, group).front();
  }

  Site site_;
};

TEST_F(DispatchScript, MayChooseAllThreeAndAnswersNothing) {
  const auto sink = Ask(R"(
def process_group(environ):
    return "group" + environ["SCRIPT_NAME"]
def application_group(environ):
    return b"%{GLOBAL}"
def callable_object(environ):
    return "caf\u00e9"
)");
  EXPECT_FALSE(sink.has_begun());
  ASSERT_TRUE(sink.choice());
  EXPECT_EQ(sink.choice()->process_group, "group");
  EXPECT_EQ(sink.choice()->application_group, "%{GLOBAL}");
  EXPECT_EQ(sink.choice()->callable_object, "caf\xe9");
}

TEST_F(DispatchScript, ChoosesNothingWithNoneOrWithoutTheFunction) {
  const auto sink = Ask("def process_group(environ):\n    return None\n");
  ASSERT_TRUE(sink.choice());
  EXPECT_EQ(sink.choice()->process_group, std::nullopt);
  EXPECT_EQ(sink.choice()->application_group, std::nullopt);
  EXPECT_EQ(sink.choice()->callable_object, std::nullopt);
}

// As in mod_wsgi its reload_required() is not asked.
TEST_F(DispatchScript, IsLoadedAgainWhenItHasChanged) {
  const std::string application = site_.Script("hello.wsgi", kHello);
  const auto process = site_.Start();
  OnWorker(*process, [&](Worker& worker) {
    for (const int version : {1, 2}) {
      const std::string group = "g" + std::to_string(version);
      const std::string script = site_.Script("dispatch.py",
                                              "def process_group(environ): return '" + group +
                                                  "'\ndef reload_required(name): return 1 / 0\n");
      const auto changed = Reloading(site_, script, version);
      auto head = site_.Request(application, "");
      head.dispatch_script = script;
      head.reloads_scripts = true;
      head.dispatch_changed_at_ns = changed.script_changed_at_ns;
      for (int i = 0; i < 2; ++i)
        EXPECT_EQ(Get(worker, head).choice()->process_group, group);
    }
  });
}

TEST_F(DispatchScript, RunsInItsOwnInterpreterAndSeesTheRequestWithoutItsBody) {
  const auto sink = Ask(R"(
def process_group(environ):
    assert "wsgi.input" not in environ
    assert environ["REQUEST_METHOD"] == "GET"
    print("here I am", file=environ["wsgi.errors"])
    return environ["mod_wsgi.application_group"]
)",
                        "dispatching");
  ASSERT_TRUE(sink.choice());
  EXPECT_EQ(sink.choice()->process_group, "dispatching");
}

TEST_F(DispatchScript, ThatRaisesOrReturnsAnythingElseFailsTheRequest) {
  python::testing::CapturedLog log;
  std::vector<std::string> sources;
  for (const char* answer : {"1/0", "42", "'\\u0142'", "exit()", "['d']"}) {
    sources.push_back(std::string("def application_group(environ):\n    return ") + answer);
  }
  for (const auto& sink : AskAll(sources)) {
    EXPECT_FALSE(sink.choice());
    EXPECT_EQ(sink.status(), 500);
    EXPECT_TRUE(sink.is_finished());
  }
  EXPECT_THAT(log.Lines("H0330"),
              Contains(HasSubstr("application_group() of a dispatch script returned list: return "
                                 "None, a str or bytes")));
}

TEST_F(DispatchScript, ThatCannotBeLoadedIsLoggedAndPassedOver) {
  python::testing::CapturedLog log;
  const auto sink = Ask("raise RuntimeError('broken on purpose')");
  ASSERT_TRUE(sink.choice());
  EXPECT_EQ(sink.choice()->process_group, std::nullopt);
  EXPECT_THAT(log.Lines("H0304"), Contains(HasSubstr("broken on purpose")));
}

TEST(ApplicationProcess, TellsApplicationsWhereTheyRun) {
  Site site;
  const std::string script = site.Script("app.wsgi", R"(
def application(environ, start_response):
    start_response("200 OK", [])
    names = ("wsgi.multithread", "wsgi.multiprocess", "mod_wsgi.process_group", "SERVER_NAME",
             "SERVER_PORT", "mod_wsgi.thread_id")
    return [str([environ[name] for name in names]).encode(),
            str(environ["mod_wsgi.daemon_start"] > 0).encode()]
)");
  ProcessSettings settings;
  settings.process_group = "accounts";
  settings.threads = 5;
  settings.multiprocess = true;
  const auto process = site.Start(settings);
  OnWorker(*process, [&](Worker& worker) {
    EXPECT_EQ(Get(worker, site.Request(script, "")).body(),
              "[True, True, 'accounts', 'main.example', '80', 1]True");
  });
}

TEST(ApplicationProcess, LogsLinesWithTheirRequest) {
  Site site;
  const std::string script = site.Script("app.wsgi", R"(
import sys
def application(environ, start_response):
    print("to stdout")
    print("to stderr", file=sys.stderr)
    environ["wsgi.errors"].write("to errors, no end")
    start_response("200 OK", [])
    return []
)");
  const python::testing::CapturedLog log;
  const auto process = site.Start();
  OnWorker(*process, [&](Worker& worker) {
    EXPECT_EQ(Get(worker, site.Request(script, "sub")).status(), 200);
  });
  const std::string tag = "] [script " + script + "] [thread 1] [application-group sub] [request ";
  const auto is_line = [&tag](const char* end) {
    return ::testing::AllOf(
        HasSubstr("[client 127.0.0.1:"), HasSubstr(tag), ::testing::EndsWith(end));
  };
  EXPECT_THAT(log.Lines("H0301"),
              ::testing::ElementsAre(
                  is_line("] to stdout"), is_line("] to stderr"), is_line("] to errors, no end")));
}

TEST(ApplicationProcess, ReportsAHomeThatIsNoPython) {
  Site site;
  ProcessSettings settings;
  settings.python_home = site.path();
  const auto process = ApplicationProcess::Start(site.deployment, settings);
  ASSERT_FALSE(process);
  EXPECT_THAT(process.error().message, HasSubstr(site.path().string()));
}

TEST(ApplicationProcess, KeepsThreadLocalDataAcrossRequests) {
  Site site;
  const std::string script = site.Script("app.wsgi", R"(
import threading
local = threading.local()
def application(environ, start_response):
    local.count = getattr(local, "count", 0) + 1
    start_response("200 OK", [])
    return [str(local.count).encode()]
)");
  const auto process = site.Start();
  OnWorker(*process, [&](Worker& worker) {
    for (const char* count : {"1", "2", "3"}) {
      EXPECT_EQ(Get(worker, site.Request(script, "sub")).body(), count);
    }
  });
}

// The switch interval is the process's, and neither setting nor reading it lets the GIL go.
constexpr std::string_view kLoopsUntilTold = R"(
import sys, time
def application(environ, start_response):
    end = time.monotonic() + 10
    while sys.getswitchinterval() != 0.25 and time.monotonic() < end: pass
    start_response("200 OK", [])
    return [b"told" if sys.getswitchinterval() == 0.25 else b"late"]
)";
constexpr std::string_view kTells = R"(
import sys
def application(environ, start_response):
    sys.setswitchinterval(0.25)
    start_response("200 OK", [])
    return [b"has told"]
)";

// Isolation oracle, section 6, item 2: on 3.11 a Python loop in one interpreter starves all others. Every pairing
// of main, a sub-interpreter and one that is yet to be made.
TEST(ApplicationProcess, AnswersBesideALoopInAnotherInterpreter) {
  Site site;
  const std::string loops = site.Script("loops.wsgi", kLoopsUntilTold);
  const std::string tells = site.Script("tells.wsgi", kTells);
  const std::string calms = site.Script("calms.wsgi",
                                        "import sys\n"
                                        "def application(environ, start_response):\n"
                                        "    sys.setswitchinterval(0.005)\n"
                                        "    start_response('200 OK', [])\n"
                                        "    return [b'calm']\n");
  const auto process = site.Start();
  for (const auto& [looping, telling] : std::vector<std::pair<std::string, std::string>>{
           {"", "a"}, {"a", ""}, {"a", "b"}, {"b", "a"}, {"a", "a"}, {"b", "new"}}) {
    SCOPED_TRACE("'" + telling + "' beside '" + looping + "'");
    std::atomic<bool> is_inside{false};
    std::thread loop([&, group = looping] {
      OnWorker(*process, [&](Worker& worker) {
        (void)Get(worker, site.Request(calms, group));
        is_inside = true;
        EXPECT_EQ(Get(worker, site.Request(loops, group)).body(), "told");
        is_inside = false;
      });
    });
    while (!is_inside)
      std::this_thread::yield();
    std::thread other([&, group = telling] {
      OnWorker(*process, [&](Worker& worker) {
        EXPECT_EQ(Get(worker, site.Request(tells, group)).body(), "has told");
      });
    });
    while (is_inside) {  // as the monitor of the threads does
      process->NoteHeldUp();
      std::this_thread::yield();
    }
    other.join();
    loop.join();
  }
}

// What the interpreters of a process are like, after "sys", "os" and "signal" are imported.
std::string Say(ApplicationProcess& process,
                const Site& site,
                const std::string& script,
                std::string_view group) {
  std::string said;
  OnWorker(process,
           [&](Worker& worker) { said = Get(worker, site.Request(script, group)).body(); });
  return said;
}

std::string Saying(Site& site, const std::string& expression) {
  return site.Script("says.wsgi",
                     "import os, sys\n"
                     "def application(environ, start_response):\n"
                     "    start_response('200 OK', [])\n"
                     "    return [str(" +
                         expression + ").encode()]\n");
}

TEST(ApplicationProcess, StartsPythonAsTheDeploymentSays) {
  Site site;
  deployment::PythonStart& python = site.deployment.server.python;
  python.optimize = deployment::Written<int>{1, {}};
  python.warnings = {{"error", {}}, {"ignore::UserWarning", {}}};
  python.dont_write_bytecode = deployment::Written<bool>{true, {}};
  const std::string script =
      Saying(site, "(sys.flags.optimize, sys.warnoptions, sys.dont_write_bytecode, __debug__)");
  const auto process = site.Start();
  for (const char* group : {"", "sub"}) {
    EXPECT_EQ(Say(*process, site, script, group),
              "(1, ['error', 'ignore::UserWarning'], True, False)");
  }
}

TEST(ApplicationProcess, HasTheIntervalOfItsGroup) {
  Site site;
  deployment::ProcessGroup group;
  group.name = "accounts";
  group.switch_interval = deployment::Written<double>{0.25, {}};
  site.deployment.process_groups.push_back(group);
  site.deployment.server.interpreters.switch_interval = deployment::Written<double>{0.5, {}};
  ProcessSettings settings;
  settings.process_group = "accounts";
  const auto process = site.Start(settings);
  const std::string script = Saying(site, "sys.getswitchinterval()");
  EXPECT_EQ(Say(*process, site, script, "sub"), "0.25");
}

TEST(ApplicationProcess, AsksTheContainersOfItsGroup) {
  Site site;
  deployment::InterpreterOptions container;
  container.process_group = "accounts";
  container.application_group = "sub";
  container.settings.restrict_stdin = deployment::Written<bool>{true, {}};
  site.deployment.interpreter_options.push_back(container);
  ProcessSettings settings;
  settings.process_group = "accounts";
  settings.python_eggs = "/eggs";
  const auto process = site.Start(settings);
  const std::string script =
      Saying(site, "(type(sys.stdin).__name__, os.environ['PYTHON_EGG_CACHE'])");
  EXPECT_EQ(Say(*process, site, script, "sub"), "('Restricted', '/eggs')");
  EXPECT_EQ(Say(*process, site, script, ""), "('TextIOWrapper', '/eggs')");
}

// SHUT-3.
TEST(ApplicationProcess, LeavesInterpretersAloneWhereItIsTold) {
  Site site;
  site.deployment.server.python.destroy_interpreters = deployment::Written<bool>{false, {}};
  const std::string mark = (site.path() / "mark").string();
  const std::string script = site.Script("app.wsgi",
                                         "import atexit, threading\n"
                                         "atexit.register(lambda: open('" +
                                             mark +
                                             "', 'w').close())\n"
                                             "threading.Thread(target=threading.Event().wait)."
                                             "start()\n");
  auto process = site.Start();
  process->Preload("", script);
  process->Preload("sub", script);
  process.reset();
  EXPECT_FALSE(std::filesystem::exists(mark));
}

}  // namespace
}  // namespace hosts::applications
