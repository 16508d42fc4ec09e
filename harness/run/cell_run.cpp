#include "harness/run/cell_run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <thread>

#include "harness/launch/cell_directory.h"
#include "harness/launch/host_process.h"
#include "harness/run/load_phases.h"
#include "harness/run/module_watch.h"
#include "harness/run/placement.h"
#include "harness/run/resource_watch.h"
#include "harness/run/settings.h"
#include "harness/run/to_record.h"
#include "harness/run/workers.h"
#include "harness/sampling/hiccups.h"
#include "harness/tour/walk.h"

namespace harness::run {

namespace record = reports::record;
using hosts::base::Clock;
using hosts::base::Error;
using hosts::base::ErrorKind;
using record::CellOutcome;

namespace {

// How a cell ended before its time.
struct Ending {
  CellOutcome outcome = CellOutcome::HarnessFault;
  std::string reason;
};
using MayEnd = std::optional<Ending>;

class CellRun {
 public:
  CellRun(const matrix::Cell& cell, const CellContext& context)
      : cell_(cell), context_(context), id_(cell.id()), asked_(AskedPlacement(cell)) {}

  CellEnd Run();

 private:
  using Phase = MayEnd (CellRun::*)();
  MayEnd SetUp();
  MayEnd Launch();
  MayEnd AskTwice();
  MayEnd ReachWorkers();
  MayEnd ProvePlacement();
  MayEnd TakeTour();
  MayEnd OfferLoad();
  MayEnd LookAtResources();
  MayEnd WatchMemory();
  MayEnd ReadSettings();

  using MayLoad = hosts::base::Result<load::LoadResult>;
  MayEnd WarmUp(const LoadPhases& phases);
  MayEnd Measure(const char* name, const std::function<MayLoad()>& offer);
  MayEnd JudgeLoad(const char* name, const MayLoad& result, const sampling::Histogram& hiccups);
  void WriteStartup();
  [[nodiscard]] const tour::Step& StepToRepeat() const;
  [[nodiscard]] std::vector<pid_t> WorkersNamed() const;
  MayEnd JudgeStep(const tour::StepResult& step);
  std::optional<hosts::base::ExitStatus> EndOfHost();
  Ending NoAnswer(std::string_view what, const Error& error);
  MayEnd Stop();
  [[nodiscard]] record::Cell CellLine(const MayEnd& ending) const;

  const matrix::Cell& cell_;
  const CellContext& context_;
  const std::string id_;
  const record::PlacementAsked asked_;
  const Clock::time_point begun_ = Clock::now();

