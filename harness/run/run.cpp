#include "harness/run/run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "harness/adapters/catalogue.h"
#include "harness/adapters/engine_adapter.h"
#include "harness/run/app_tour.h"
#include "harness/run/cell_run.h"
#include "harness/run/machine_facts.h"
#include "harness/run/prepared_data.h"
#include "harness/run/run_plan.h"
#include "harness/run/to_record.h"
#include "harness/sampling/kernel_counters.h"
#include "hosts/base/deadline.h"
#include "hosts/base/files.h"
#include "reports/plan/digest.h"
#include "reports/record/reader.h"
#include "reports/record/same_machine.h"
#include "reports/record/writer.h"

namespace harness::run {

namespace plan = reports::plan;
namespace record = reports::record;
using hosts::base::Clock;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

namespace {

// Seconds that the file was written for, by its beginning and its last change.
double SecondsUntilItsEnd(const std::filesystem::path& path, record::Instant begun_at) {
  const auto changed_at_ns = hosts::base::ChangedAtNs(path);
  if (!changed_at_ns) return 0;
  return std::max(0.0, static_cast<double>(*changed_at_ns) / 1e9 - begun_at);
}

// How long a run had taken before it was cut off.
double SecondsBefore(const record::Lines& lines, const std::filesystem::path& path) {
  if (const auto* footer = std::get_if<record::Footer>(&lines.lines.back())) return footer->seconds;
  const record::Header& last = lines.resumptions.empty()
                                   ? std::get<record::Header>(lines.lines.front())
                                   : lines.resumptions.back();
  return last.seconds_before.value_or(0) + SecondsUntilItsEnd(path, last.started_at);
}

// Why this is not the run that the record is of; empty: it is.
std::vector<std::string> WhyNotTheSame(const record::Header& before, const record::Header& now) {
  std::vector<std::string> differences = plan::Differences(before, now);
  const auto shard = [](const record::Header& header) {
    return header.shard ? fmt::format("shard {}/{}", header.shard->index, header.shard->count)
                        : std::string("no shard");
  };
  if (shard(before) != shard(now)) {
    differences.push_back(fmt::format("the first is {}, the second {}", shard(before), shard(now)));
  }
  if (const auto why_not = record::WhyNotSameMachine(before.machine, now.machine)) {
    differences.push_back(fmt::format("their machines are not alike: {}", *why_not));
  }
  return differences;
}

class WholeRun {
 public:
  WholeRun(const RunOrder& order,
           const RunObserver& observer,
           record::RecordWriter writer,
           RunPlan plan,
           PreparedData data)
      : order_(order),
        observer_(observer),
        writer_(std::move(writer)),
        plan_(std::move(plan)),
        data_(std::move(data)) {}

  Result<ExitCode> Go();

 private:
  Result<void> GoOn();
  void NoteWhatSpeaksAgainstSpeed();
  void RunCells();
  void RunOneCell(const matrix::Cell& cell);
  [[nodiscard]] std::filesystem::path PreparingVenv(const matrix::App& app,
                                                    const adapters::HostAdapter& host) const;
  void NoteWhatIsNotCounted();
  void NoteNotOffered();
  void NoteMissingHosts();
  void NoteAnswersNotRead();
  void RunTheInterferences();
  [[nodiscard]] bool IsDone(std::string_view host,
                            const Arrangement& arrangement,
                            std::string_view kind) const;
  void RunTheChecks();
  void RunTheChecksOf(const ChecksOrder& order,
                      const Result<std::vector<std::string>>& names,
                      const ChecksObserver& observer);
  [[nodiscard]] std::vector<std::string> Remaining(const ChecksOrder& order,
                                                   const std::vector<std::string>& names) const;
  [[nodiscard]] bool MustStop() const { return observer_.is_interrupted() || write_failure_; }
  void Write(record::Line line);
  void Note(std::string what, std::string reason, std::optional<int> cells = std::nullopt);
  void NoteStopped(std::string what, std::string reason, record::Stopped why);
  [[nodiscard]] Error WriteFailure() const;
  [[nodiscard]] std::string Reproduce(const std::string& host,
                                      const std::string& mode,
                                      const matrix::App& app) const;

