// Isolation/Discovery: in which interpreter code of an application runs, and what cannot be done in a process with
// several of them (discoveries.md, items 1, 4, 5, 6 and 21).

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <set>

#include "suites/isolation/discovery.h"
#include "suites/isolation/request_in_flight.h"

namespace suites::isolation {

using hosts::base::Result;
using hosts_under_test::Execute;
using hosts_under_test::Need;
using hosts_under_test::ProbeAnswer;
using hosts_under_test::Where;

namespace {

constexpr std::string_view kOwn = "in its own interpreter";
constexpr std::string_view kAstray = "in another application's interpreter";
constexpr std::string_view kMain = "in the main interpreter";
constexpr std::string_view kBlocked = "never comes in";

// What the host is asked on its one thread, which may be lost to it.
constexpr std::chrono::milliseconds kHangs{3000};

// The interpreter that the answer's text found itself in, against the one that the request was answered in.
std::string_view PlaceOf(long found, const ProbeAnswer& answer) {
  if (found == answer.interpreter) return kOwn;
  return found == 0 ? kMain : kAstray;
}

std::string Seen(const Result<ProbeAnswer>& answer) {
  if (!answer) return answer.error().message;
  return fmt::format("{} answered {}", answer->Place(), answer->error.value_or(answer->result));
}

std::string LibraryOn(const hosts_under_test::Stage& stage) {
  return fmt::format("import ctypes; PATH = '{}'\n", stage.path("modules/lab_library.so").string());
}

}  // namespace

// ---- item 1: the application of the main interpreter in somebody's sub-interpreter ----

constexpr Expected kMainApplication[] = {{"embedded_main_and_sub", kAstray, kOwn},
                                         {"daemon_main_and_sub", kAstray, kOwn},
                                         {"embedded_main_and_own_gil", kAstray, kOwn}};
class MainApplication : public Discovery {};

// Of two threads the one is held by a request of B, so that the other one, whose first request was for B, serves A.
TEST_P(MainApplication, RunsWhereItBelongs) {
  About("main_thread_hijack",
        "A belongs into the main interpreter and is asked on a thread that has served a "
        "sub-interpreter first",
        "every-request-in-its-interpreter: one thread state for each thread and interpreter");
  const PlainHost host(pairing(), {.threads = 2});
  RequestInFlight of_b(host.stage(), host.port(), "/b");
  ASSERT_TRUE(of_b.HasBegun());
  client::HttpClient client(host.port());
  (void)Need(Where(client, "/b"));
  std::set<long> interpreters;
  for (int asked = 0; asked < 3; ++asked)
    interpreters.insert(Need(Where(client, "/a")).interpreter);
  EXPECT_TRUE(of_b.LetGo());
  Conclude(interpreters == std::set<long>{0} ? kOwn : kAstray,
           fmt::format("3 requests of A ran in interpreter {}", fmt::join(interpreters, " and ")));
}
INSTANTIATE_TEST_SUITE_P(Isolation,
                         MainApplication,
                         testing::ValuesIn(kMainApplication),
                         NameOfExpected);

// ---- item 4: tracemalloc ----

constexpr Expected kTraced[] = {
    {"embedded_main", "answered", ""},
    {"embedded_two_subs", "hangs", "refused", "answered"},
    {"daemon_main", "answered", ""},
    {"daemon_two_subs", "hangs", "refused", "answered"},
    {"daemon_two_groups", "answered", ""},
};
class Traced : public Discovery {};

TEST_P(Traced, WhenAnInterpreterIsNewWhileTracemallocTraces) {
  About("tracemalloc",
        "A has called tracemalloc.start(); then C is asked for the first time",
        "creating the interpreter would hang inside CPython");
  PairedHost paired(pairing());
  (void)paired.Run(Who::A, "import tracemalloc; tracemalloc.start()", "");
  client::HttpClient impatient(paired.host().port(), kHangs);
  const auto answer = impatient.Get("/c");
  const bool is_refused = answer && answer->status == 500;
  if (hosts_under_test::IsEngineChosen()) {
    (void)paired.Run(Who::A, "import tracemalloc; tracemalloc.stop()", "");
    if (is_refused) {
      EXPECT_THAT(paired.host().Log(), testing::HasSubstr("tracemalloc is tracing"));
    }
  }
  Conclude(!answer      ? "hangs"
           : is_refused ? "refused"
                        : "answered",
           answer ? fmt::format("C answered {}", answer->status) : answer.error().message);
}
INSTANTIATE_TEST_SUITE_P(Isolation, Traced, testing::ValuesIn(kTraced), NameOfExpected);

// ---- item 5: fork ----

constexpr std::string_view kRuns = "the child runs";
constexpr std::string_view kDies = "the child dies before any Python code";
constexpr std::string_view kHangsThere = "the child hangs";
constexpr std::string_view kRefused = "RuntimeError";

constexpr Expected kFork[] = {
    {"embedded_main", kRuns, ""},
    {"embedded_one_sub", kDies, kRefused},
    {"embedded_two_subs", kDies, kRefused},
    {"embedded_main_and_sub", kHangsThere, kRefused},
    {"embedded_sub_and_main", kDies, kRefused},
    {"daemon_main", kRuns, ""},
    {"daemon_two_subs", kDies, kRefused},
    {"daemon_main_and_sub", kHangsThere, kRefused},
    {"daemon_two_groups", kRuns, ""},
    {"daemon_two_users", kRuns, ""},
    {"daemon_two_processes", kRuns, ""},
};
class Fork : public Discovery {
 protected:
  void ConcludeWhatCameOf(const std::string& python) {
    PairedHost paired(pairing());
    const auto answer = paired.Run(Who::A, python, "");
    EXPECT_EQ(answer.error, std::nullopt);
    const std::string said = nlohmann::json::parse(answer.result);
    EXPECT_TRUE(paired.Ask(Who::B, "result = 1", "")) << "B does not answer any more";
    const bool is_refused = said.starts_with("RuntimeError");
    Conclude(is_refused ? kRefused : std::string_view(said), is_refused ? said : answer.Place());
  }
};

TEST_P(Fork, ByOsFork) {
  About("os_fork",
        "A calls os.fork(); the child would only exit",
        "a clear error instead of a child that dies");
  ConcludeWhatCameOf(R"(
import os
try:
    child = os.fork()
except RuntimeError as error:
    result = f'RuntimeError: {error}'
else:
    if child == 0: os._exit(7)
    ended = []
    def has_ended():
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid: ended.append(status)
        return pid
    if not wait_for(has_ended, 2):
        os.kill(child, 9); os.waitpid(child, 0)
        result = 'the child hangs'
    elif os.WIFEXITED(ended[0]) and os.WEXITSTATUS(ended[0]) == 7:
        result = 'the child runs'
    else:
        result = 'the child dies before any Python code'
)");
}

TEST_P(Fork, ByMultiprocessing) {
  About("os_fork",
        "A starts a multiprocessing process by fork",
        "a clear error instead of a child that dies");
  ConcludeWhatCameOf(R"(
import multiprocessing, os
process = multiprocessing.get_context('fork').Process(target=os.getpid)
try:
    process.start()
except RuntimeError as error:
    result = f'RuntimeError: {error}'
else:
    process.join(2)
    if process.exitcode is None:
        process.kill(); process.join()
        result = 'the child hangs'
    else:
        result = 'the child runs' if process.exitcode == 0 else 'the child dies before any Python code'
)");
}
INSTANTIATE_TEST_SUITE_P(Isolation, Fork, testing::ValuesIn(kFork), NameOfExpected);

// ---- item 6: the simplified GIL API ----

constexpr Expected kGilState[] = {
    {"embedded_main", kOwn, ""},
    {"embedded_one_sub", kMain, kOwn},
    {"embedded_two_subs", kMain, kOwn},
    {"embedded_main_and_sub", kMain, kOwn},
    {"embedded_sub_and_main", kMain, kOwn},
    {"daemon_main", kOwn, ""},
    {"daemon_two_subs", kMain, kOwn},
};
constexpr const char* kStateOnFile =
    "callbacks-from-c: the thread's state on file follows what is attached";

// On the one thread of a process, whose first request creates A's interpreter; B is asked next, on the same thread.
class GilState : public Discovery {
 protected:
  // Where one of the two was that was not in its own interpreter; if neither, kOwn.
  void AskBoth(const std::string& python) {
    std::string_view verdict = kOwn;
    std::string detail;
    for (const char* first : {"/a", "/b"}) {
      const PlainHost host(pairing(), {.threads = 1, .are_preloaded = false});
      for (const char* url : {first, first == std::string_view("/a") ? "/b" : "/a"}) {
        client::HttpClient impatient(
            host.port(), kHangs);  // Apache does not keep a connection for its only thread
        const auto answer = Execute(impatient, url, LibraryOn(host.stage()) + python);
        detail += fmt::format("{}{}", detail.empty() ? "" : "; ", Seen(answer));
        if (verdict == kOwn)
          verdict = answer ? PlaceOf(std::stol(answer->result), *answer) : kBlocked;
        if (!answer) break;  // the thread is lost
      }
    }
    Conclude(verdict, detail);
  }