  std::optional<launch::CellDirectory> directory_;
  adapters::ServedDeployment deployment_;
  launch::LaunchPlan plan_;
  std::optional<launch::HostProcess> host_;
  tour::Site site_;
  double ready_at_ = 0;
  record::Startup startup_;
  Workers workers_;
  ModuleWatch modules_;
  std::optional<ResourceWatch> resources_;
  std::vector<load::LoadRequest> requests_;
  std::int64_t answered_ = 0;  // under the load that is measured
  double rate_ = 0;            // that its last phase reached
  std::int64_t log_lines_before_load_ = 0;
  bool had_to_reconnect_ = false;
  std::vector<std::string> left_behind_;
};

CellEnd CellRun::Run() {
  constexpr std::pair<const char*, Phase> kPhases[] = {{"set up", &CellRun::SetUp},
                                                       {"launch", &CellRun::Launch},
                                                       {"first request", &CellRun::AskTwice},
                                                       {"workers", &CellRun::ReachWorkers},
                                                       {"placement", &CellRun::ProvePlacement},
                                                       {"tour", &CellRun::TakeTour},
                                                       {"load", &CellRun::OfferLoad},
                                                       {"resources", &CellRun::LookAtResources},
                                                       {"memory", &CellRun::WatchMemory},
                                                       {"settings", &CellRun::ReadSettings}};
  MayEnd ending;
  bool was_interrupted = false;
  for (const auto& [name, phase] : kPhases) {
    was_interrupted = context_.is_interrupted();
    if (was_interrupted) break;
    context_.entering(name);
    ending = (this->*phase)();
    was_interrupted = context_.is_interrupted();
    if (ending) {
      ending->reason = fmt::format("{}: {}", name, ending->reason);
      break;
    }
  }
  const MayEnd at_stop = Stop();
  if (!ending) ending = at_stop;
  CellEnd end{CellLine(ending), left_behind_, was_interrupted};
  if (!was_interrupted) context_.write(end.cell);
  return end;
}

// What a host says of itself that nobody understands is its fault, as its silence is.
CellOutcome OutcomeOfStart(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::Timeout:
      return CellOutcome::TimedOut;
    case ErrorKind::Closed:
      return CellOutcome::Crashed;
    case ErrorKind::InvalidInput:
      return CellOutcome::Failed;
    default:
      return CellOutcome::SetupFailed;
  }
}

MayEnd CellRun::SetUp() {
  for (const Error* problem : {context_.prepared_data ? nullptr : &context_.prepared_data.error(),
                               context_.tour ? nullptr : &context_.tour.error()}) {
    if (problem != nullptr) return Ending{CellOutcome::SetupFailed, problem->Text()};
  }
  auto directory = launch::CellDirectory::Make();
  if (!directory) return Ending{CellOutcome::HarnessFault, directory.error().Text()};
  directory_.emplace(std::move(*directory));
  if (auto filled = directory_->FillData(*context_.prepared_data); !filled) {
    return Ending{CellOutcome::SetupFailed, filled.error().Text()};
  }
  if (auto copied = CopyDatabases(directory_->data(), cell_.app.databases); !copied) {
    return Ending{CellOutcome::SetupFailed, copied.error().Text()};
  }
  if (const std::string user = context_.adapter->runs_as(); !user.empty()) {
    if (auto given = directory_->GiveDataTo(user); !given) {
      return Ending{CellOutcome::SetupFailed, given.error().Text()};
    }
  }
  const auto script = directory_->scripts() / (cell_.app.name + ".wsgi");
  auto script_text = WriteCellScript(context_.surroundings.script_template,
                                     cell_.app.script,
                                     cell_.app.callable,
                                     CopiesIn(directory_->data(), cell_.app.databases));
  if (!script_text) return Ending{CellOutcome::HarnessFault, script_text.error().Text()};
  deployment_ = DeploymentOf(cell_, context_.surroundings, script, directory_->data());
  deployment_.kept_connections =
      std::max(context_.profile.closed_connections, context_.profile.open_connections);
  auto plan = context_.adapter->Plan(deployment_, directory_->path());
  if (!plan) {
    const bool is_offered = plan.error().kind != ErrorKind::Unsupported;
    return Ending{is_offered ? CellOutcome::SetupFailed : CellOutcome::NotOffered,
                  plan.error().message};
  }
  plan_ = std::move(*plan);
  plan_.files.push_back({script, std::move(*script_text)});
  return std::nullopt;
}

MayEnd CellRun::Launch() {
  auto host = launch::HostProcess::Start(plan_);
  ready_at_ = SecondsSinceEpoch();
  if (!host) {
    return Ending{OutcomeOfStart(host.error().kind), host.error().Text()};
  }
  host_.emplace(std::move(*host));
  site_ = {host_->ready().address(), host_->ready().port(), cell_.app.mount, cell_.app.server_name};
  workers_ = Workers(WorkersNamed());
  modules_ = ModuleWatch(site_, std::max(1, workers_.expected()), context_.profile.patience);
  resources_.emplace(id_, host_->pid(), host_->ready(), context_.write);
  resources_->Sample(record::When::Ready);
  return std::nullopt;
}

// The processes that run the application, as the host named them.
std::vector<pid_t> CellRun::WorkersNamed() const {
  const launch::Ready& ready = host_->ready();
  if (asked_.process_group.empty()) return ready.server;
  const auto group = ready.daemons.find(asked_.process_group);
  return group == ready.daemons.end() ? std::vector<pid_t>{} : group->second;
}

const tour::Step& CellRun::StepToRepeat() const {
  for (const tour::Step& candidate : context_.tour->steps) {
    if (candidate.is_load) return candidate;
  }
  return context_.tour->steps.front();
}

MayEnd CellRun::AskTwice() {
  // The tour begins again afterwards: this visitor is gone with the phase.
  tour::Walk walk(site_, context_.profile.patience);
  const tour::Step step = AskingWhoAnswers(StepToRepeat());
  startup_.cell = id_;
  startup_.ready_ms = Milliseconds(host_->ready().took);
  const double first_at = SecondsSinceEpoch();
  const tour::StepResult first = walk.Take(step);
  if (auto ending = JudgeStep(first)) return ending;
  const double second_at = SecondsSinceEpoch();
  const tour::StepResult second = walk.Take(step);
  if (auto ending = JudgeStep(second)) return ending;
  workers_.Answered(first.worker, first_at, first.took);
  workers_.Answered(second.worker, second_at, second.took);
  startup_.first_request_ms = Milliseconds(first.took);
  startup_.second_request_ms = Milliseconds(second.took);
  resources_->Answered(2);
  resources_->Sample(record::When::AfterFirstRequest);
  modules_.AfterFirstRequests(workers_.First());
  return std::nullopt;
}

// Each has its first request now, before anything is measured; those that nobody could reach make the load's numbers
// unverified.
MayEnd CellRun::ReachWorkers() {
  if (workers_.expected() <= 1) return std::nullopt;
  const auto reached = ReachAll(
      {site_, StepToRepeat(), context_.profile.patience, context_.is_interrupted}, workers_);
  if (!reached) return NoAnswer("a request to every worker", reached.error());
  resources_->Answered(workers_.answered() - 2);  // two were counted before
  resources_->Sample(record::When::AtRequests);
  return std::nullopt;
}

MayEnd CellRun::ProvePlacement() {
  const double asked_at = SecondsSinceEpoch();
  auto found = AskPlacement(site_, hosts::base::Deadline::After(context_.profile.patience));
  if (!found && found.error().kind == ErrorKind::InvalidInput) {
    return Ending{CellOutcome::Failed, found.error().Text()};
  }
  if (!found) return NoAnswer("placement", found.error());
  found->supervisor_pid = host_->ready().supervisor;
  if (!context_.adapter->provable().names_groups) AddGroupsSeen(host_->ready(), *found);
  found->ready_at = ready_at_;
  workers_.Answered(*found->pid, asked_at);
  found->first_request_at = workers_.FirstAskedAt(*found->pid);
  const SeenFromOutside seen{host_->ready(),
                             PythonHomeOf(cell_.app, context_.surroundings).string(),
                             context_.adapter->provable()};
  record::Placement line{id_, asked_, *found, false, Differences(asked_, *found, seen)};
  line.agrees = line.differences.empty();
  context_.write(line);
  if (!line.agrees) {
    return Ending{CellOutcome::Misconfigured, fmt::format("{}", fmt::join(line.differences, "; "))};
  }
  if (found->import_started_at && found->import_finished_at) {
    startup_.import_ms = 1e3 * (*found->import_finished_at - *found->import_started_at);
  }
  WriteStartup();
  return std::nullopt;
}

void CellRun::WriteStartup() {
  startup_.workers = workers_.all();
  startup_.modules = modules_.seen();
  context_.write(startup_);
}

MayEnd CellRun::TakeTour() {
  tour::Walk walk(site_, context_.profile.patience);
  const auto steps = walk.TakeAll(*context_.tour);
  context_.write(ToTour(id_, steps));
  for (const tour::StepResult& step : steps) {
    if (auto ending = JudgeStep(step)) return ending;
  }
  modules_.AfterTour();
  resources_->Answered(std::ssize(steps));
  resources_->Sample(record::When::AtRequests);
  requests_ = walk.LoadRequests(*context_.tour);
  return std::nullopt;
}

// In parts that grow, with a look at the memory after each. In the last one the kernel counts, where it can.
MayEnd CellRun::WarmUp(const LoadPhases& phases) {
  for (const int part : {16, 16, 8, 4, 2}) {
    if (part == 2) resources_->BeginCounting();
    const auto warmed = phases.WarmUp(std::chrono::nanoseconds(context_.profile.warm_up) / part);
    if (!warmed) return NoAnswer("warm-up", warmed.error());
    if (part == 2) resources_->EndCounting(warmed->done);
    resources_->Answered(warmed->done);
    resources_->Sample(record::When::AtRequests);
  }
  return std::nullopt;
}

MayEnd CellRun::OfferLoad() {
  if (requests_.empty()) return std::nullopt;
  const LoadPhases phases(
      {site_.address, site_.port}, requests_, context_.profile, context_.is_interrupted);
  if (auto ending = WarmUp(phases)) return ending;
  log_lines_before_load_ = CountLines(plan_.log);
  resources_->BeginLoad();
  if (auto ending = Measure("closed loop", [&] { return phases.ClosedLoop(); })) return ending;
  return Measure("open loop", [&] { return phases.OpenLoop(rate_); });
}

MayEnd CellRun::Measure(const char* name, const std::function<MayLoad()>& offer) {
  sampling::Hiccups hiccups;
  const MayLoad result = offer();
  return JudgeLoad(name, result, hiccups.Stop());
}

MayEnd CellRun::JudgeLoad(const char* name,
                          const MayLoad& result,
                          const sampling::Histogram& hiccups) {
  if (!result &&
      result.error().kind == ErrorKind::System) {  // ours: a ledger that does not balance
    return Ending{CellOutcome::HarnessFault, fmt::format("{}: {}", name, result.error().Text())};
  }
  if (!result) return NoAnswer(name, result.error());
  if (context_.is_interrupted()) return Ending{CellOutcome::HarnessFault, "interrupted"};
  record::Load line = ToLoad(id_, *result);
  AddHiccups(hiccups, line);
  if (const auto why = workers_.WhyUnproved()) {
    line.generator.state = record::GeneratorState::Unverified;
    line.generator.reason = *why;
  }
  context_.write(line);
  answered_ += result->done;
  rate_ = result->requests_per_s();
  had_to_reconnect_ = had_to_reconnect_ || HadToReconnect(*result);
  const auto fault = FaultOf(*result);
  const bool is_well = result->done > 0 && !fault;
  if (const auto status = is_well ? host_->Poll() : EndOfHost()) {
    return Ending{CellOutcome::Crashed,
                  fmt::format("{}: the host ended: {}", name, status->Text())};
  }
  if (result->done == 0) {
    return Ending{CellOutcome::TimedOut, fmt::format("{}: no request was answered", name)};
  }
  if (fault) {
    return Ending{CellOutcome::Failed, fmt::format("{}: {}", name, *fault)};
  }
  return std::nullopt;
}

MayEnd CellRun::LookAtResources() {
  resources_->Answered(answered_);
  resources_->EndLoad(answered_);
  modules_.AfterLoad();
  WriteStartup();
  return std::nullopt;
}

MayEnd CellRun::WatchMemory() {
  if (requests_.empty()) return std::nullopt;
  const LoadPhases phases(
      {site_.address, site_.port}, requests_, context_.profile, context_.is_interrupted);
  for (int slice = 0; slice < context_.profile.memory_slices; ++slice) {
    if (context_.is_interrupted()) return std::nullopt;
    const auto offered = phases.WarmUp(context_.profile.memory_slice);
    if (!offered) return NoAnswer("load", offered.error());
    resources_->Answered(offered->done);
    resources_->Sample(record::When::AtRequests);
  }
  return std::nullopt;
}

// Behind everything that is measured: it makes a host start threads that it may not have needed.
MayEnd CellRun::ReadSettings() {
  record::Settings line;
  line.cell = id_;
  line.asked = AskedSettings(deployment_, asked_.process_group);
  const SettingsQuestion question{.site = site_,
                                  .root = host_->pid(),
                                  .ready = host_->ready(),
                                  .process_group = asked_.process_group,
                                  .wanted_processes = line.asked.processes,
                                  .wanted_threads = line.asked.threads,
                                  .kept_connections = deployment_.kept_connections};
  line.found = FindSettings(question);
  if (answered_ > 0) {
    line.found.keep_alive = !had_to_reconnect_;
    line.found.requests = answered_;
    line.found.log_lines = CountLines(plan_.log) - log_lines_before_load_;
  }
  line.found.words = WordsInLog(plan_.log, context_.adapter->settings_pattern());
  line.differences = SettingsDifferences(line.asked, line.found);
  context_.write(line);
  return std::nullopt;
}

MayEnd CellRun::JudgeStep(const tour::StepResult& step) {
  if (step.has_passed()) return std::nullopt;
  if (step.failure) return NoAnswer(step.name, {*step.failure, *step.problem});
  std::string text = fmt::format("'{}': {}", step.name, *step.problem);
  constexpr int kServerFault = 500;
  if (step.status && *step.status >= kServerFault) {
    const std::string complaint = launch::LastComplaint(launch::LastLines(directory_->log(), 60));
    if (!complaint.empty()) text += "; the last line of its log: " + complaint;
  }
  return Ending{CellOutcome::Failed, std::move(text)};
}

// How the host ended, if it has, or is about to: the kernel closes the sockets of one that dies before anybody is told.
std::optional<hosts::base::ExitStatus> CellRun::EndOfHost() {
  constexpr std::chrono::milliseconds kDying{500};
  constexpr std::chrono::milliseconds kGlance{5};
  const auto deadline = hosts::base::Deadline::After(kDying);
  auto status = host_->Poll();
  while (!status && !deadline.has_passed()) {
    std::this_thread::sleep_for(kGlance);
    status = host_->Poll();
  }
  return status;
}

// A host that is gone explains why nobody answers.
Ending CellRun::NoAnswer(std::string_view what, const Error& error) {
  if (const auto status = EndOfHost()) {
    return {CellOutcome::Crashed,
            fmt::format("'{}': the host ended: {} ({})", what, status->Text(), error.Text())};
  }
  return {error.kind == ErrorKind::Timeout ? CellOutcome::TimedOut : CellOutcome::Failed,
          fmt::format("'{}': {}", what, error.Text())};
}

MayEnd CellRun::Stop() {
  if (!host_) return std::nullopt;
  context_.entering("stop");
  const bool had_ended = host_->Poll().has_value();
  const launch::StopReport report = host_->Stop();
  for (const std::string& sentence : report.left_behind) {
    left_behind_.push_back(fmt::format("{}: {}", id_, sentence));
  }
  if (!report.left_behind.empty()) {
    return Ending{CellOutcome::Failed,
                  fmt::format("stop: left behind: {}", fmt::join(report.left_behind, "; "))};
  }
  if (!had_ended && !report.status.is_success()) {
    return Ending{CellOutcome::Failed,
                  fmt::format("stop: the host ended with {}", report.status.Text())};
  }
  return std::nullopt;
}

record::Cell CellRun::CellLine(const MayEnd& ending) const {
  record::Cell line;
  line.cell = id_;
  line.host = cell_.host;
  line.process = Name(cell_.mode.process);
  line.interpreter = Name(cell_.mode.interpreter);
  line.loading = Name(cell_.mode.loading);
  line.app = cell_.app.name;
  line.title = cell_.app.title;
  line.outcome = ending ? ending->outcome : CellOutcome::Ok;
  if (ending) {
    line.reason = ending->reason;
    if (directory_) line.log_tail = launch::LastLines(directory_->log(), 20);
  }
  line.reproduce = context_.reproduce;
  line.seconds = std::chrono::duration<double>(Clock::now() - begun_).count();
  return line;
}

}  // namespace

CellEnd RunCell(const matrix::Cell& cell, const CellContext& context) {
  return CellRun(cell, context).Run();
}

}  // namespace harness::run
