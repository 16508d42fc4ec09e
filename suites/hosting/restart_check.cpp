#include "suites/hosting/restart_check.h"

#include <fmt/format.h>
#include <signal.h>

#include <sstream>
#include <utility>

#include "suites/hosting/configured.h"
#include "suites/hosting/held_requests.h"
#include "suites/hosts_under_test/eventually.h"

namespace suites::hosting {

using hosts_under_test::Eventually;
using hosts_under_test::HostUnderTest;
using hosts_under_test::Need;
using hosts_under_test::Soon;

namespace {

constexpr std::string_view kSource = R"(
def application(environ, start_response):
    if environ['PATH_INFO'] == '/wait':
        wait()
    size = len(environ['wsgi.input'].read())
    answer = f"{environ['NAME']} {os.getpid()} {size}".encode()
    start_response('200 OK', [('Content-Length', str(len(answer)))])
    return [answer]
)";

}  // namespace

WhoAnswered ParseWho(const client::Answer& answer) {
  WhoAnswered who;
  who.status = answer.status;
  who.connection = answer.Header("Connection");
  std::istringstream(answer.body) >> who.name >> who.pid;
  return who;
}

std::string RestartCheck::Named(std::string_view name, std::string_view placed) {
  return fmt::format("{}SetEnv NAME {}\n{}", placed, name, Alias("subject"));
}

void RestartCheck::ServeNamed(std::string_view name,
                              std::string_view placed,
                              std::string_view more) {
  (void)Need(stage().Write("subject.wsgi", fmt::format("{}{}{}", kWaitInPython, kSource, more)));
  Serve(Named(name, placed));
}

void RestartCheck::Reconfigure(std::string configuration, int signal) const {
  Need(HostUnderTest::Rewrite(stage(), std::move(configuration)));
  ASSERT_EQ(::kill(host().supervisor(), signal), 0);
}

WhoAnswered RestartCheck::Ask(const std::string& path) const {
  auto client = host().NewClient();
  return ParseWho(Need(client.Get(path)));
}

bool RestartCheck::IsAnsweredBy(std::string_view name) const {
  return Eventually([&] { return Ask().name == name; }, Soon());
}

std::future<WhoAnswered> RestartCheck::Begin(const std::string& path) const {
  return std::async(std::launch::async, [this, path] { return Ask(path); });
}

std::set<pid_t> RestartCheck::ChildrenNow() const {
  const auto children = host().Children();
  return {children.begin(), children.end()};
}

int RestartCheck::Logged(std::string_view code) const {
  const std::string log = Log();
  const std::string mark = fmt::format(" {} ", code);
  int count = 0;
  for (std::size_t at = log.find(mark); at != std::string::npos; at = log.find(mark, at + 1))
    ++count;
  return count;
}

bool RestartCheck::IsLogged(std::string_view code, int times) const {
  return Eventually([&] { return Logged(code) >= times; }, Soon());
}

}  // namespace suites::hosting
