// Hosting/ApiClasses: the classes of the module mod_wsgi: LogHandler and FileWrapper. API-4, API-5.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "suites/hosting/configured.h"
#include "suites/hosting/log_lines.h"
#include "suites/hosts_under_test/check.h"
#include "suites/hosts_under_test/place.h"

namespace suites::hosting {

using hosts_under_test::Execute;
using hosts_under_test::kPlaces;
using hosts_under_test::ModeOf;
using hosts_under_test::Need;
using hosts_under_test::Place;

namespace {

class ApiClasses : public hosts_under_test::Check, public testing::WithParamInterface<Place> {
 protected:
  ApiClasses() : Check("hosting") {}

  void ServeProbe(std::string_view level) {
    hosts_under_test::EndIfModWsgiIsOlderThan(6);
    (void)Need(stage().Copy("probe.wsgi", "subject.wsgi"));
    Serve(fmt::format(
        "LogLevel {}\n{}{}", level, hosts_under_test::PlacedIn(GetParam()), Alias("subject")));
  }
  // What Python text leaves in `result`.
  [[nodiscard]] std::string ResultOf(const std::string& python) const {
    auto client = host().NewClient();
    const auto answer = Need(Execute(client, "/subject", python));
    EXPECT_FALSE(answer.error) << *answer.error;
    return answer.result;
  }
  [[nodiscard]] std::string Line(std::string_view words) const {
    return LineWith([this] { return host().Log(); }, words);
  }
  [[nodiscard]] bool Has(std::string_view words) const {
    return host().Log().find(words) != std::string::npos;
  }
};

std::string NameOfPlace(const testing::TestParamInfo<Place>& parameter) {
  return hosts_under_test::NameOf(parameter.param);
}

// A logger with a handler, said to at every level; the last line is said by a thread.
constexpr std::string_view kLogs = R"(
import logging, mod_wsgi, threading
log = logging.getLogger('subject')
log.propagate = False
log.setLevel(1)
log.addHandler(mod_wsgi.LogHandler())
for name in ('debug', 'info', 'warning', 'error', 'critical'):
    getattr(log, name)('said at %s', name)
log.log(5, 'said at five')
log.log(25, 'said at twentyfive')
log.info('the first line\nthe second line')
try:
    {}['missing']
except KeyError:
    log.exception('with its traceback')
log.info('a number: %d', 'none')
thread = threading.Thread(target=log.warning, args=('said by a thread',))
thread.start()
thread.join()
log.handlers.clear()
result = isinstance(mod_wsgi.LogHandler(), logging.Handler) and mod_wsgi.LogHandler.__module__
)";

constexpr std::string_view kClient = "[client 127.0.0.1:";

}  // namespace

TEST_P(ApiClasses, LogHandlerKeepsTheLevelOfARecord) {
  About({.rule = "API-5",
         .title = "logging through mod_wsgi.LogHandler at LogLevel debug",
         .expected = "a line for each line of a record, at its level, with the client",
         .mode = ModeOf(GetParam())});
  ServeProbe("debug");
  EXPECT_EQ(ResultOf(std::string(kLogs)), "\"mod_wsgi\"");
  const std::pair<std::string_view, std::string_view> levels[] = {{"debug", "debug"},
                                                                  {"info", "info"},
                                                                  {"warning", "warning"},
                                                                  {"error", "error"},
                                                                  {"critical", "critical"},
                                                                  {"twentyfive", "info"}};
  std::string found;
  for (const auto& [name, level] : levels) {
    const std::string line = Line(fmt::format("said at {}", name));
    EXPECT_NE(line.find(fmt::format("Z {} H0342 ", level)), std::string::npos) << line;
    EXPECT_NE(line.find(kClient), std::string::npos) << line;
    found += line.empty() ? "" : fmt::format("{} ", name);
  }
  Found(found);
  EXPECT_FALSE(Has("said at five"));
  EXPECT_NE(Line("the first line").find("Z info H0342 "), std::string::npos);
  EXPECT_NE(Line("the second line").find("Z info H0342 "), std::string::npos);
  EXPECT_NE(Line("KeyError: 'missing'").find("Z error H0342 "), std::string::npos);
  EXPECT_NE(Line("Logging error"), "") << "a record that cannot be formatted";
  const std::string of_thread = Line("said by a thread");
  EXPECT_NE(of_thread.find("Z warning H0342 "), std::string::npos) << of_thread;
  EXPECT_EQ(of_thread.find(kClient), std::string::npos) << of_thread;
}

