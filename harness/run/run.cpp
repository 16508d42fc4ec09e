#include "harness/run/run.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/run/app_tour.h"
#include "harness/run/cell_run.h"
#include "harness/run/machine_facts.h"
#include "harness/run/prepared_data.h"
#include "hosts/base/deadline.h"
#include "hosts/base/files.h"
#include "reports/record/writer.h"

namespace harness::run {

namespace record = reports::record;
using hosts::base::Clock;
using hosts::base::Error;
using hosts::base::Result;

namespace {

double SecondsSinceEpoch() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

class WholeRun {
 public:
  WholeRun(const RunOrder& order,
           const RunObserver& observer,
           record::RecordWriter writer,
           PreparedData data)
      : order_(order), observer_(observer), writer_(std::move(writer)), data_(std::move(data)) {}

  Result<ExitCode> Go();

 private:
  [[nodiscard]] record::Header HeaderLine() const;
  void NoteWhatSpeaksAgainstSpeed();
  void RunCells();
  void RunOneCell(const matrix::Cell& cell);
  void NoteNotOffered();
  void NoteMissingHosts();
  void RunTheChecks();
  void RunTheChecksOf(const ChecksOrder& order, const ChecksObserver& observer);
  void Write(record::Line line);
  [[nodiscard]] std::string Reproduce(const std::string& host,
                                      const std::string& mode,
                                      const matrix::App& app) const;

