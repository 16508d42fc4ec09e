// Hosting/Api: the module mod_wsgi as applications use it: events, signals, the data of requests.
// API-1 to API-4, SHUT-1, SHUT-3, SHUT-5, SHUT-6.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>

#include "hosts/base/files.h"
#include "suites/hosting/lifetime.h"
#include "suites/hosts_under_test/eventually.h"
#include "suites/hosts_under_test/place.h"

namespace suites::hosting {

using client::Answer;
using hosts_under_test::Eventually;
using hosts_under_test::kPlaces;
using hosts_under_test::Need;
using hosts_under_test::Place;
using hosts_under_test::Soon;

namespace {

// Writes what its subscribers hear into `heard` beside it, a line each: the name of the event, and what the
// payload says under one key of interest. What a request does is its path.
constexpr std::string_view kSubject = R"(
import atexit, mod_wsgi, os, threading

HERE = os.path.dirname(__file__)
INTEREST = {'process_stopping': 'shutdown_reason', 'process_signal': 'signame',
            'response_started': 'response_status', 'request_started': 'added',
            'request_exception': 'exception_info'}

def note(line):
    file = os.open(os.path.join(HERE, 'heard'), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    os.write(file, (line + '\n').encode())
    os.close(file)

def first(name, **payload):
    if name == 'request_started':
        return {'added': 'by the first'}

def broken(name, **payload):
    raise ValueError('a broken subscriber')

def second(name, **payload):
    interest = payload.get(INTEREST.get(name, ''))
    if name == 'request_exception':
        interest = interest[0].__name__
    note('%s %s' % (name, interest))

RETURNED = [mod_wsgi.subscribe_events(callback) for callback in (first, broken, second)]

@mod_wsgi.subscribe_shutdown
def at_shutdown(name, **payload):
    note('shutdown %s %s' % (name, payload['shutdown_reason']))

@mod_wsgi.subscribe_signals
def at_signal(name, **payload):
    note('signal %s %s %d' % (name, payload['signame'], payload['signum']))

atexit.register(note, 'atexit')

def kept():
    return mod_wsgi.request_data()['kept']

def outside():
    found = []
    def ask():
        try:
            mod_wsgi.request_data()
        except RuntimeError as error:
            found.append('RuntimeError')
    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    return found[0]

def application(environ, start_response):
    path = environ['PATH_INFO']
    if path == '/raises':
        raise KeyError('on purpose')
    data = mod_wsgi.request_data()
    if path == '/data':
        data['kept'] = 'what it kept'
        same = mod_wsgi.active_requests[data['request_id']] is data
        text = '%s, %s, %s, %d active' % (kept(), same, outside(), len(mod_wsgi.active_requests))
    elif path == '/returned':
        text = str(RETURNED == [first, broken, second])
    elif path == '/wrong':
        try:
            text = str(mod_wsgi.subscribe_events(1))
        except TypeError:
            text = 'TypeError'
    else:
        text = str(os.getpid())
    body = text.encode()
    start_response('200 OK', [('Content-Type', 'text/plain'), ('Content-Length', str(len(body)))])
    return [body]
)";

constexpr std::string_view kReplaces = R"(
import mod_wsgi

def other(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'the other']

@mod_wsgi.subscribe_events
def replace(name, **payload):
    if name == 'request_started':
        return {'application_object': other}

def application(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'the one']
)";

class ApiCheck : public LifetimeCheck {
 protected:
  void ServeSubject(const Place& place,
                    std::string_view further = "",
                    std::string_view text = kSubject) {
    hosts_under_test::EndIfModWsgiIsOlderThan(6);
    (void)Need(stage().Write("subject.wsgi", text));
    Serve(fmt::format(
        "{}{}WSGIScriptAlias /subject {{stage}}/subject.wsgi\n", PlacedIn(place), further));
  }
  [[nodiscard]] std::string Ask(std::string_view path) const {
    auto client = host().NewClient();
    return Need(client.Get(fmt::format("/subject{}", path))).body;
  }
  [[nodiscard]] std::string Heard() const {
    const auto text = hosts::base::ReadFile(stage().path("heard"));
    return text ? *text : "";
  }
  [[nodiscard]] bool HasHeard(std::string_view line) const {
    return Eventually([&] { return Heard().find(line) != std::string::npos; }, Soon());
  }
};

class Api : public ApiCheck, public testing::WithParamInterface<Place> {};

// Why a daemon process ends, and how it is brought to.
struct End {
  std::string_view reason;
  std::string_view options;
  int signal = 0;
};
void PrintTo(const End& end, std::ostream* out) {
  *out << end.reason;
}

class Ends : public ApiCheck, public testing::WithParamInterface<End> {};

}  // namespace