TEST_P(ApiClasses, LogLevelHidesWhatIsLoggedBelowIt) {
  About({.rule = "API-5",
         .title = "logging through mod_wsgi.LogHandler at LogLevel warn",
         .expected = "warnings and worse are there, information is not",
         .mode = ModeOf(GetParam())});
  ServeProbe("warn");
  (void)ResultOf(std::string(kLogs));
  EXPECT_NE(Line("said by a thread"), "");  // the last
  const bool is_hidden = !Has("said at info") && !Has("said at debug") && !Has("the first line");
  Found(is_hidden ? "hidden" : "shown");
  EXPECT_TRUE(is_hidden);
  for (const auto* name : {"warning", "error", "critical"})
    EXPECT_TRUE(Has(fmt::format("said at {}", name))) << name;
}

TEST_P(ApiClasses, LogLevelCritShowsWhatIsCritical) {
  About({.rule = "API-5",
         .title = "logging through mod_wsgi.LogHandler at LogLevel crit",
         .expected = "what is critical is there, nothing else is",
         .mode = ModeOf(GetParam())});
  ServeProbe("crit");
  (void)ResultOf(std::string(kLogs));
  const std::string line = Line("said at critical");
  Found(line.empty() ? "not there" : "there");
  EXPECT_NE(line, "");
  EXPECT_FALSE(Has("said at error"));
  EXPECT_FALSE(Has("said by a thread"));
}

TEST_P(ApiClasses, LoggingIsNotImportedWhereNobodyWantsIt) {
  About({.rule = "API-5",
         .title = "import mod_wsgi, look at what it has, and ask for another name",
         .expected = "LogHandler is named, logging is not imported, AttributeError",
         .mode = ModeOf(GetParam())});
  hosts_under_test::EndIfModWsgiIsOlderThan(6);
  (void)Need(stage().Write("subject.wsgi", R"(
import sys, mod_wsgi
BEFORE = 'logging' in sys.modules
NAMED = 'LogHandler' in dir(mod_wsgi)
OTHER = getattr(mod_wsgi, 'NoSuchName', 'no such name')
AFTER = 'logging' in sys.modules
from mod_wsgi import LogHandler
ONCE = LogHandler is mod_wsgi.LogHandler
def application(environ, start_response):
    text = repr((BEFORE, NAMED, OTHER, AFTER, ONCE))
    start_response('200 OK', [('Content-Length', str(len(text)))])
    return [text.encode()]
)"));
  Serve(hosts_under_test::PlacedIn(GetParam()) + Alias("subject"));
  auto client = host().NewClient();
  const std::string body = Need(client.Get("/subject")).body;
  Found(body);
  EXPECT_EQ(body, "(False, True, 'no such name', False, True)");
}

TEST_P(ApiClasses, FileWrapperIsTheOneOfRequests) {
  About({.rule = "API-4",
         .title = "mod_wsgi.FileWrapper and wsgi.file_wrapper of a request",
         .expected = "the same class, which gives a file in blocks",
         .mode = ModeOf(GetParam())});
  (void)Need(stage().Write("subject.wsgi", R"(
import io, mod_wsgi
WRAPPER = mod_wsgi.FileWrapper  # before any request
def application(environ, start_response):
    if environ['PATH_INFO'] == '/wrapped':
        start_response('200 OK', [('Content-Type', 'text/plain')])
        return WRAPPER(io.BytesIO(b'what is wrapped'), 4)
    text = repr((WRAPPER is environ['wsgi.file_wrapper'],
                 list(WRAPPER(io.BytesIO(b'abcdefghij'), 4))))
    start_response('200 OK', [('Content-Length', str(len(text)))])
    return [text.encode()]
)"));
  Serve(hosts_under_test::PlacedIn(GetParam()) + Alias("subject"));
  auto client = host().NewClient();
  const std::string same = Need(client.Get("/subject")).body;
  const std::string wrapped = Need(client.Get("/subject/wrapped")).body;
  Found(same, wrapped);
  EXPECT_EQ(same, "(True, [b'abcd', b'efgh', b'ij'])");
  EXPECT_EQ(wrapped, "what is wrapped");
}
INSTANTIATE_TEST_SUITE_P(Hosting, ApiClasses, testing::ValuesIn(kPlaces), NameOfPlace);

}  // namespace suites::hosting
