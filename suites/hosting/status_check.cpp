#include "suites/hosting/status_check.h"

#include <fmt/format.h>

#include "hosts/base/files.h"
#include "hosts/base/numbers.h"
#include "suites/hosting/configured.h"
#include "suites/hosts_under_test/eventually.h"

namespace suites::hosting {

using client::RawConnection;
using harness::launch::HostProcess;
using hosts_under_test::Eventually;
using hosts_under_test::Need;
using hosts_under_test::Soon;

namespace {

constexpr std::string_view kSource = R"(
import ctypes, os, sys, time
HERE = os.path.dirname(__file__)
GO = os.path.join(HERE, 'go')
def hold():
    deadline = time.monotonic() + 60
    while not os.path.exists(GO) and time.monotonic() < deadline:
        time.sleep(0.002)
def hold_gil():
    libc, go = ctypes.PyDLL(None), os.fsencode(GO)  # PyDLL keeps the GIL
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1000)
    libc.close(libc.creat(os.fsencode(os.path.join(HERE, 'held')), 0o600))
    deadline = time.monotonic() + 60
    while libc.access(go, 0) != 0 and time.monotonic() < deadline:
        libc.usleep(2000)
    sys.setswitchinterval(usual)
def application(environ, start_response):
    {'/hold': hold, '/gil': hold_gil}.get(environ['PATH_INFO'], lambda: None)()
    start_response('200 OK', [('Content-Length', '2')])
    return [b'ok']
)";

}  // namespace

void StatusCheck::TearDown() {
  StopTheHost();
  Check::TearDown();
}

harness::launch::LaunchPlan StatusCheck::PlanOf(const std::string& configuration,
                                                const std::vector<std::string>& arguments) const {
  auto plan = hosts_under_test::PlanFor(stage(), configuration);
  plan.argv.insert(plan.argv.end(), arguments.begin(), arguments.end());
  return plan;
}

void StatusCheck::ServeSubject(const std::string& placed) {
  (void)Need(stage().Write("subject.wsgi", kSource));
  host_.emplace(Need(HostProcess::Start(PlanOf(placed + Alias("subject"), {"--status", "0"}))));
  port_ = PortInLog();
}

int StatusCheck::PortInLog() const {
  constexpr std::string_view kMark = "The status page is at http://127.0.0.1:";
  const std::string log = Need(hosts::base::ReadFile(host_->plan().log));
  const std::size_t at = log.find(kMark);
  EXPECT_NE(at, std::string::npos) << log;
  const std::size_t begin = at + kMark.size();
  return hosts::base::ParseWhole<int>(log.substr(begin, log.find('/', begin) - begin)).value_or(0);
}

void StatusCheck::StopTheHost() {
  if (!host_) return;
  const auto report = host_->Stop();
  EXPECT_TRUE(report.status.is_success()) << report.status.Text();
  EXPECT_TRUE(report.left_behind.empty()) << report.left_behind.front();
  const std::string log = Need(hosts::base::ReadFile(host_->plan().log));
  EXPECT_TRUE(hosts_under_test::SanitizerReports(log).empty());
  if (HasFailure()) ADD_FAILURE() << log;
  host_.reset();
}

client::Answer StatusCheck::AskPage(const std::string& request, std::string_view name) const {
  auto connection = Need(RawConnection::Open(port_));
  Need(connection.Send(fmt::format("{} HTTP/1.1\r\nHost: {}\r\n\r\n", request, name)));
  using Body = RawConnection::Body;
  return Need(
      connection.ReadAnswer(Soon(), request.starts_with("HEAD") ? Body::None : Body::Expected));
}

StatusCheck::Json StatusCheck::Status() const {
  const auto answer = AskPage("GET /status.json");
  EXPECT_EQ(answer.status, 200);
  return Json::parse(answer.body);
}

bool StatusCheck::Comes(const std::function<bool(const Json& status)>& condition) const {
  return Eventually([&] { return condition(Status()); }, Soon());
}

StatusCheck::Json StatusCheck::ProcessOf(const Json& status, std::string_view role) {
  if (status.at("generations").empty()) return {};
  for (const Json& process : status.at("generations").back().at("processes")) {
    if (process.at("role") == role) return process;
  }
  return {};
}

StatusCheck::Json StatusCheck::FiguresOf(const Json& status, std::string_view role) {
  const Json process = ProcessOf(status, role);
  return process.is_null() ? Json() : process.at("figures");
}

void StatusCheck::Ask(int times, const std::string& path) const {
  client::HttpClient client(host_->ready().port());
  for (int i = 0; i < times; ++i)
    EXPECT_EQ(Need(client.Get(path)).status, 200);
}

std::future<void> StatusCheck::Begin(const std::string& path) const {
  return std::async(std::launch::async, [this, path] { Ask(1, path); });
}

void StatusCheck::LetGo() const {
  (void)Need(stage().Write("go", ""));
}

void StatusCheck::WaitALongTime() const {
  const auto begin = hosts::base::Clock::now();
  EXPECT_TRUE(Comes([&](const Json&) {
    return hosts::base::Clock::now() - begin > std::chrono::microseconds(2 * kLongUs);
  }));
}

}  // namespace suites::hosting
