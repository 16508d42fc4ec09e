#include "suites/soak/soak.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "harness/load/driver.h"
#include "harness/sampling/proc_text.h"
#include "hosts/base/files.h"
#include "suites/hosts_under_test/eventually.h"
#include "suites/hosts_under_test/family.h"
#include "suites/hosts_under_test/host_under_test.h"
#include "suites/hosts_under_test/repeatedly.h"
#include "suites/soak/misbehaving_clients.h"

namespace suites::soak {

using harness::load::FormatGet;
using harness::load::LoadProfile;
using harness::load::LoadRequest;
using hosts::base::Clock;
using hosts::base::Deadline;
using hosts::base::Result;
using hosts::deployment::ProcessKind;
using hosts_under_test::FamilyOf;
using hosts_under_test::HostUnderTest;
using hosts_under_test::Stage;

namespace {

constexpr auto kRest = std::chrono::seconds(20);
constexpr std::size_t kMostComplaints = 5;

LoadRequest Asks(std::string name, std::string bytes, std::string body) {
  harness::load::AnswerCheck check;
  check.body = std::move(body);
  return {std::move(name), std::move(bytes), std::move(check)};
}

// "/app" is in the main interpreter; "/sub1" and so on in sub-interpreters.
std::vector<std::string> MountsOf(const SoakPlan& plan) {
  std::vector<std::string> mounts{"/app"};
  for (int sub = 1; sub <= plan.interpreters; ++sub)
    mounts.push_back(fmt::format("/sub{}", sub));
  return mounts;
}

// What good clients ask, in turn, and the one right answer to each.
std::vector<LoadRequest> GoodRequests(const SoakPlan& plan) {
  const std::string host = client::kServerName;
  const std::string body(4096, 'b');
  std::vector<LoadRequest> requests;
  for (const std::string& mount : MountsOf(plan)) {
    const std::string post =
        fmt::format("POST {}/read HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\n\r\n{}",
                    mount,
                    host,
                    body.size(),
                    body);
    requests.push_back(Asks("quick", FormatGet(host, mount + "/quick"), "ok"));
    requests.push_back(
        Asks("10 kB", FormatGet(host, mount + "/size/10000"), std::string(10'000, 'z')));
    requests.push_back(Asks("4 kB up", post, std::to_string(body.size())));
    requests.push_back(
        Asks("a stream", FormatGet(host, mount + "/stream/1"), std::string(65536, 'x')));
  }
  return requests;
}

std::string SubInterpreters(const SoakPlan& plan) {
  std::string text;
  for (int sub = 1; sub <= plan.interpreters; ++sub) {
    text +=
        fmt::format("WSGIScriptAlias /sub{0} {{stage}}/app.wsgi application-group=sub{0}\n", sub);
    const bool is_own =
        plan.own_gils == OwnGils::All || (plan.own_gils == OwnGils::EveryOther && sub % 2 == 0);
    if (!is_own) continue;
    text += fmt::format(
        "<WSGIInterpreterOptions application-group=sub{}>\nWSGIPerInterpreterGIL On\n"
        "</WSGIInterpreterOptions>\n",
        sub);
  }
  return text;
}

std::string NameOf(const SoakPlan& plan) {
  if (plan.interpreters == 0) return std::string(Name(plan.place));
  return fmt::format("{}, main and {} sub-interpreters{}",
                     Name(plan.place),
                     plan.interpreters,
                     plan.own_gils == OwnGils::None  ? ""
                     : plan.own_gils == OwnGils::All ? " with GILs of their own"
                                                     : ", every other with a GIL of its own");
}

std::string ConfigurationOf(const SoakPlan& plan) {
  const std::string group =
      plan.place == ProcessKind::Daemon
          ? fmt::format("WSGIDaemonProcess one processes=1 threads={}\nWSGIProcessGroup one\n",
                        plan.threads)
          : "";
  return fmt::format(
      "ThreadsPerChild {}\nTimeout 5\nKeepAliveTimeout 60\nMaxKeepAliveRequests 10000\n{}"
      "WSGIApplicationGroup %{{GLOBAL}}\nWSGIScriptAlias /app {{stage}}/app.wsgi\n{}",
      plan.threads,
      group,
      SubInterpreters(plan));
}

// Looks at every process.
void TakeSamples(std::vector<ProcessHistory>& processes, Clock::time_point start) {
  for (ProcessHistory& process : processes) {
    const auto holdings = hosts_under_test::HoldingsOf(process.pid);
    const auto rollup = hosts::base::ReadFile(fmt::format("/proc/{}/smaps_rollup", process.pid));
    const auto memory = rollup ? harness::sampling::ParseSmapsRollup(*rollup) : std::nullopt;
    process.samples.push_back(
        {.second = std::chrono::duration<double>(Clock::now() - start).count(),
         .rss_kib = holdings.rss_kib,
         .pss_kib = memory ? memory->pss_kib : 0,
         .descriptors = holdings.descriptors});
  }
}

std::vector<ProcessHistory> ProcessesOf(const HostUnderTest& host) {
  std::vector<ProcessHistory> processes;
  for (const pid_t pid : host.ready().server)
    processes.push_back({.role = "server", .pid = pid, .samples = {}});
  for (const auto& [group, pids] : host.ready().daemons) {
    for (const pid_t pid : pids)
      processes.push_back({.role = "daemon", .pid = pid, .samples = {}});
  }
  return processes;
}

// Descriptors of each process when nobody is there any more: the fewest that were seen until they stay.
void NoteRest(std::vector<ProcessHistory>& processes, long ProcessHistory::*where, long allowed) {
  for (ProcessHistory& process : processes) {
    long last = -1;
    int alike = 0;
    constexpr int kSettled = 200;  // looks, a few milliseconds apart
    (void)hosts_under_test::Eventually(
        [&] {
          const long now = hosts_under_test::HoldingsOf(process.pid).descriptors;
          alike = now == last ? alike + 1 : 0;
          last = now;
          return alike >= kSettled || (allowed >= 0 && now <= process.descriptors_before + allowed);
        },
        Deadline::After(kRest));
    process.*where = last;
  }
}

// Asks until nothing is loaded any more, scripts, threads or links: until a turn has answered as many requests as there are kinds of,
// and no more by a fifth than the turn before.
Result<double> FindCapacity(const SoakPlan& plan,
                            const harness::load::Target& target,
                            const std::vector<LoadRequest>& requests) {
  constexpr int kMostTurns = 20;
  constexpr double kRises = 1.2;
  LoadProfile closed;
  closed.connections = plan.connections;
  closed.duration = plan.calibration;
  double before = 0;
  for (int turn = 0; turn < kMostTurns; ++turn) {
    auto found = harness::load::RunLoad(target, requests, closed);
    if (!found) return found.error();
    const double rate = found->requests_per_s();
    const bool is_warm = found->done >= std::ssize(requests);
    if (turn > 0 && is_warm && rate < kRises * before) return rate;
    before = rate;
  }
  return before;
}

std::vector<std::string> ComplaintsOf(HostUnderTest& host, const SoakResult& result) {
  std::vector<std::string> complaints;
  auto children = host.Children();
  for (const ProcessHistory& process : result.processes) {
    if (std::ranges::find(children, process.pid) == children.end()) {
      complaints.push_back(fmt::format("{} {} ended", process.role, process.pid));
    }
  }
  const auto report = host.Stop();
  if (!report.status.is_success()) {
    complaints.push_back(fmt::format("the host ended with {}", report.status.Text()));
  }
  complaints.insert(complaints.end(), report.left_behind.begin(), report.left_behind.end());
  const std::string log = host.Log();
  const auto ends = BadEnds(log);
  complaints.insert(complaints.end(), ends.begin(), ends.end());
  auto reports = hosts_under_test::SanitizerReports(log);
  reports.resize(std::min(reports.size(), kMostComplaints));
  complaints.insert(complaints.end(), reports.begin(), reports.end());
  return complaints;
}

Result<void> BearWeather(const SoakPlan& plan,
                         const harness::load::Target& target,
                         const std::vector<LoadRequest>& requests,
                         const std::function<bool()>& is_interrupted,
                         SoakResult& result) {
  LoadProfile open;
  open.loop = harness::load::Loop::Open;
  open.connections = plan.connections;
  open.rate_per_s = std::max(1.0, plan.share * result.capacity_per_s);
  open.duration = plan.duration;
  open.drain = std::chrono::seconds(10);
  MisbehavingClients clients(target.port, plan.misbehaving * open.rate_per_s);
  {
    const hosts_under_test::Repeatedly watch(
        plan.between_samples,
        [&processes = result.processes, start = Clock::now()] { TakeSamples(processes, start); });
    auto load = harness::load::RunLoad(target, requests, open, is_interrupted);
    if (!load) return load.error();
    result.load = std::move(*load);
  }
  clients.Stop();
  result.seconds = result.load.seconds;
  for (std::size_t kind = 0; kind < kMisdeeds; ++kind) {
    result.misdeeds.emplace_back(Misdeeds()[kind].name, clients.visits()[kind]);
  }
  result.kept_out = clients.kept_out();
  return {};
}

}  // namespace

Result<std::string> SoundApplication() {
  return hosts::base::ReadFile(std::filesystem::path(WSGILAB_ENDURANCE_DIRECTORY) /
                               "application.py");
}

Allowances AllowancesFor(const SoakPlan& plan) {
  Allowances allowed;
  if (plan.place == ProcessKind::Daemon) allowed.descriptors_at_rest = plan.threads;
  return allowed;
}

Result<SoakResult> RunSoak(const SoakPlan& plan, const std::function<bool()>& is_interrupted) {
  auto stage = Stage::Make();
  if (!stage) return stage.error();
  auto application = plan.application.empty() ? SoundApplication() : Result(plan.application);
  if (!application) return application.error();
  if (auto written = stage->Write("app.wsgi", *application); !written) return written.error();
  auto host = HostUnderTest::Start(*stage, ConfigurationOf(plan));
  if (!host) return host.error();
  const harness::load::Target target{.port = host->port()};
  const auto requests = GoodRequests(plan);

  SoakResult result;
  result.mode = NameOf(plan);
  auto capacity = FindCapacity(plan, target, requests);
  if (!capacity) return capacity.error();
  result.capacity_per_s = *capacity;
  result.processes = ProcessesOf(*host);
  NoteRest(result.processes, &ProcessHistory::descriptors_before, -1);
  if (auto borne = BearWeather(plan, target, requests, is_interrupted, result); !borne) {
    return borne.error();
  }
  NoteRest(result.processes,
           &ProcessHistory::descriptors_after,
           AllowancesFor(plan).descriptors_at_rest);
  result.complaints = ComplaintsOf(*host, result);
  return result;
}

}  // namespace suites::soak
