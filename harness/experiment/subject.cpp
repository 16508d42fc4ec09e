#include "harness/experiment/subject.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/experiment/delay.h"
#include "harness/load/driver.h"
#include "harness/run/cell_setup.h"
#include "harness/run/load_phases.h"
#include "harness/run/placement.h"
#include "harness/run/to_record.h"
#include "harness/sampling/processor_time.h"
#include "harness/sampling/sampler.h"

namespace harness::experiment {

using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

namespace {

constexpr std::chrono::seconds kPatience{30};

// What is asked first: what will be asked again and again.
const tour::Step& FirstStep(const tour::Tour& tour) {
  for (const tour::Step& step : tour.steps) {
    if (step.is_load) return step;
  }
  return tour.steps.front();
}

std::vector<pid_t> ProcessesOf(const launch::HostProcess& host) {
  std::vector<pid_t> pids;
  for (const launch::ProcessId& one : launch::FamilyOf(host.pid()))
    pids.push_back(one.pid);
  return pids;
}

Result<launch::LaunchPlan> PlanOf(const Arm& arm,
                                  const Beginning& beginning,
                                  const launch::CellDirectory& directory,
                                  int connections,
                                  std::uint32_t hash_seed) {
  if (auto filled = directory.FillData(beginning.data); !filled) return filled.error();
  if (const std::string user = arm.adapter->runs_as(); !user.empty()) {
    if (auto given = directory.GiveDataTo(user); !given) return given.error();
  }
  const auto script = directory.scripts() / (arm.cell.app.name + ".wsgi");
  auto text = run::WriteCellScript(beginning.script_template, arm.cell.app.script);
  if (!text) return text.error();
  const run::Surroundings surroundings{beginning.script_template, arm.venv};
  auto deployment = run::DeploymentOf(arm.cell, surroundings, script, directory.data());
  deployment.kept_connections = connections;
  deployment.environment.emplace_back("PYTHONHASHSEED", fmt::format("{}", hash_seed));
  auto plan = arm.adapter->Plan(deployment, directory.path());
  if (!plan) return plan.error();
  plan->files.push_back({script, WithDelay(std::move(*text), arm.delay)});
  return plan;
}

}  // namespace

Result<Subject> Subject::Start(const Arm& arm,
                               const Beginning& beginning,
                               int connections,
                               std::uint32_t hash_seed) {
  auto directory = launch::CellDirectory::Make();
  if (!directory) return directory.error();
  auto plan = PlanOf(arm, beginning, *directory, connections, hash_seed);
  if (!plan) return plan.error().While("set up");
  auto host = launch::HostProcess::Start(*plan);
  const double ready_at = run::SecondsSinceEpoch();
  if (!host) return host.error().While("launch");
  Subject subject(std::move(*directory), std::move(*host));
  subject.site_ = {subject.host_->ready().address(), subject.host_->ready().port(), ""};
  subject.ready_ms_ = run::Milliseconds(subject.host_->ready().took);
  const double asked_at = run::SecondsSinceEpoch();
  if (auto asked = subject.AskFirst(beginning); !asked) {
    return subject.Explained(asked.error()).While("first request");
  }
  if (auto proven = subject.ProvePlacement(arm, ready_at, asked_at); !proven) {
    return subject.Explained(proven.error()).While("placement");
  }
  return subject;
}

Result<void> Subject::AskFirst(const Beginning& beginning) {
  tour::Walk walk(site_, kPatience, beginning.visitor);
  const tour::StepResult first = walk.Take(FirstStep(beginning.tour));
  if (first.failure) return Error{*first.failure, *first.problem};
  if (first.problem) return WrongAnswer(first);
  first_request_ms_ = run::Milliseconds(first.took);
  // The requests carry the cookies that the tour ended with, not what the first answer may have set.
  requests_ = tour::Walk(site_, kPatience, beginning.visitor).LoadRequests(beginning.tour);
  if (requests_.empty()) {
    return Error{ErrorKind::InvalidInput,
                 fmt::format("the tour of {} has no step that may be repeated (\"load\": true)",
                             beginning.tour.app)};
  }
  return {};
}

Result<tour::Visitor> Subject::TakeTour(const tour::Tour& tour) {
  tour::Walk walk(site_, kPatience);
  for (const tour::StepResult& step : walk.TakeAll(tour)) {
    if (step.failure) return Explained({*step.failure, *step.problem});
    if (step.problem) return WrongAnswer(step);
  }
  requests_ = walk.LoadRequests(tour);
  return walk.visitor();
}

Result<void> Subject::ProvePlacement(const Arm& arm, double ready_at, double asked_at) {
  auto found = run::AskPlacement(site_, hosts::base::Deadline::After(kPatience));
  if (!found) return found.error();
  if (!arm.adapter->provable().names_groups) run::AddGroupsSeen(host_->ready(), *found);
  found->supervisor_pid = host_->ready().supervisor;
  found->ready_at = ready_at;
  found->first_request_at = asked_at;
  const auto differences = run::Differences(
      run::AskedPlacement(arm.cell),
      *found,
      {host_->ready(), arm.cell.app.needs_venv ? arm.venv.string() : "", arm.adapter->provable()});
  if (differences.empty()) return {};
  return Error{ErrorKind::Unsupported,
               fmt::format("not where it was asked to be: {}", fmt::join(differences, "; "))};
}

Result<load::LoadResult> Subject::Offer(const Window& window,
                                        const std::function<bool()>& is_interrupted) {
  load::LoadProfile profile;
  profile.connections = window.connections;
  profile.duration = window.duration;
  auto result = load::RunLoad({site_.address, site_.port}, requests_, profile, is_interrupted);
  if (!result) return Explained(result.error());
  if (const auto fault = run::FaultOf(*result)) {
    return Explained({ErrorKind::Unsupported, *fault});
  }
  if (result->done == 0) return Explained({ErrorKind::Timeout, "no request was answered"});
  return result;
}

Result<void> Subject::Measure(const Window& window, const std::function<bool()>& is_interrupted) {
  const auto processes = ProcessesOf(*host_);
  sampling::Hiccups hiccups;
  const auto before = sampling::ProcessorTimeOf(processes);
  auto result = Offer(window, is_interrupted);
  const auto after = sampling::ProcessorTimeOf(processes);
  if (!result) return result.error();
  hiccups_.Add(hiccups.Stop());
  latency_.Add(result->latency);
  seconds_ += result->seconds;
  if (before && after) cpu_ += *after - *before;
  return {};
}

std::map<std::string, double> Subject::Values() const {
  std::map<std::string, double> values{{"ready_ms", ready_ms_},
                                       {"first_request_ms", first_request_ms_}};
  const auto requests = static_cast<double>(latency_.count());
  if (requests > 0 && seconds_ > 0) {
    values["latency_mean_us"] = latency_.mean_ns() / 1e3;
    values["requests_per_s"] = requests / seconds_;
    values["cpu_us"] = static_cast<double>(cpu_.count()) / 1e3 / requests;
  }
  constexpr std::pair<const char*, double> kPercentiles[] = {{"latency_p50_us", 50},
                                                             {"latency_p90_us", 90},
                                                             {"latency_p99_us", 99},
                                                             {"latency_p999_us", 99.9}};
  for (const auto& [name, percentile] : kPercentiles) {
    if (!latency_.Supports(percentile)) continue;
    values[name] = static_cast<double>(latency_.ValueAt(percentile)) / 1e3;
  }
  if (host_) {
    const auto sample = sampling::SampleFamily(host_->pid(), sampling::Memory::Read);
    if (const auto memory = sample.Memory())
      values["pss_kib"] = static_cast<double>(memory->pss_kib);
  }
  return values;
}

// With what the host complained of last: the application's exception, most likely.
Error Subject::WrongAnswer(const tour::StepResult& step) const {
  std::string text = fmt::format("'{}': {}", step.name, *step.problem);
  constexpr std::size_t kLines = 60;
  const std::string complaint = launch::LastComplaint(host_->LogTail(kLines));
  if (!complaint.empty()) text += fmt::format("; the last line of its log is: {}", complaint);
  return {ErrorKind::Unsupported, std::move(text)};
}

// A host that is gone explains why nobody answers.
Error Subject::Explained(const Error& error) {
  if (!host_) return error;
  const auto status = host_->Poll();
  if (!status) return error;
  return {ErrorKind::Closed, fmt::format("the host ended: {} ({})", status->Text(), error.Text())};
}

}  // namespace harness::experiment
