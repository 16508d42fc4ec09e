// Hosting/ApiMetrics: what a request has cost, as events and the functions for metrics say it. API-2, API-4, OUT-5.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <string_view>

#include "suites/hosting/configured.h"
#include "suites/hosts_under_test/check.h"
#include "suites/hosts_under_test/place.h"

namespace suites::hosting {

using hosts_under_test::kPlaces;
using hosts_under_test::kPlacesMain;
using hosts_under_test::ModeOf;
using hosts_under_test::Need;
using hosts_under_test::Place;
using nlohmann::json;

namespace {

// /work uses 20 ms of a processor, reads its body and answers 3,000 bytes in three pieces; /start begins to record;
// /events and /metrics answer what there is, as JSON.
constexpr std::string_view kSubject = R"(
import json, mod_wsgi, time

HEARD = []
def hear(name, **payload):
    HEARD.append((name, payload))
SUBSCRIBES = %s
if SUBSCRIBES:
    mod_wsgi.subscribe_events(hear)

def pieces():
    for piece in (b'a', b'b', b'c'):
        yield piece * 1000

def application(environ, start_response):
    path = environ['PATH_INFO']
    if path == '/work':
        until = time.thread_time() + 0.02
        while time.thread_time() < until:
            pass
        environ['wsgi.input'].read()
        start_response('201 Created', [('Content-Type', 'text/plain')])
        return pieces()
    if path == '/start':
        answer = [mod_wsgi.start_recording_metrics(), mod_wsgi.start_recording_metrics()]
    elif path == '/events':
        answer = [(name, {key: value for key, value in payload.items()
                          if isinstance(value, (int, float, str))}) for name, payload in HEARD]
    else:
        answer = {name: getattr(mod_wsgi, name)()
                  for name in ('process_metrics', 'request_metrics', 'server_metrics')}
    body = json.dumps(answer).encode()
    start_response('200 OK', [('Content-Length', str(len(body)))])
    return [body]
)";

class ApiMetrics : public hosts_under_test::Check, public testing::WithParamInterface<Place> {
 protected:
  ApiMetrics() : Check("hosting") {}

  [[nodiscard]] static bool is_daemon() { return GetParam().process == ProcessKind::Daemon; }
  void ServeSubject(bool subscribes, std::string_view further = {}) {
    hosts_under_test::EndIfModWsgiIsOlderThan(6);
    std::string text(kSubject);
    text.replace(text.find("%s"), 2, subscribes ? "True" : "False");
    (void)Need(stage().Write("subject.wsgi", text));
    Serve(fmt::format("StartServers 1\n{}{}{}",
                      further,
                      hosts_under_test::PlacedIn(GetParam()),
                      Alias("subject")));
  }
  void Work() const {
    auto client = host().NewClient();
    EXPECT_EQ(Need(client.Post("/subject/work", "ten bytes.")).status, 201);
  }
  [[nodiscard]] json Ask(const std::string& path) const {
    auto client = host().NewClient();
    return json::parse(Need(client.Get("/subject/" + path)).body);
  }
  // What the first event of this name said.
  [[nodiscard]] static json Event(const json& events, std::string_view name) {
    for (const auto& event : events) {
      if (event.at(0) == name) return event.at(1);
    }
    return json::object();
  }
};

class ApiMetricsOfChildren : public ApiMetrics {};

std::string NameOfPlace(const testing::TestParamInfo<Place>& parameter) {
  return hosts_under_test::NameOf(parameter.param);
}

}  // namespace

