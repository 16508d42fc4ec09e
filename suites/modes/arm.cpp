#include "suites/modes/arm.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <filesystem>
#include <future>
#include <utility>

#include "harness/sampling/proc_text.h"
#include "hosts/base/files.h"
#include "suites/hosts_under_test/chosen_host.h"

namespace suites::modes {

using harness::load::LoadProfile;
using harness::load::LoadRequest;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;
using hosts_under_test::HostUnderTest;
using hosts_under_test::Stage;

namespace {

constexpr std::string_view kHello = "Hello, world!";
constexpr std::array<std::string_view, 2> kBusy{"busy-one", "busy-two"};

std::string ConfigurationOf(const HostPlan& plan) {
  std::string text = fmt::format("ThreadsPerChild {}\nMaxKeepAliveRequests 0\n", plan.threads);
  if (plan.group == "one")
    text += fmt::format("WSGIDaemonProcess one processes=1 threads={}\n", plan.threads);
  if (plan.has_two_groups)
    text += fmt::format("WSGIDaemonProcess two processes=1 threads={}\n", plan.threads);
  for (const std::string_view name : {"hello", "sleeps", "django", "loop", "process"}) {
    text += fmt::format(
        "WSGIScriptAlias /{0} {{stage}}/applications.wsgi process-group={1} application-group={2} "
        "callable-object={0}\n",
        name,
        plan.group,
        plan.interpreter);
  }
  for (int index = 0; index < plan.more; ++index) {
    // In the alias itself they would be named at the start, and so be made then (PRELOAD-1).
    text += fmt::format(
        "WSGIScriptAlias /more-{1} {{stage}}/applications.wsgi\n"
        "<Location /more-{1}>\n"
        "WSGIProcessGroup {0}\n"
        "WSGIApplicationGroup more-{1}\n"
        "WSGICallableObject hello\n"
        "</Location>\n",
        plan.group,
        index);
  }
  if (plan.has_own_gils) text += "WSGIPerInterpreterGIL On\n";
  if (!plan.free_threading.empty())
    text += fmt::format("WSGIFreeThreading {}\n", plan.free_threading);
  for (const std::string_view name : kBusy) {
    const bool is_apart = plan.has_two_groups && name == kBusy.back();
    text += fmt::format(
        "WSGIScriptAlias /{0} {{stage}}/applications.wsgi process-group={1} "
        "application-group={0} callable-object=busy\n",
        name,
        is_apart ? "two" : plan.group);
  }
  return text;
}

std::string Replaced(std::string text, std::string_view what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at))
    text.replace(at, what.size(), by);
  return text;
}

// Where Django is, below the environment: lib/python3.11/site-packages.
Result<std::string> Packages() {
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(
           hosts_under_test::VirtualEnvironment() / "lib", failed)) {
    const auto packages = entry.path() / "site-packages";
    if (std::filesystem::exists(packages / "django")) return packages.string();
  }
  return Error{ErrorKind::NotFound,
               "there is no environment with Django: run scripts/setup, or name one in "
               "WSGILAB_VENV"};
}

}  // namespace

LoadRequest Hello(std::string_view name) {
  harness::load::AnswerCheck check;
  check.body = kHello;
  const std::string path = fmt::format("/{}/", name);
  return {path, harness::load::FormatGet(std::string(client::kServerName), path), check};
}

Result<Arm> Arm::Start(const HostPlan& plan) {
  auto stage = Stage::Make();
  if (!stage) return stage.error();
  auto text = hosts::base::ReadFile(WSGILAB_MODES_DIRECTORY "/applications.py");
  if (!text) return text.error();
  auto packages = Packages();
  if (!packages) return packages.error();
  *text = Replaced(std::move(*text), "{apps}", hosts_under_test::AppsDirectory().string());
  *text = Replaced(std::move(*text), "{packages}", *packages);
  *text = Replaced(std::move(*text), "{data}", stage->path().string());
  if (auto written = stage->Write("applications.wsgi", *text); !written) return written.error();
  auto host = HostUnderTest::Start(*stage, ConfigurationOf(plan));
  if (!host) return host.error();
  Arm arm(std::move(*stage), std::move(*host));
  if (auto loaded = arm.LoadWhatAnswers("/hello/"); !loaded) return loaded.error();
  return arm;
}

Result<void> Arm::LoadWhatAnswers(const std::string& path) {
  if (auto answer = host_.NewClient().Get(path); !answer) return answer.error();
  return {};
}

Result<harness::load::LoadResult> Arm::Load(const LoadRequest& request,
                                            const LoadProfile& profile) {
  auto result = harness::load::RunLoad({.port = host_.port()}, {request}, profile);
  if (!result) return result;
  if (result->failed + result->wrong_answers > 0 || result->done == 0) {
    return Error{ErrorKind::InvalidInput,
                 fmt::format("{}: {} answers were wrong and {} broke off of {}; the first: {}",
                             request.name,
                             result->wrong_answers,
                             result->failed,
                             result->sent,
                             result->first_problem.value_or("none was given"))};
  }
  return result;
}

Result<double> Arm::Rate(const LoadRequest& request,
                         int connections,
                         std::chrono::nanoseconds duration) {
  auto result = Load(request, {.connections = connections, .duration = duration});
  if (!result) return result.error();
  return result->requests_per_s();
}

Result<double> Arm::RateOfBoth(std::chrono::nanoseconds duration) {
  auto other = std::async(std::launch::async, [&] { return Rate(Hello(kBusy[1]), 2, duration); });
  auto one = Rate(Hello(kBusy[0]), 2, duration);
  auto two = other.get();
  if (!one) return one;
  if (!two) return two;
  return *one + *two;
}

Result<double> Arm::CallsInALoop() {
  return NumberFrom("/loop/");
}

Result<double> Arm::PrivateMemory() {
  const auto pid = NumberFrom("/process/");
  if (!pid) return pid;
  const auto text = hosts::base::ReadFile(fmt::format("/proc/{:.0f}/smaps_rollup", *pid));
  if (!text) return text.error();
  const auto memory = harness::sampling::ParseSmapsRollup(*text);
  if (!memory) return Error{ErrorKind::InvalidInput, "smaps_rollup is not what proc(5) says"};
  constexpr double kKibInAMib = 1024;
  return static_cast<double>(memory->private_dirty_kib + memory->private_clean_kib) / kKibInAMib;
}

Result<double> Arm::TimeOfHello(const std::string& path) {
  const auto before = std::chrono::steady_clock::now();
  auto answer = host_.NewClient().Get(path);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - before;
  if (!answer) return answer.error();
  if (answer->status != 200 || answer->body != kHello)
    return Error{ErrorKind::InvalidInput, path + " answered: " + answer->body};
  return took.count();
}

Result<double> Arm::NumberFrom(const std::string& path) {
  auto answer = host_.NewClient().Get(path);
  if (!answer) return answer.error();
  double number = 0;
  std::from_chars(answer->body.data(), answer->body.data() + answer->body.size(), number);
  if (answer->status != 200 || number < 1)
    return Error{ErrorKind::InvalidInput, path + " answered: " + answer->body};
  return number;
}

}  // namespace suites::modes
