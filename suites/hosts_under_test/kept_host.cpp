#include "suites/hosts_under_test/kept_host.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "suites/hosts_under_test/check.h"

namespace suites::hosts_under_test {

namespace {

constexpr size_t kMostHosts = 4;  // one for each place (place.h)

Stage StageOf(const Staging& staging) {
  Stage stage = Need(Stage::Make());
  for (const StagedFile& file : staging.files)
    (void)Need(stage.Write(file.name, file.text));
  return stage;
}

std::string NameOfTheCheck() {
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  return test == nullptr ? "no check" : fmt::format("{}.{}", test->test_suite_name(), test->name());
}

std::vector<pid_t> ProcessesOf(const HostUnderTest& host) {
  std::vector<pid_t> processes = host.Children();
  std::ranges::sort(processes);
  return processes;
}

// GoogleTest owns it from here, and wants it before the first test runs.
HostKeeper* const the_keeper = [] {
  auto keeper = std::make_unique<HostKeeper>();
  testing::AddGlobalTestEnvironment(keeper.get());
  return keeper.release();
}();

}  // namespace

hosts::base::Result<HostUnderTest> StartStaged(const Stage& stage, const Staging& staging) {
  if (ReadsDirectives()) return HostUnderTest::Start(stage, staging.configuration);
  if (staging.script.empty()) {
    return hosts::base::Error{hosts::base::ErrorKind::Unsupported,
                              ChosenHost() + " reads no directives"};
  }
  harness::adapters::ServedDeployment deployment;
  deployment.scripts.emplace_back();
  deployment.scripts.back().script = stage.path(staging.script);
  deployment.scripts.back().url = staging.url;
  deployment.scripts.back().process_group = staging.process_group;
  deployment.scripts.back().application_group = staging.application_group;
  if (!staging.process_group.empty()) {
    deployment.daemon_groups.emplace_back();
    deployment.daemon_groups.back().name = staging.process_group;
  }
  return HostUnderTest::Start(stage, deployment);
}

HostKeeper& Keeper() {
  return *the_keeper;
}

KeptHost::KeptHost(Staging staging)
    : staging_(std::move(staging)),
      stage_(StageOf(staging_)),
      host_(NeedHost(StartStaged(stage_, staging_))),
      processes_(ProcessesOf(host_)) {}

void KeptHost::BeginCheck() {
  last_ = NameOfTheCheck();
  if (checks_++ == 0) first_ = last_;
  log_begin_ = host_.Log().size();
}

bool KeptHost::IsAsItWas() {
  const auto processes = ProcessesOf(host_);
  const bool has_ended = !host_.is_running();
  EXPECT_FALSE(has_ended) << "the host has ended";
  EXPECT_TRUE(has_ended || processes == processes_)
      << fmt::format("the host was started with the processes {} and has {}",
                     fmt::join(processes_, " "),
                     fmt::join(processes, " "));
  const auto reports = SanitizerReports(Log());
  EXPECT_TRUE(reports.empty()) << fmt::format("{}", fmt::join(reports, "\n"));
  return !has_ended && processes == processes_ && reports.empty();
}

std::string KeptHost::Log() const {
  const std::string log = host_.Log();
  return log.substr(std::min(log_begin_, log.size()));
}

std::string KeptHost::InWords() const {
  return checks_ == 1 ? fmt::format("the host of {}", first_)
                      : fmt::format("the host of {} checks, from {} to {}", checks_, first_, last_);
}

KeptHost& HostKeeper::For(const Staging& staging) {
  const auto found =
      std::ranges::find_if(kept_, [&](const auto& kept) { return kept->staging() == staging; });
  if (found != kept_.end()) {
    std::rotate(found, found + 1, kept_.end());
    SCOPED_TRACE(kept_.back()->InWords() + ", after the last of them");
    if (!kept_.back()->IsAsItWas()) StopThe(kept_.size() - 1);
  }
  const bool is_kept = !kept_.empty() && kept_.back()->staging() == staging;
  if (!is_kept) {
    if (kept_.size() == kMostHosts) StopThe(0);
    kept_.push_back(std::make_unique<KeptHost>(staging));
  }
  kept_.back()->BeginCheck();
  return *kept_.back();
}

void HostKeeper::LookAfterCheck(Verdict verdict) {
  const bool is_as_it_was = kept_.back()->IsAsItWas();
  if (!is_as_it_was || verdict == Verdict::Failed) StopThe(kept_.size() - 1);
}

void HostKeeper::Stop() {
  while (!kept_.empty())
    StopThe(kept_.size() - 1);
}

void HostKeeper::StopThe(size_t index) {
  {
    SCOPED_TRACE(kept_[index]->InWords());
    StopAndLookAfter(kept_[index]->host(), Crashes::Unexpected);
  }
  kept_.erase(kept_.begin() + static_cast<std::ptrdiff_t>(index));
}

}  // namespace suites::hosts_under_test
