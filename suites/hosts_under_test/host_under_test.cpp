#include "suites/hosts_under_test/host_under_test.h"

#include <fmt/format.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "harness/launch/descendants.h"
#include "hosts/base/files.h"

namespace suites::hosts_under_test {

using harness::launch::HostProcess;
using hosts::base::Result;

namespace {

// A start takes longer than an answer: who has little patience for these has some more for it.
constexpr int kAnswersInAStart = 4;

Result<HostProcess> StartPatiently(harness::launch::LaunchPlan plan) {
  plan.ready_within = std::min(plan.ready_within, kAnswersInAStart * client::Patience());
  return HostProcess::Start(plan);
}

}  // namespace

Result<HostUnderTest> HostUnderTest::Start(const Stage& stage, std::string configuration) {
  auto process = StartPatiently(PlanFor(stage, std::move(configuration)));
  if (!process) return process.error();
  return HostUnderTest(std::move(*process));
}

Result<HostUnderTest> HostUnderTest::Start(const Stage& stage,
                                           const harness::adapters::ServedDeployment& deployment) {
  auto plan = PlanFor(stage, deployment);
  if (!plan) return plan.error();
  auto process = StartPatiently(std::move(*plan));
  if (!process) return process.error();
  return HostUnderTest(std::move(*process));
}

Result<void> HostUnderTest::Rewrite(const Stage& stage, std::string configuration) {
  for (const auto& file : PlanFor(stage, std::move(configuration)).files) {
    const auto beside = file.path.string() + ".next";
    if (auto written = hosts::base::WriteFile(beside, file.text); !written) return written;
    std::error_code problem;
    std::filesystem::rename(beside, file.path, problem);
    if (problem) return hosts::base::SystemError("rename " + beside, problem.value());
  }
  return {};
}

std::string HostUnderTest::Log() const {
  const auto text = hosts::base::ReadFile(process_.plan().log);
  return text ? *text : std::string();
}

std::vector<pid_t> HostUnderTest::Children() const {
  return harness::launch::ChildrenOf(supervisor());
}

double StartOf(pid_t pid) {
  const auto stat = hosts::base::ReadFile(fmt::format("/proc/{}/stat", pid));
  if (!stat) return 0;
  std::istringstream rest(stat->substr(stat->rfind(')') + 1));
  std::string field;
  for (int index = 3; index <= 22; ++index)
    rest >> field;  // starttime, in ticks since boot
  timespec since_boot{};
  ::clock_gettime(CLOCK_BOOTTIME, &since_boot);
  const double age = static_cast<double>(since_boot.tv_sec) +
                     static_cast<double>(since_boot.tv_nsec) / 1e9 -
                     std::stod(field) / static_cast<double>(::sysconf(_SC_CLK_TCK));
  return Now() - age;
}

double Now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::vector<std::string> SanitizerReports(std::string_view log) {
  std::vector<std::string> reports;
  std::istringstream lines{std::string(log)};
  for (std::string line; std::getline(lines, line);) {
    for (const std::string_view alarm :
         {"Sanitizer: ", "runtime error: ", "CHECK failed", "Fatal Python error"}) {
      if (line.find(alarm) != std::string::npos) {
        reports.push_back(line);
        break;
      }
    }
  }
  return reports;
}

}  // namespace suites::hosts_under_test
