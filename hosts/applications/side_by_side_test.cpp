// Threads that run Python side by side in one process without a GIL: what they share. On a Python that was not built so the
// same is asked of threads that take turns.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "hosts/applications/testing/site.h"
#include "hosts/python/testing/captured_log.h"
#include "hosts/python/testing/counting.h"
#include "hosts/python/versions.h"

namespace hosts::applications {
namespace {

using ::testing::Each;
using testing::Get;
using ::testing::IsEmpty;
using testing::Site;

class WithoutGil : public ::testing::Test {
 protected:
  static constexpr int kThreads = 4;

  void SetUp() override {
    site_.deployment.python.has_own_gils = python::kHasOwnGils;
    site_.deployment.python.is_free_threaded = python::kIsFreeThreaded;
    site_.deployment.server.interpreters.free_threading =
        deployment::Written<bool>{true, {"site.conf", 1}};
  }

  // What `ask` says in each of several threads, with a Worker of its own, as often as that.
  using Ask = std::function<std::string(Worker& worker, int thread, int request)>;
  static std::vector<std::string> AllAtOnce(ApplicationProcess& process,
                                            int requests,
                                            const Ask& ask) {
    std::atomic<int> ready{0};
    std::vector<std::vector<std::string>> of_threads(kThreads);
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        Worker worker(process);
        ++ready;
        while (ready < kThreads)
          std::this_thread::yield();
        for (int i = 0; i < requests; ++i)
          of_threads[static_cast<size_t>(thread)].push_back(ask(worker, thread, i));
      });
    }
    for (auto& thread : threads)
      thread.join();
    std::vector<std::string> all;
    for (const auto& answers : of_threads)
      all.insert(all.end(), answers.begin(), answers.end());
    return all;
  }

  [[nodiscard]] std::vector<std::string> AnswersAtOnce(ApplicationProcess& process,
                                                       const std::string& script,
                                                       const std::string& group,
                                                       int requests) const {
    return AllAtOnce(process, requests, [&](Worker& worker, int, int) {
      const auto answer = Get(worker, site_.Request(script, group));
      return fmt::format("{} {}", answer.status(), answer.body());
    });
  }

  Site site_;
};

TEST_F(WithoutGil, ThereIsNoneWherePythonCan) {
  const std::string script = site_.Script("app.wsgi", R"(
import sys
def application(environ, start_response):
    start_response("200 OK", [])
    return [str(getattr(sys, "_is_gil_enabled", lambda: True)()).encode()]
)");
  const python::testing::CapturedLog log;
  const auto process = site_.Start();
  const std::string expected = python::kIsFreeThreaded ? "200 False" : "200 True";
  EXPECT_THAT(AnswersAtOnce(*process, script, "", 1), Each(expected));
  EXPECT_THAT(AnswersAtOnce(*process, script, "sub", 1), Each(expected));
}

TEST_F(WithoutGil, AScriptIsLoadedOnceThoughManyAskAtOnce) {
  const std::string script = site_.Script("app.wsgi", R"(
import sys, time
sys.loads = getattr(sys, "loads", 0) + 1
time.sleep(0.05)
def application(environ, start_response):
    start_response("200 OK", [])
    return [str(sys.loads).encode()]
)");
  const auto process = site_.Start();
  for (const char* group : {"", "sub"})
    EXPECT_THAT(AnswersAtOnce(*process, script, group, 3), Each("200 1"));
}

// Headers of many names and changing values, so that whatever is kept of them is made anew all the time.
TEST_F(WithoutGil, EachRequestHasItsOwnEnviron) {
  const std::string script = site_.Script("app.wsgi", R"(
def application(environ, start_response):
    start_response("200 OK", [])
    headers = [name + environ[name] for name in environ if name.startswith("HTTP_X_")]
    return [" ".join([environ["REMOTE_PORT"], environ["SERVER_NAME"], *headers]).encode()]
)");
  const auto process = site_.Start();
  const auto wrong = AllAtOnce(*process, 1000, [&](Worker& worker, int thread, int request) {
    const int port = 1024 + 1000 * thread + request;
    const std::string host = fmt::format("host{}.example", port % 7);
    const std::string name = fmt::format("X-{}", port % 500);
    const std::string value = fmt::format("={}", port);
    exchange::RequestHead head = site_.Request(script, "");
    head.remote_port = port;
    head.host_name = host;
    head.headers = {{name, value}};
    const std::string answer = Get(worker, head).body();
    const std::string expected = fmt::format("{} {} HTTP_X_{}{}", port, host, port % 500, value);
    return answer == expected ? "" : fmt::format("'{}' in place of '{}'", answer, expected);
  });
  EXPECT_THAT(wrong, Each(""));
}

// Its own threads use what it was given while the request goes on, and after it.
TEST_F(WithoutGil, InputIsReadByOtherThreadsUntilTheRequestEnds) {
  const std::string script = site_.Script("app.wsgi", R"(
import threading
wrong = []
def use(environ, start_response):
    for _ in range(20):
        try:
            environ["wsgi.input"].read()
            start_response("200 OK", [])
        except RuntimeError:
            pass
        except BaseException as error:
            wrong.append(repr(error))
def application(environ, start_response):
    start_response("200 OK", [])
    users = [threading.Thread(target=use, args=(environ, start_response)) for _ in range(2)]
    for user in users:
        user.start()
    return [b"".join(x.encode() for x in wrong)]
)");
  const auto process = site_.Start();
  EXPECT_THAT(AnswersAtOnce(*process, script, "", 50), Each("200 "));
}

TEST_F(WithoutGil, ActiveRequestsAreSeenWhileTheyComeAndGo) {
  const std::string script = site_.Script("app.wsgi", R"(
import mod_wsgi
def application(environ, start_response):
    start_response("200 OK", [])
    mod_wsgi.request_data()["own"] = environ["mod_wsgi.request_id"]
    own = environ["mod_wsgi.request_id"]
    wrong = mod_wsgi.active_requests[own]["own"] != own
    for key, data in mod_wsgi.active_requests.items():
        wrong = wrong or data["request_id"] != key
    return [b"wrong" if wrong else b""]
)");
  const auto process = site_.Start();
  EXPECT_THAT(AnswersAtOnce(*process, script, "", 500), Each("200 "));
}

TEST_F(WithoutGil, SubscribersComeWhileOthersAreTold) {
  const std::string script = site_.Script("app.wsgi", R"(
import mod_wsgi
def hear(name, **facts):
    return {"heard": True}
def application(environ, start_response):
    if len(mod_wsgi.event_callbacks) < 20:
        mod_wsgi.subscribe_events(hear)
    start_response("200 OK", [])
    return [b""]
)");
  const python::testing::CapturedLog log;
  const auto process = site_.Start();
  EXPECT_THAT(AnswersAtOnce(*process, script, "", 200), Each("200 "));
  EXPECT_THAT(log.Lines("H0313"), IsEmpty());
}

TEST_F(WithoutGil, TheEndStopsThreadsOfTheMainInterpreter) {
  site_.deployment.server.python.destroy_interpreters = deployment::Written<bool>{false, {}};
  const std::string script = site_.Script("app.wsgi", python::testing::CountForEver(true) + R"(
def application(environ, start_response):
    start_response("200 OK", [])
    return [str(ctypes.addressof(count)).encode()]
)");
  auto process = site_.Start();
  std::string count;
  {
    Worker worker(*process);
    count = Get(worker, site_.Request(script, "")).body();
  }
  process.reset();
  python::testing::ExpectCountsNoMore(count);
}

}  // namespace
}  // namespace hosts::applications