TEST_P(Api, TellsSubscribersHowARequestGoes) {
  About(
      {.rule = "API-2",
       .title = "events of a request, and of one that raises",
       .expected =
           "request_started, response_started, request_finished; with request_exception in between",
       .mode = ModeOf(GetParam())});
  ServeSubject(GetParam());
  (void)Ask("/");
  EXPECT_EQ(Heard(),
            "request_started by the first\nresponse_started 200 OK\nrequest_finished None\n");
  stage().Remove("heard");
  (void)Ask("/raises");
  Found("as expected");
  EXPECT_TRUE(HasHeard("request_finished"));
  EXPECT_EQ(Heard(),
            "request_started by the first\nrequest_exception KeyError\nrequest_finished None\n");
  EXPECT_TRUE(IsLogged("a broken subscriber"));
}

TEST_P(Api, TakesSubscribers) {
  About({.rule = "API-1",
         .title =
             "what subscribe_events returns, and what it says of something that cannot be called",
         .expected = "the callback; TypeError",
         .mode = ModeOf(GetParam())});
  ServeSubject(GetParam());
  const std::string returned = Ask("/returned");
  const std::string wrong = Ask("/wrong");
  Found(fmt::format("{}; {}", returned, wrong));
  EXPECT_EQ(returned, "True");
  EXPECT_EQ(wrong, "TypeError");
}

TEST_P(Api, LetsASubscriberReplaceTheApplication) {
  About({.rule = "API-2",
         .title = "a subscriber answers request_started with another application_object",
         .expected = "that one is called",
         .mode = ModeOf(GetParam())});
  ServeSubject(GetParam(), "", kReplaces);
  const std::string body = Ask("/");
  Found(body);
  EXPECT_EQ(body, "the other");
}

TEST_P(Api, KeepsTheDataOfARequest) {
  About({.rule = "API-4",
         .title =
             "request_data() in the body and in a helper, active_requests, and outside of requests",
         .expected = "the same dict; RuntimeError outside",
         .mode = ModeOf(GetParam())});
  ServeSubject(GetParam());
  const std::string body = Ask("/data");
  Found(body);
  EXPECT_EQ(body, "what it kept, True, RuntimeError, 1 active");
  EXPECT_EQ(Ask("/data"), body) << "the next request begins with nothing";
}

TEST_P(Api, TellsSubscribersOfTheEnd) {
  const bool is_daemon = GetParam().process == ProcessKind::Daemon;
  const std::string_view reason = is_daemon ? "shutdown_signal" : "";
  About({.rule = is_daemon ? "SHUT-1" : "SHUT-6",
         .title = "the server is stopped",
         .expected = fmt::format("process_stopping with the reason '{}', then atexit", reason),
         .mode = ModeOf(GetParam())});
  ServeSubject(GetParam());
  (void)Ask("/");
  stage().Remove("heard");
  (void)StopHost();
  const std::string heard = Heard();
  Found(heard);
  EXPECT_EQ(heard,
            fmt::format("shutdown process_stopping {0}\nprocess_stopping {0}\natexit\n", reason));
}

INSTANTIATE_TEST_SUITE_P(Hosting, Api, testing::ValuesIn(kPlaces), [](const auto& parameter) {
  return NameOf(parameter.param);
});