TEST_P(ApiMetrics, EventsSayWhatARequestHasCost) {
  About({.rule = "API-2",
         .title = "request_finished of a request that computes, reads and answers in pieces",
         .expected = "its status, bytes, pieces, times, processor and GIL",
         .mode = ModeOf(GetParam())});
  ServeSubject(true);
  Work();  // its script subscribes while it is loaded
  const json events = Ask("events");
  const json started = Event(events, "request_started");
  const json cost = Event(events, "request_finished");
  Found(cost.dump());
  EXPECT_EQ(cost.value("status", 0), 201);
  EXPECT_EQ(cost.value("input_length", 0), 10);
  EXPECT_GE(cost.value("input_reads", 0), 1);
  EXPECT_EQ(cost.value("output_length", 0), 3000);
  EXPECT_EQ(cost.value("output_writes", 0), 3);
  EXPECT_GE(cost.value("cpu_time", 0.0), 0.019);
  EXPECT_LT(cost.value("cpu_time", 0.0), 10.0);
  EXPECT_DOUBLE_EQ(cost.value("cpu_time", 0.0),
                   cost.value("cpu_user_time", 0.0) + cost.value("cpu_system_time", 0.0));
  EXPECT_GE(cost.value("gil_wait_count", 0), 1);
  EXPECT_GE(cost.value("gil_wait_time", -1.0), 0.0);
  EXPECT_GT(cost.value("output_time", 0.0), 0.0);
  EXPECT_GE(cost.value("input_time", -1.0), 0.0);
  EXPECT_GE(cost.value("application_time", 0.0), 0.019);
  EXPECT_EQ(cost.value("request_id", ""), started.value("request_id", "?"));
  EXPECT_EQ(started.value("callable_object", ""), "application");
  for (const json& event : {started, cost}) {
    EXPECT_GT(event.value("server_pid", 0), 0);
    EXPECT_EQ(event.value("queue_start", -1.0) > 0, is_daemon());
    EXPECT_EQ(event.value("daemon_start", -1.0) > 0, is_daemon());
    EXPECT_GT(event.value("request_start", 0.0), 0.0);
    EXPECT_GE(event.value("application_start", 0.0), event.value("request_start", 0.0));
  }
}

TEST_P(ApiMetrics, NothingIsRecordedUntilItIsAskedFor) {
  About({.rule = "API-4",
         .title = "process_metrics, request_metrics and server_metrics before recording begins",
         .expected = "None",
         .mode = ModeOf(GetParam())});
  ServeSubject(false);
  Work();
  const json metrics = Ask("metrics");
  Found(metrics.dump());
  EXPECT_EQ(metrics,
            json({{"process_metrics", nullptr},
                  {"request_metrics", nullptr},
                  {"server_metrics", nullptr}}));
}

