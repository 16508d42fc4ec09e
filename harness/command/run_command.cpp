#include "harness/command/run_command.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <thread>

#include "harness/adapters/engine_adapter.h"
#include "harness/command/exit.h"
#include "harness/command/interruption.h"
#include "harness/command/places.h"
#include "harness/command/progress.h"
#include "harness/command/selection.h"
#include "harness/launch/descendants.h"
#include "harness/run/run.h"
#include "hosts/base/files.h"
#include "reports/html/html.h"
#include "reports/record/reader.h"
#include "reports/text/summary.h"

namespace harness::command {

namespace fs = std::filesystem;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

namespace {

struct RunOptions {
  SelectionOptions selection;
  std::string profile = "smoke";
  std::string suite;  // "": all, unless the cells were narrowed down
  bool checks_only = false;
  std::string output;
};

// One more than there are processors, as a program of checks waits for a third of its time; many more would disturb the checks
// that measure.
int ProgramsOfChecks() {
  return static_cast<int>(std::max(1U, std::thread::hardware_concurrency())) + 1;
}

int ColumnsOfOutput() {
  winsize size{};
  const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40;
  return known ? size.ws_col : 100;
}

Result<run::RunOrder> OrderOf(const RunOptions& options,
                              const Places& places,
                              const std::vector<run::InstalledHost>& hosts,
                              const std::string& command) {
  const auto profile = run::FindProfile(options.profile);
  if (!profile) {
    return Error{
        ErrorKind::InvalidInput,
        fmt::format("no profile is called '{}': there are smoke, quick, full", options.profile)};
  }
  run::RunOrder order;
  order.command = command;
  order.checkout = places.checkout;
  order.profile = *profile;
  order.surroundings.venv = options.selection.venv.empty()
                                ? places.venv
                                : fs::absolute(options.selection.venv).lexically_normal();
  const fs::path script_template = places.apps / "placement" / "cell_script.py.in";
  auto text = hosts::base::ReadFile(script_template);
  if (!text) return text.error();
  order.surroundings.script_template = std::move(*text);

  const bool is_partial = options.selection.narrows() && !options.checks_only;
  const std::string suite = !options.suite.empty() ? options.suite : is_partial ? "none" : "all";
  const auto found = run::FindSuite(suite);
  if (!found) {
    return Error{ErrorKind::InvalidInput,
                 fmt::format("no suite is called '{}': there are {}", suite, run::SuitesInWords())};
  }
  if (*found == run::Suite::None) {
    order.why_no_checks = options.suite.empty() ? "only some cells were asked for (add --suite all)"
                                                : "--suite none was asked for";
    return order;
  }
  auto environment = adapters::InheritedEnvironment();
  environment.emplace_back("WSGILAB_HOST", places.host.string());
  environment.emplace_back("WSGILAB_VENV", order.surroundings.venv.string());
  environment.emplace_back("WSGILAB_APPS", places.apps.string());
  environment.emplace_back("WSGILAB_PEERS", places.peers.string());
  for (const run::InstalledHost& host : hosts) {
    run::ChecksOrder checks;
    checks.program = places.checks;
    checks.suite = *found;
    checks.environment = environment;
    checks.host = host.adapter->name();
    checks.programs = ProgramsOfChecks();
    order.checks.push_back(std::move(checks));
  }
  return order;
}

run::RunObserver ObserverOf(Progress& progress) {
  return {
      .cell_begins = [&](std::string_view cell,
                         size_t number,
                         size_t total) { progress.CellBegins(cell, number, total); },
      .phase_begins = [&](std::string_view phase) { progress.PhaseBegins(phase); },
      .cell_ends = [&](const reports::record::Cell& cell) { progress.CellEnds(cell); },
      .checks_begin = [&](int count) { progress.ChecksBegin(count); },
      .check_ends = [&](const reports::record::Check& check) { progress.CheckEnds(check); },
      .is_interrupted = [] { return IsInterrupted(); },
  };
}

// The summary, and the report beside the record.
Result<void> Report(const fs::path& folder) {
  const auto record = reports::record::ReadRecord(folder / "record.jsonl");
  if (!record) return record.error();
  const auto page = reports::html::RenderHtml(*record);
  if (!page) return page.error();
  const fs::path report = folder / "report.html";
  if (const auto written = hosts::base::WriteFile(report, *page); !written) return written.error();
  fmt::print("{}\nrecord: {}\nreport: {}\n",
             reports::text::RenderSummary(*record, ColumnsOfOutput()),
             (folder / "record.jsonl").string(),
             report.string());
  return {};
}

int RunIt(const RunOptions& options, const std::string& command) {
  const Places places = FindPlaces();
  auto selection = Select(options.selection, places, Probing::Required);
  if (!selection) return Complain(selection.error());
  auto order = OrderOf(options, places, selection->hosts, command);
  if (!order) return Complain(order.error());
  if (options.checks_only) selection->expansion = {};
  if (!options.checks_only && selection->expansion.cells.empty() &&
      selection->expansion.not_offered.empty() && selection->missing_hosts.empty()) {
    return Complain("no cell matches: see wsgilab list", kNothingMatched);
  }
  if (options.checks_only && order->checks.empty()) {
    return Complain("no checks are left to run: the hosts that were asked for are not installed",
                    kNothingMatched);
  }
  const auto folder = MakeRunFolder(options.output.empty() ? NewRunFolder(places.checkout)
                                                           : fs::path(options.output));
  if (!folder) return Complain(folder.error());
  order->name = folder->filename().string();
  order->record = *folder / "record.jsonl";
  order->hosts = std::move(selection->hosts);
  order->missing_hosts = std::move(selection->missing_hosts);
  order->expansion = std::move(selection->expansion);

  for (const run::MissingHost& host : order->missing_hosts) {
    Complain(fmt::format("{} is not measured: {}", host.name, host.reason), kPass);
  }
  ListenForInterruption();
  launch::BecomeSubreaper();
  Progress progress(stdout, KindOf(stdout));
  const auto exit_code = run::Run(*order, ObserverOf(progress));
  progress.Clear();
  if (!exit_code) return Complain(exit_code.error());
  const auto& wanted = order->expansion;
  if (wanted.cells.empty() && wanted.not_offered.empty() && order->checks.empty()) {
    return static_cast<int>(*exit_code);  // nothing to report: said above
  }
  if (const auto reported = Report(*folder); !reported) {
    const int failure = Complain(reported.error());
    // Interrupted before anything had ended: there is nothing to report, and nothing wrong with that.
    return *exit_code == run::ExitCode::Interrupted ? static_cast<int>(*exit_code) : failure;
  }
  return static_cast<int>(*exit_code);
}

}  // namespace

void AddRunCommand(CLI::App& program, std::function<int()>& chosen, const std::string& command) {
  CLI::App* verb = program.add_subcommand(
      "run", "run applications through the modes of hosts; write a record and a report");
  auto options = std::make_shared<RunOptions>();
  AddSelectionOptions(*verb, options->selection);
  verb->add_option("--profile", options->profile, "how long to measure: smoke, quick or full")
      ->capture_default_str();
  verb->add_option("--suite",
                   options->suite,
                   "checks to run: " + run::SuitesInWords() +
                       " (default: all; none when only some cells are asked for)");
  verb->add_flag("--checks-only", options->checks_only, "no cell is run, only the checks");
  verb->add_option("-o", options->output, "folder for the record and the report")->type_name("DIR");
  verb->footer(
      "Examples:\n"
      "  wsgilab run\n"
      "  wsgilab run --suite isolation --checks-only --host engine --host apache\n"
      "  wsgilab run --mode 'daemon/sub/*' --app django_accounts -o out\n"
      "  wsgilab run --host engine --host 'uwsgi*' --host apache --app hello\n"
      "  wsgilab run myproject/wsgi.py --venv venv --url /login/ --profile quick");
  verb->callback([options, command, &chosen] {
    chosen = [options, command] { return RunIt(*options, command); };
  });
}

}  // namespace harness::command
