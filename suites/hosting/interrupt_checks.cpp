// Hosting/Interrupts: mod_wsgi.RequestTimeout, raised in a request that takes too long.
// DAEMON-36, ERR-30, ERR-31.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "suites/client/raw_connection.h"
#include "suites/hosting/lifetime.h"
#include "suites/hosts_under_test/eventually.h"

namespace suites::hosting {

using client::Answer;
using client::HttpClient;
using hosts::base::Clock;
using hosts_under_test::Need;
using hosts_under_test::Soon;

namespace {

// What a request does is its path. `pid` answers at once.
constexpr std::string_view kSubject = R"(
import mod_wsgi, os, time

def spin():
    while True:
        pass

def after_one_item():
    yield b'one item'
    spin()

def busy():
    spin()

def caught():
    try:
        spin()
    except BaseException as error:
        return [('%s %r' % (type(error).__name__, error.args)).encode()]

def subclass():
    try:
        spin()
    except Exception:
        return [b'an Exception']
    except mod_wsgi.RequestTimeout:
        return [b'a RequestTimeout']

def short_sleep():
    time.sleep(1.5)
    return [b'slept']

def long_sleep():
    time.sleep(60)
    return [b'slept']

def pid():
    return [str(os.getpid()).encode()]

def application(environ, start_response):
    name = environ['PATH_INFO'].strip('/')
    result = after_one_item() if name == 'generator' else globals()[name]()
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return result
)";

class Interrupts : public LifetimeCheck, public testing::WithParamInterface<InterpreterKind> {
 protected:
  void ServeInterrupted(std::string_view timers = "request-timeout=1 interrupt-timeout=10") {
    (void)Need(stage().Write("subject.wsgi", kSubject));
    Serve(
        fmt::format("ThreadsPerChild 8\nWSGIDaemonProcess one threads=1 shutdown-timeout=1 {}\n{}",
                    timers,
                    Alias("subject",
                          fmt::format("process-group=one application-group={}",
                                      ApplicationGroupOf(GetParam())))));
  }
  [[nodiscard]] std::string Mode() const { return fmt::format("daemon/{}", Name(GetParam())); }
  [[nodiscard]] Answer Ask(std::string_view name) const {
    auto client = host().NewClient();
    return Need(client.Get(fmt::format("/subject/{}", name)));
  }
};

}  // namespace

TEST_P(Interrupts, ABusyLoopIsEndedAndItsProcessIsNot) {
  About({.rule = "ERR-30",
         .title = "request-timeout=1 interrupt-timeout=10, an endless loop in Python",
         .expected = "504 after a second, and the process serves on",
         .mode = Mode()});
  ServeInterrupted();
  const std::string before = Ask("pid").body;
  const auto begun = Clock::now();
  const Answer answer = Ask("busy");
  const double seconds = SecondsSince(begun);
  int others = 0;  // whom the exception must not reach
  constexpr int kAfter = 20;
  for (int request = 0; request < kAfter; ++request)
    others += Ask("pid").body == before ? 1 : 0;
  Found(fmt::format("{} after {:.2f} s; {} of {} further requests by the same process",
                    answer.status,
                    seconds,
                    others,
                    kAfter));
  EXPECT_EQ(answer.status, 504);
  EXPECT_GT(seconds, 0.9);
  EXPECT_EQ(others, kAfter);
  EXPECT_TRUE(IsLogged("H0325"));
  EXPECT_TRUE(IsLogged("in spin")) << "the stack of the request is not in the log";
}

TEST_P(Interrupts, ABodyThatHasBegunIsCut) {
  About({.rule = "ERR-31",
         .title = "the loop is behind the first item of the answer",
         .expected = "200 with that item, broken off; the process serves on",
         .mode = Mode()});
  ServeInterrupted();
  const std::string before = Ask("pid").body;
  auto connection = Need(client::RawConnection::Open(host().port()));
  Need(connection.Send(
      "GET /subject/generator HTTP/1.1\r\nHost: check.example\r\nConnection: close\r\n\r\n"));
  const std::string bytes = Need(connection.ReadToEnd(Soon()));
  const bool has_item = bytes.find("one item") != std::string::npos;
  const bool is_complete = bytes.ends_with("0\r\n\r\n");
  Found(fmt::format("{}, {}, {}",
                    bytes.substr(0, bytes.find('\r')),
                    has_item ? "the item" : "no item",
                    is_complete ? "as if it were complete" : "broken off"));
  EXPECT_TRUE(bytes.starts_with("HTTP/1.1 200")) << bytes;
  EXPECT_TRUE(has_item);
  EXPECT_FALSE(is_complete);
  EXPECT_EQ(Ask("pid").body, before);
}

TEST_P(Interrupts, AnApplicationMayCatchIt) {
  About({.rule = "DAEMON-36",
         .title = "the loop is in a try: except BaseException, and except mod_wsgi.RequestTimeout",
         .expected = "200, RequestTimeout without arguments, which is no Exception",
         .mode = Mode()});
  ServeInterrupted("processes=2 request-timeout=1 interrupt-timeout=10");  // one for each
  auto caught = std::async(std::launch::async, [this] { return Ask("caught"); });
  const Answer typed = Ask("subclass");
  const Answer any = caught.get();
  Found(fmt::format("{} {}; {} {}", any.status, any.body, typed.status, typed.body));
  EXPECT_EQ(any.status, 200);
  EXPECT_EQ(any.body, "RequestTimeout ()");
  EXPECT_EQ(typed.body, "a RequestTimeout");
}

TEST_P(Interrupts, ACallThatReturnsInTimeIsInterruptedThen) {
  About({.rule = "DAEMON-36",
         .title = "a sleep of 1.5 s, request-timeout=1 interrupt-timeout=10",
         .expected = "504 after 1.5 s, the process serves on",
         .mode = Mode()});
  ServeInterrupted();
  const std::string before = Ask("pid").body;
  const auto begun = Clock::now();
  const Answer answer = Ask("short_sleep");
  const double seconds = SecondsSince(begun);
  Found(fmt::format("{} after {:.2f} s", answer.status, seconds));
  EXPECT_EQ(answer.status, 504);
  EXPECT_GT(seconds, 1.4);
  EXPECT_EQ(Ask("pid").body, before);
}

TEST_P(Interrupts, ACallThatDoesNotReturnEndsItsProcess) {
  About({.rule = "DAEMON-36",
         .title = "a sleep of 60 s, request-timeout=1 interrupt-timeout=1 shutdown-timeout=1",
         .expected = "502 after 3 s, another process for the next",
         .mode = Mode()});
  ServeInterrupted("request-timeout=1 interrupt-timeout=1");
  WillCrash();
  const std::string before = Ask("pid").body;
  const auto begun = Clock::now();
  HttpClient patient(host().port(), std::chrono::seconds(20));
  const Answer answer = Need(patient.Get("/subject/long_sleep"));
  const double seconds = SecondsSince(begun);
  Found(fmt::format("{} after {:.2f} s", answer.status, seconds));
  EXPECT_EQ(answer.status, 502);
  EXPECT_GT(seconds, 2.9);
  EXPECT_LT(seconds, 15);
  EXPECT_NE(Ask("pid").body, before);
}

INSTANTIATE_TEST_SUITE_P(Hosting,
                         Interrupts,
                         testing::Values(InterpreterKind::Main, InterpreterKind::Sub),
                         [](const auto& parameter) { return std::string(Name(parameter.param)); });

}  // namespace suites::hosting