  const RunOrder& order_;
  const RunObserver& observer_;
  record::RecordWriter writer_;
  RunPlan plan_;
  PreparedData data_;
  record::Record record_;  // what is in the file
  double seconds_before_ = 0;
  std::vector<std::string> left_behind_;
  std::optional<Error> write_failure_;  // the first; nothing is measured after it
  const Clock::time_point begun_ = Clock::now();
};

Result<ExitCode> WholeRun::Go() {
  if (order_.beginning == Beginning::Resumed) {
    if (auto same = GoOn(); !same) return same.error();
  } else {
    const bool is_timed = !plan_.expansion.cells.empty() || !order_.interferences.empty();
    if (is_timed && order_.profile.noise_probe.count() > 0) {
      plan_.header.machine.noise = ProbedNoise(order_.profile.noise_probe);
    }
    Write(plan_.header);
  }
  NoteWhatSpeaksAgainstSpeed();
  NoteWhatIsNotCounted();
  NoteNotOffered();
  NoteMissingHosts();
  NoteAnswersNotRead();
  for (const record::Micro& micro : order_.micros)
    Write(micro);  // a second time it replaces itself
  if (order_.examine) order_.examine([this](record::Line line) { Write(std::move(line)); });
  RunCells();
  RunTheInterferences();
  RunTheChecks();
  if (write_failure_) return WriteFailure();
  record::Footer footer = reports::tally::FooterOf(record_);
  footer.finished_at = SecondsSinceEpoch();
  footer.seconds = seconds_before_ + std::chrono::duration<double>(Clock::now() - begun_).count();
  footer.left_behind = left_behind_;
  Write(footer);
  if (write_failure_) return WriteFailure();
  return ExitCode(footer.exit_code);
}

// Takes up what the record has. Nothing is written before it is known to be of this run.
Result<void> WholeRun::GoOn() {
  auto before = record::ReadLines(order_.record);
  if (!before) return before.error();
  const auto& header = std::get<record::Header>(before->lines.front());
  if (const auto why_not = WhyNotTheSame(header, plan_.header); !why_not.empty()) {
    return Error{
        ErrorKind::InvalidInput,
        fmt::format("{} is of another run (the first; the second is the one to go on with): "
                    "{}: run anew, into another folder",
                    order_.record.string(),
                    fmt::join(why_not, "; "))};
  }
  if (const auto* footer = std::get_if<record::Footer>(&before->lines.back())) {
    left_behind_ = footer->left_behind;
  }
  seconds_before_ = SecondsBefore(*before, order_.record);
  record::Header resumption = plan_.header;
  resumption.seconds_before = seconds_before_;
  Write(resumption);
  if (write_failure_) return WriteFailure();
  auto record = record::ReadRecord(order_.record);  // the header has dropped what does not count
  if (!record) return record.error();
  record_ = std::move(*record);
  if (observer_.goes_on) {
    observer_.goes_on(
        {.cells = record_.cells.size(),
         .all_cells = plan_.expansion.cells.size() + plan_.expansion.not_offered.size(),
         .checks = record_.checks.size(),
         .interferences = record_.interferences.size(),
         .has_dropped_half_a_line = writer_.has_dropped_half_a_line()});
  }
  return {};
}

void WholeRun::Write(record::Line line) {
  if (write_failure_) return;
  if (const auto written = writer_.Write(line); !written) {
    write_failure_ = written.error();
    return;
  }
  record::Add(record_, std::move(line));
}

Error WholeRun::WriteFailure() const {
  Error told = *write_failure_;
  told.message += fmt::format(
      ": what is written so far is whole: when there is room, go on with wsgilab run --resume -o "
      "{}",
      order_.record.parent_path().string());
  return told;
}

// A run that is gone on with has said it before.
void WholeRun::Note(std::string what, std::string reason, std::optional<int> cells) {
  for (const record::NotMeasured& line : record_.not_measured) {
    if (line.what == what && line.reason == reason) return;
  }
  Write(record::NotMeasured{std::move(what), std::move(reason), cells, std::nullopt});
}

void WholeRun::NoteStopped(std::string what, std::string reason, record::Stopped why) {
  Write(record::NotMeasured{std::move(what), std::move(reason), std::nullopt, why});
}

void WholeRun::NoteWhatSpeaksAgainstSpeed() {
  for (const InstalledHost& host : order_.hosts) {
    const std::string& build = host.version.build;
    if (build.empty() || build == "Release" || build == "RelWithDebInfo") continue;
    Note(fmt::format("the speed of {} {}", host.adapter->name(), host.version.version),
         fmt::format("it is a {} build: its times say nothing about a release build", build));
  }
}

// One line for the run: it is the same for every cell.
void WholeRun::NoteWhatIsNotCounted() {
  if (plan_.expansion.cells.empty()) return;
  const sampling::KernelCounters counters(::getpid());
  for (const auto& [what, why] :
       {std::pair("instructions per request", counters.why_no_instructions()),
        std::pair("system calls per request", counters.why_no_system_calls())}) {
    if (!why.empty()) Note(what, why);
  }
}

void WholeRun::NoteNotOffered() {
  for (const matrix::NotOffered& cell : plan_.expansion.not_offered) {
    if (FindCell(record_, cell.id) != nullptr) continue;
    record::Cell line;
    line.cell = cell.id;
    // host/process/interpreter/loading/app
    std::vector<std::string> parts;
    for (size_t begin = 0; begin <= cell.id.size();) {
      const size_t end = std::min(cell.id.find('/', begin), cell.id.size());
      parts.push_back(cell.id.substr(begin, end - begin));
      begin = end + 1;
    }
    CHECK(parts.size() == 5, "the id of a cell has five parts");
    line.host = parts[0];
    line.process = parts[1];
    line.interpreter = parts[2];
    line.loading = parts[3];
    line.app = parts[4];
    line.title = parts[4];
    line.outcome = record::CellOutcome::NotOffered;
    line.reason = cell.reason;
    Write(line);
    observer_.cell_ends(line);
  }
}

// Of somebody's own script nobody has said what the right answer is.
void WholeRun::NoteAnswersNotRead() {
  if (order_.tour_of) return;
  for (const matrix::Cell& cell : plan_.expansion.cells) {
    if (!cell.app.is_own || cell.app.tour) continue;
    Note(fmt::format("whether the answers of {} say the right thing", cell.app.name),
         "only their status was looked at: a file that says what must be in them is named with "
         "--request");
  }
}

void WholeRun::NoteMissingHosts() {
  for (const MissingHost& host : order_.missing_hosts) {
    if (host.cells == 0) {
      Note(fmt::format("the interference of {}", host.name), host.reason);
      continue;
    }
    Note(fmt::format("{} of {}",
                     host.cells == 1 ? "1 cell" : fmt::format("{} cells", host.cells),
                     host.name),
         host.reason,
         host.cells);
  }
}

void WholeRun::RunCells() {
  const auto& cells = plan_.expansion.cells;
  for (size_t index = 0; index < cells.size(); ++index) {
    if (FindCell(record_, cells[index].id()) != nullptr) continue;
    if (MustStop()) {
      NoteStopped(fmt::format("{} of {} cells", cells.size() - index, cells.size()),
                  "the run was interrupted",
                  record::Stopped::Interrupted);
      return;
    }
    if (order_.why_skipped) {
      if (const auto why = order_.why_skipped(cells[index])) {
        Note(cells[index].id(), *why);
        continue;
      }
    }
    observer_.cell_begins(cells[index].id(), index + 1, cells.size());
    RunOneCell(cells[index]);
  }
}

// An engine with its Python in its name has an environment that only that Python can use, in a leg: what its applications need is
// prepared with the run's.
std::filesystem::path WholeRun::PreparingVenv(const matrix::App& app,
                                              const adapters::HostAdapter& host) const {
  const auto* engine = dynamic_cast<const adapters::EngineAdapter*>(&host);
  const bool is_of_host = engine != nullptr && !engine->python().empty() && !app.is_own;
  return is_of_host ? order_.surroundings.venv : app.venv.value_or(order_.surroundings.venv);
}

void WholeRun::RunOneCell(const matrix::Cell& cell) {
  const adapters::HostAdapter* adapter = nullptr;
  for (const InstalledHost& host : order_.hosts) {
    if (host.adapter->name() == cell.host) adapter = host.adapter;
  }
  CHECK(adapter != nullptr, "a cell of a host that is not in the run");
  const CellContext context{
      .adapter = adapter,
      .profile = order_.profile,
      .surroundings = order_.surroundings,
      .prepared_data = data_.Of(cell.app, PreparingVenv(cell.app, *adapter)),
      .tour = order_.tour_of ? order_.tour_of(cell.app) : TourOf(cell.app),
      .reproduce = Reproduce(cell.host, Name(cell.mode), cell.app),
      .write = [this](record::Line line) { Write(std::move(line)); },
      .entering = observer_.phase_begins,
      .is_interrupted = [this] { return MustStop(); },
  };
  const CellEnd end = RunCell(cell, context);
  left_behind_.insert(left_behind_.end(), end.left_behind.begin(), end.left_behind.end());
  if (end.was_interrupted) {
    NoteStopped(end.cell.cell, "the run was interrupted", record::Stopped::Interrupted);
    return;
  }
  observer_.cell_ends(end.cell);
}

std::string WholeRun::Reproduce(const std::string& host,
                                const std::string& mode,
                                const matrix::App& app) const {
  if (!app.reproduce.empty()) return fmt::format("{} --mode {}", app.reproduce, mode);
  const std::string what =
      !app.is_own ? fmt::format("--app {}", app.name) : fmt::format("{}", app.script.string());
  std::string asked;
  if (const auto processes = order_.surroundings.processes) {
    asked += fmt::format(" --processes {}", *processes);
  }
  if (const auto threads = order_.surroundings.threads) {
    asked += fmt::format(" --threads {}", *threads);
  }
  if (app.is_own) {
    if (app.needs_venv) asked += fmt::format(" --venv {}", order_.surroundings.venv.string());
    if (app.tour) asked += fmt::format(" --request {}", app.tour->string());
    if (!app.tour && app.url != "/") asked += fmt::format(" --url {}", app.url);
  }
  return fmt::format("wsgilab run --host {} --mode {} --profile {}{} {}",
                     host,
                     mode,
                     order_.profile.name,
                     asked,
                     what);
}

// Measured, or said to be impossible, before this run was cut off.
bool WholeRun::IsDone(std::string_view host,
                      const Arrangement& arrangement,
                      std::string_view kind) const {
  const std::string what = NameOf(arrangement, host);
  return std::ranges::any_of(record_.interferences,
                             [&](const record::Interference& line) {
                               return line.host == host && line.arrangement == arrangement.name &&
                                      line.kind == kind;
                             }) ||
         std::ranges::count(record_.not_measured, what, &record::NotMeasured::what) > 0;
}

void WholeRun::RunTheInterferences() {
  for (const InterferenceOrder& order : order_.interferences) {
    const std::string host(order.adapter->name());
    const InterferenceObserver observer{
        .write = [this](record::Line line) { Write(std::move(line)); },
        .entering =
            [&](std::string_view what) {
              observer_.phase_begins(fmt::format("{} {}", host, what));
            },
        .is_interrupted = [this] { return MustStop(); },
        .is_done = [&](const Arrangement& arrangement,
                       std::string_view kind) { return IsDone(host, arrangement, kind); },
    };
    MeasureInterference(order, observer);
    if (!MustStop()) continue;
    NoteStopped(fmt::format("the rest of the interference of {}", host),
                "the run was interrupted",
                record::Stopped::Interrupted);
    return;
  }
}

void WholeRun::RunTheChecks() {
  if (order_.checks.empty()) {
    if (!order_.why_no_checks.empty()) Note("hosting and isolation checks", order_.why_no_checks);
    return;
  }
  const ChecksObserver checks_observer{
      .announced = {},
      .finished =
          [this](record::Check check) {
            Write(check);
            observer_.check_ends(check);
          },
      .is_interrupted = [this] { return MustStop(); },
  };
  for (size_t at = 0; at < order_.checks.size(); ++at)
    RunTheChecksOf(order_.checks[at], plan_.checks[at], checks_observer);
}

std::vector<std::string> WholeRun::Remaining(const ChecksOrder& order,
                                             const std::vector<std::string>& names) const {
  std::set<std::string> done;
  for (const record::Check& check : record_.checks) {
    if (check.host.value_or(std::string(adapters::kEngine)) == order.host) done.insert(check.check);
  }
  std::vector<std::string> remaining;
  std::ranges::copy_if(names, std::back_inserter(remaining), [&](const std::string& name) {
    return !done.contains(name);
  });
  return remaining;
}

void WholeRun::RunTheChecksOf(const ChecksOrder& order,
                              const Result<std::vector<std::string>>& names,
                              const ChecksObserver& observer) {
  const auto rest = fmt::format("the rest of the checks of {}", order.host);
  if (!names) return NoteStopped(rest, names.error().Text(), record::Stopped::Fault);
  auto remaining = Remaining(order, *names);
  if (remaining.empty()) return;
  if (observer.is_interrupted()) {
    return NoteStopped(rest, "the run was interrupted", record::Stopped::Interrupted);
  }
  observer_.checks_begin(static_cast<int>(remaining.size()));
  ChecksOrder of_these = order;
  if (order_.shard || remaining.size() != names->size()) of_these.only = std::move(remaining);
  const auto ran = RunChecks(of_these, observer);
  if (ran) return;
  const bool was_interrupted = observer.is_interrupted();
  NoteStopped(rest,
              was_interrupted ? "the run was interrupted" : ran.error().Text(),
              was_interrupted ? record::Stopped::Interrupted : record::Stopped::Fault);
}

}  // namespace

Result<ExitCode> Run(const RunOrder& order, const RunObserver& observer) {
  auto data = PreparedData::Make();
  if (!data) return data.error();
  auto writer = record::RecordWriter::Open(
      order.record,
      order.beginning == Beginning::Resumed ? record::OpenMode::Append : record::OpenMode::New);
  if (!writer) {
    return Error{ErrorKind::InvalidInput, writer.error().message + ": name another folder with -o"};
  }
  return WholeRun(order, observer, std::move(*writer), PlanOf(order), std::move(*data)).Go();
}

}  // namespace harness::run