  const RunOrder& order_;
  const RunObserver& observer_;
  record::RecordWriter writer_;
  PreparedData data_;
  Tally tally_;
  std::vector<std::string> left_behind_;
  std::optional<Error> write_failure_;  // the first; nothing is measured after it
  const Clock::time_point begun_ = Clock::now();
};

Result<ExitCode> WholeRun::Go() {
  Write(HeaderLine());
  NoteWhatSpeaksAgainstSpeed();
  NoteNotOffered();
  NoteMissingHosts();
  RunCells();
  RunTheChecks();
  record::Footer footer;
  footer.finished_at = SecondsSinceEpoch();
  footer.seconds = std::chrono::duration<double>(Clock::now() - begun_).count();
  footer.verdict = tally_.Verdict();
  footer.cells = tally_.cells();
  footer.checks = tally_.checks();
  footer.exit_code = static_cast<int>(tally_.exit_code());
  footer.left_behind = left_behind_;
  Write(footer);
  if (write_failure_) return *write_failure_;
  return tally_.exit_code();
}

void WholeRun::Write(record::Line line) {
  if (write_failure_) return;
  const auto written = writer_.Write(line);
  if (!written) write_failure_ = written.error();
}

record::Header WholeRun::HeaderLine() const {
  record::Header header;
  header.run = order_.name;
  header.started_at = SecondsSinceEpoch();
  header.command = order_.command;
  header.profile = order_.profile.name;
  header.revision = Revision(order_.checkout);
  header.machine = MachineFacts();
  for (const InstalledHost& host : order_.hosts) {
    record::HostVersion version;
    version.name = host.adapter->name();
    version.version = host.version.version;
    version.python = host.version.python;
    if (!host.version.library.empty()) version.library = host.version.library;
    for (const adapters::Deviation& one : host.version.deviations)
      version.deviations.push_back({one.rule, one.kind, one.theirs, one.ours, one.why});
    header.hosts.push_back(std::move(version));
    if (!host.version.build.empty()) header.machine.build_type = host.version.build;
  }
  const auto add = [](std::vector<std::string>& list, std::string name) {
    if (std::find(list.begin(), list.end(), name) == list.end()) list.push_back(std::move(name));
  };
  for (const matrix::Cell& cell : order_.expansion.cells) {
    add(header.plan.modes, Name(cell.mode));
    add(header.plan.apps, cell.app.name);
    header.plan.cells.push_back(cell.id());
  }
  return header;
}

void WholeRun::NoteWhatSpeaksAgainstSpeed() {
  for (const InstalledHost& host : order_.hosts) {
    const std::string& build = host.version.build;
    if (build.empty() || build == "Release" || build == "RelWithDebInfo") continue;
    Write(record::NotMeasured{
        fmt::format("the speed of {} {}", host.adapter->name(), host.version.version),
        fmt::format("it is a {} build: its times say nothing about a release build", build)});
  }
}

void WholeRun::NoteNotOffered() {
  for (const matrix::NotOffered& cell : order_.expansion.not_offered) {
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
    tally_.Add(line);
    observer_.cell_ends(line);
  }
}

void WholeRun::NoteMissingHosts() {
  for (const MissingHost& host : order_.missing_hosts) {
    Write(record::NotMeasured{
        fmt::format("{} of {}",
                    host.cells == 1 ? "1 cell" : fmt::format("{} cells", host.cells),
                    host.name),
        host.reason});
    tally_.AddMissing(host.cells);
  }
}

void WholeRun::RunCells() {
  const auto& cells = order_.expansion.cells;
  for (size_t index = 0; index < cells.size(); ++index) {
    if (observer_.is_interrupted() || write_failure_) {
      tally_.AddInterruption();
      Write(record::NotMeasured{fmt::format("{} of {} cells", cells.size() - index, cells.size()),
                                "the run was interrupted"});
      return;
    }
    observer_.cell_begins(cells[index].id(), index + 1, cells.size());
    RunOneCell(cells[index]);
  }
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
      .prepared_data = data_.Of(cell.app, order_.surroundings.venv),
      .tour = TourOf(cell.app),
      .reproduce = Reproduce(cell.host, Name(cell.mode), cell.app),
      .write = [this](record::Line line) { Write(std::move(line)); },
      .entering = observer_.phase_begins,
      .is_interrupted = observer_.is_interrupted,
  };
  const CellEnd end = RunCell(cell, context);
  left_behind_.insert(left_behind_.end(), end.left_behind.begin(), end.left_behind.end());
  if (end.was_interrupted) {
    tally_.AddInterruption();
    Write(record::NotMeasured{end.cell.cell, "the run was interrupted"});
    return;
  }
  tally_.Add(end.cell);
  observer_.cell_ends(end.cell);
}

std::string WholeRun::Reproduce(const std::string& host,
                                const std::string& mode,
                                const matrix::App& app) const {
  const std::string what =
      app.tour ? fmt::format("--app {}", app.name) : fmt::format("{}", app.script.string());
  return fmt::format(
      "wsgilab run --host {} --mode {} --profile {} {}", host, mode, order_.profile.name, what);
}

void WholeRun::RunTheChecks() {
  if (order_.checks.empty()) {
    if (!order_.why_no_checks.empty()) {
      Write(record::NotMeasured{"hosting and isolation checks", order_.why_no_checks});
    }
    return;
  }
  if (observer_.is_interrupted()) {
    tally_.AddInterruption();
    Write(record::NotMeasured{"hosting and isolation checks", "the run was interrupted"});
    return;
  }
  const ChecksObserver checks_observer{
      .announced = observer_.checks_begin,
      .finished =
          [this](record::Check check) {
            Write(check);
            tally_.Add(check);
            observer_.check_ends(check);
          },
      .is_interrupted = observer_.is_interrupted,
  };
  for (const ChecksOrder& order : order_.checks)
    RunTheChecksOf(order, checks_observer);
}

void WholeRun::RunTheChecksOf(const ChecksOrder& order, const ChecksObserver& observer) {
  if (observer.is_interrupted()) return;
  const auto ran = RunChecks(order, observer);
  if (ran) return;
  if (observer_.is_interrupted()) {
    tally_.AddInterruption();
  } else {
    tally_.AddHarnessFault();
  }
  Write(record::NotMeasured{fmt::format("the rest of the checks of {}", order.host),
                            ran.error().Text()});
}

}  // namespace

Result<ExitCode> Run(const RunOrder& order, const RunObserver& observer) {
  auto writer = record::RecordWriter::Open(order.record);
  if (!writer) return writer.error();
  auto data = PreparedData::Make();
  if (!data) return data.error();
  return WholeRun(order, observer, std::move(*writer), std::move(*data)).Go();
}

}  // namespace harness::run