  void AskFirst(const std::string& python) {
    const PlainHost host(pairing(), {.threads = 1, .are_preloaded = false});
    client::HttpClient impatient(host.port(), kHangs);
    const auto answer = Execute(impatient, "/a", LibraryOn(host.stage()) + python);
    Conclude(answer ? PlaceOf(std::stol(answer->result), *answer) : kBlocked, Seen(answer));
  }
};

TEST_P(GilState, OnTheThreadOfTheRequest) {
  About("gilstate_request_thread",
        "A and B let the GIL go and call PyGILState_Ensure() on their request's thread",
        kStateOnFile);
  AskBoth("result = ctypes.CDLL(PATH).lab_ensure()");
}

TEST_P(GilState, InACallbackFromC) {
  About("ctypes_callback", "C calls A and B back through ctypes", kStateOnFile);
  AskBoth(R"(
seen = []
@ctypes.CFUNCTYPE(ctypes.c_int)
def callback():
    try:
        import _interpreters as which
    except ImportError:
        import _xxsubinterpreters as which
    current = which.get_current()
    seen.append(int(current[0] if isinstance(current, tuple) else current))
    return 5
assert callback() == 5
result = seen[0]
)");
}
INSTANTIATE_TEST_SUITE_P(Isolation, GilState, testing::ValuesIn(kGilState), NameOfExpected);

constexpr Expected kGilStateHeld[] = {
    {"embedded_main", kOwn, ""},
    {"embedded_one_sub", kBlocked, kOwn},
    {"embedded_two_subs", kBlocked, kOwn},
    {"embedded_main_and_sub", kOwn, ""},
    {"embedded_sub_and_main", kBlocked, kOwn},
    {"daemon_main", kOwn, ""},
    {"daemon_two_subs", kBlocked, kOwn},
};
class GilStateHeld : public GilState {};

TEST_P(GilStateHeld, OnTheThreadOfTheRequest) {
  About("gilstate_request_thread",
        "A calls PyGILState_Ensure() on its request's thread, which holds the GIL",
        kStateOnFile);
  AskFirst("result = ctypes.PyDLL(PATH).lab_ensure()");
}
INSTANTIATE_TEST_SUITE_P(Isolation, GilStateHeld, testing::ValuesIn(kGilStateHeld), NameOfExpected);

// A thread that Python does not know has no interpreter: whoever hosts, it comes into the main one.
constexpr Expected kThreadOfC[] = {
    {"embedded_main", kOwn, ""},
    {"embedded_one_sub", kMain, ""},
    {"embedded_two_subs", kMain, ""},
    {"daemon_main", kOwn, ""},
    {"daemon_two_subs", kMain, ""},
};
class ThreadOfC : public Discovery {};

TEST_P(ThreadOfC, ComesIntoTheMainInterpreter) {
  About("gilstate_c_thread",
        "C starts a thread that calls PyGILState_Ensure(), and lets the GIL go meanwhile");
  PairedHost paired(pairing());
  const auto answer = paired.Run(
      Who::A,
      LibraryOn(paired.stage()) + "result = ctypes.CDLL(PATH).lab_ensure_in_thread(10000)",
      "");
  Conclude(PlaceOf(std::stol(answer.result), answer), Seen(answer));
}
INSTANTIATE_TEST_SUITE_P(Isolation, ThreadOfC, testing::ValuesIn(kThreadOfC), NameOfExpected);

// Where there is no GIL it waits for nobody.
constexpr Expected kThreadOfCHeld[] = {{"embedded_main", kBlocked, "", "", kOwn},
                                       {"embedded_one_sub", kBlocked, "", "", kMain},
                                       {"embedded_two_subs", kBlocked, "", "", kMain},
                                       {"daemon_main", kBlocked, "", "", kOwn},
                                       {"daemon_two_subs", kBlocked, "", "", kMain}};
class ThreadOfCHeld : public Discovery {};

TEST_P(ThreadOfCHeld, WaitsForWhoWaitsForIt) {
  About("gilstate_c_thread",
        "C starts a thread that calls PyGILState_Ensure(), and waits for it with the GIL held: "
        "until it gives up");
  PairedHost paired(pairing());
  const auto answer = paired.Run(
      Who::A,
      LibraryOn(paired.stage()) + "result = ctypes.PyDLL(PATH).lab_ensure_in_thread(500)",
      "");
  const long found = std::stol(answer.result);
  Conclude(found == -1 ? kBlocked : PlaceOf(found, answer), Seen(answer));
}
INSTANTIATE_TEST_SUITE_P(Isolation,
                         ThreadOfCHeld,
                         testing::ValuesIn(kThreadOfCHeld),
                         NameOfExpected);

}  // namespace suites::isolation