TEST_P(ApiMetrics, TellWhatRequestsHaveCostSinceTheLastTime) {
  About(
      {.rule = "API-4",
       .title = "request_metrics after three requests, and again after one",
       .expected = "counts, bytes, times and buckets of three; of the one and the question before",
       .mode = ModeOf(GetParam())});
  ServeSubject(false);
  EXPECT_EQ(Ask("start"), json({nullptr, nullptr}));
  (void)Ask("metrics");
  for (int i = 0; i < 3; ++i)
    Work();
  const json first = Ask("metrics").at("request_metrics");
  Work();
  const json second = Ask("metrics").at("request_metrics");
  Found(fmt::format(
      "{} and {} requests", first.value("request_count", -1), second.value("request_count", -1)));
  EXPECT_EQ(first.value("request_count", 0), 4);  // with the question before
  EXPECT_EQ(second.value("request_count", 0), 2);
  EXPECT_EQ(first.value("status_2xx", 0), 4);
  EXPECT_EQ(first.value("status_5xx", -1), 0);
  EXPECT_EQ(first.value("input_bytes", 0), 30);
  EXPECT_GE(first.value("output_bytes", 0), 9000);
  EXPECT_EQ(second.value("input_bytes", 0), 10);
  EXPECT_GE(first.value("application_time_max_us", 0), 19'000);
  EXPECT_GE(first.value("request_time", 0.0), first.value("application_time", 1e9));
  EXPECT_GT(first.value("sample_period", 0.0), 0.057);
  EXPECT_NEAR(first.value("request_throughput", 0.0), 4 / first.value("sample_period", 1e-9), 1e-6);
  EXPECT_GT(first.value("capacity_utilization", 0.0), 0.0);
  EXPECT_LE(first.value("capacity_utilization", 2.0), 1.0);
  EXPECT_GE(first.value("cpu_utilization", 0.0), 0.0);
  EXPECT_EQ(first.value("request_threads_active", 0), 1);  // the question itself
  for (const auto* name : {"server_time",
                           "application_time",
                           "request_time",
                           "gil_wait_time",
                           "input_read_time",
                           "output_write_time"}) {
    const json buckets = first.value(std::string(name) + "_buckets", json::array());
    ASSERT_EQ(buckets.size(), 65U) << name;
    int all = 0;
    for (const auto& bucket : buckets)
      all += bucket.get<int>();
    EXPECT_EQ(all, 4) << name;
  }
  int queued = 0;
  for (const auto& bucket : first.at("queue_time_buckets"))
    queued += bucket.get<int>();
  EXPECT_EQ(queued, is_daemon() ? 4 : 0);
  EXPECT_EQ(first.at("queue_time").is_null(), !is_daemon());  // as mod_wsgi says it
  EXPECT_EQ(first.at("daemon_time_max_us").is_null(), !is_daemon());
}

TEST_P(ApiMetrics, TellWhatTheProcessHasDone) {
  About({.rule = "API-4",
         .title = "process_metrics after three requests",
         .expected = "requests, busy time, memory, processor time, threads",
         .mode = ModeOf(GetParam())});
  ServeSubject(false);
  (void)Ask("start");
  for (int i = 0; i < 3; ++i)
    Work();
  const json process = Ask("metrics").at("process_metrics");
  Found(process.dump());
  EXPECT_EQ(process.value("request_count", 0), 3);
  EXPECT_EQ(process.value("active_requests", 0), 1);
  EXPECT_GE(process.value("request_busy_time", 0.0), 0.057);
  EXPECT_GE(process.value("cpu_time", 0.0), 0.057);
  EXPECT_GT(process.value("memory_rss", 0), 1'000'000);
  EXPECT_GT(process.value("memory_max_rss", 0), 1'000'000);
  EXPECT_GE(process.value("current_time", 0.0), process.value("restart_time", 1e18));
  int of_threads = 0;
  for (const auto& thread : process.at("threads"))
    of_threads += thread.at("request_count").get<int>();
  EXPECT_EQ(of_threads, 3);
  const auto children = host().Children();
  EXPECT_NE(std::find(children.begin(), children.end(), process.value("pid", 0)), children.end());
}

// fork is refused in sub-interpreters.
TEST_P(ApiMetricsOfChildren, AreNone) {
  About({.rule = "API-4",
         .title = "process_metrics and request_metrics in a child that the application has forked",
         .expected = "None: they are another process's",
         .mode = ModeOf(GetParam())});
  hosts_under_test::EndIfModWsgiIsOlderThan(6);
  (void)Need(stage().Write("subject.wsgi", R"(
import mod_wsgi, os
mod_wsgi.start_recording_metrics()
def application(environ, start_response):
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        told = (mod_wsgi.process_metrics(), mod_wsgi.request_metrics())
        os.write(writer, repr(told).encode())
        os._exit(0)
    os.close(writer)
    text = os.read(reader, 1000)
    os.close(reader)
    os.waitpid(child, 0)
    text += b' ' + str(mod_wsgi.process_metrics() is None).encode()
    start_response('200 OK', [('Content-Length', str(len(text)))])
    return [text]
)"));
  Serve("StartServers 1\n" + hosts_under_test::PlacedIn(GetParam()) + Alias("subject"));
  auto client = host().NewClient();
  const std::string told = Need(client.Get("/subject")).body;
  Found(told);
  EXPECT_EQ(told, "(None, None) False");
}

// hosts/deviations.md, OUT-5: there is no scoreboard; the status page tells of the server.
TEST_P(ApiMetrics, ServerMetricsAreNone) {
  About({.rule = "OUT-5",
         .title = "server_metrics() with WSGIServerMetrics On",
         .expected = "None",
         .mode = ModeOf(GetParam())});
  ServeSubject(false, "WSGIServerMetrics On\n");
  (void)Ask("start");
  const json metrics = Ask("metrics");
  Found(metrics.at("server_metrics").dump());
  EXPECT_TRUE(metrics.at("server_metrics").is_null());
}
INSTANTIATE_TEST_SUITE_P(Hosting, ApiMetrics, testing::ValuesIn(kPlaces), NameOfPlace);
INSTANTIATE_TEST_SUITE_P(Hosting,
                         ApiMetricsOfChildren,
                         testing::ValuesIn(kPlacesMain),
                         NameOfPlace);

}  // namespace suites::hosting