TEST_F(ApiCheck, TheEndIsToldWithoutTheEndOfInterpreters) {
  About({.rule = "SHUT-3",
         .title = "WSGIDestroyInterpreter Off",
         .expected = "process_stopping, and no atexit",
         .mode = "daemon/main"});
  ServeSubject(kPlaces[2], "WSGIDestroyInterpreter Off\n");
  (void)Ask("/");
  stage().Remove("heard");
  (void)StopHost();
  const std::string heard = Heard();
  Found(heard);
  EXPECT_EQ(heard, "shutdown process_stopping shutdown_signal\nprocess_stopping shutdown_signal\n");
}

TEST_F(ApiCheck, SignalsReachEveryInterpreter) {
  About({.rule = "API-3",
         .title = "SIGUSR2 and SIGHUP to a daemon process with subscribers in two interpreters",
         .expected = "each hears of both; the process lives",
         .mode = "daemon/main and daemon/sub"});
  hosts_under_test::EndIfModWsgiIsOlderThan(6);
  (void)Need(stage().Write("subject.wsgi", kSubject));
  Serve("WSGIDaemonProcess one threads=2\n" +
        Alias("subject", fmt::format("process-group=one {}", kInMain)) +
        "WSGIScriptAlias /other {stage}/subject.wsgi process-group=one application-group=sub\n");
  const std::string before = Ask("/");
  for (const int number : {SIGUSR2, SIGHUP})
    ASSERT_EQ(::kill(std::stoi(before), number), 0);
  const auto count = [this](std::string_view line) {
    const std::string heard = Heard();
    int found = 0;
    for (size_t at = heard.find(line); at != std::string::npos; at = heard.find(line, at + 1))
      ++found;
    return found;
  };
  EXPECT_TRUE(Eventually(
      [&] {
        return count("\nprocess_signal SIGHUP") == 2 && count("\nprocess_signal SIGUSR2") == 2;
      },
      Soon()));
  Found(fmt::format("{} lines of SIGUSR2, {} of SIGHUP",
                    count("signal process_signal SIGUSR2 12"),
                    count("signal process_signal SIGHUP 1")));
  EXPECT_EQ(count("signal process_signal SIGUSR2 12"), 2);
  EXPECT_EQ(count("signal process_signal SIGHUP 1"), 2);
  EXPECT_EQ(Ask("/"), before);
}

TEST_P(Ends, IsToldWithItsReason) {
  const End& end = GetParam();
  About({.rule = "SHUT-5",
         .title = fmt::format("shutdown_reason of a process with {}", end.options),
         .expected = std::string(end.reason),
         .mode = "daemon/main"});
  hosts_under_test::EndIfModWsgiIsOlderThan(6);
  (void)Need(stage().Write("subject.wsgi", kSubject));
  Serve(fmt::format("WSGIDaemonProcess one threads=2 {}\n{}",
                    end.options,
                    Alias("subject", fmt::format("process-group=one {}", kInMain))));
  const pid_t pid = std::stoi(Ask("/"));
  if (end.signal != 0) {
    ASSERT_EQ(::kill(pid, end.signal), 0);
  }
  EXPECT_TRUE(HasHeard("shutdown process_stopping"));
  const std::string heard = Heard();
  const size_t at = heard.find("shutdown process_stopping ");
  Found(heard.substr(at, heard.find('\n', at) - at));
  EXPECT_TRUE(HasHeard(fmt::format("shutdown process_stopping {}\n", end.reason))) << heard;
}

constexpr End kEnds[] = {
    {.reason = "shutdown_signal", .options = "", .signal = SIGTERM},
    {.reason = "graceful_signal", .options = "", .signal = SIGUSR1},
    {.reason = "eviction_signal", .options = "eviction-timeout=5", .signal = SIGUSR1},
    {.reason = "cpu_time_limit", .options = "cpu-time-limit=60", .signal = SIGXCPU},
    {.reason = "maximum_requests", .options = "maximum-requests=1"},
    {.reason = "restart_interval", .options = "restart-interval=1"},
    {.reason = "inactivity_timeout", .options = "inactivity-timeout=1"},
};
INSTANTIATE_TEST_SUITE_P(Hosting, Ends, testing::ValuesIn(kEnds), [](const auto& parameter) {
  return std::string(parameter.param.reason);
});

}  // namespace suites::hosting
