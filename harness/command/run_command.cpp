#include "harness/command/run_command.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>
#include <thread>

#include "harness/adapters/engine_adapter.h"
#include "harness/command/command_line.h"
#include "harness/command/exit.h"
#include "harness/command/interruption.h"
#include "harness/command/places.h"
#include "harness/command/progress.h"
#include "harness/command/run_folder.h"
#include "harness/command/run_imports.h"
#include "harness/command/selection.h"
#include "harness/command/starting_hosts.h"
#include "harness/run/run.h"
#include "hosts/base/files.h"
#include "reports/google_benchmark/google_benchmark.h"
#include "reports/html/html.h"
#include "reports/plan/sharding.h"
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
  std::string shard;  // "2/3"
  bool resume = false;
  std::vector<std::string> micros;  // files of Google Benchmark
  std::optional<int> processes;
  std::optional<int> threads;
  bool interference = false;
  std::vector<std::string> imports;  // modules; "usual" stands for those that people ask about
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

Result<std::vector<reports::record::Micro>> MicrosOf(const std::vector<std::string>& files) {
  std::vector<reports::record::Micro> all;
  for (const std::string& file : files) {
    const auto text = hosts::base::ReadFile(file);
    if (!text) return Error{ErrorKind::InvalidInput, text.error().Text()};
    auto micros = reports::google_benchmark::ReadResults(*text, file);
    if (!micros) return micros.error();
    all.insert(all.end(), micros->begin(), micros->end());
  }
  return all;
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
  if (!options.shard.empty()) {
    const auto shard = reports::plan::ParseShard(options.shard);
    if (!shard) return shard.error();
    order.shard = *shard;
  }
  order.checkout = places.checkout;
  order.profile = *profile;
  order.surroundings.venv = VenvOf(options.selection, places);
  order.surroundings.processes = options.processes;
  order.surroundings.threads = options.threads;
  auto micros = MicrosOf(options.micros);
  if (!micros) return micros.error();
  order.micros = std::move(*micros);
  const fs::path script_template = places.apps / "placement" / "cell_script.py.in";
  auto text = hosts::base::ReadFile(script_template);
  if (!text) return text.error();
  order.surroundings.script_template = std::move(*text);

  const bool is_partial =
      (options.selection.narrows() && !options.checks_only) || options.interference;
  const std::string suite = !options.suite.empty() ? options.suite : is_partial ? "none" : "all";
  const auto found = run::FindSuite(suite);
  if (!found) {
    return Error{ErrorKind::InvalidInput,
                 fmt::format("no suite is called '{}': there are {}", suite, run::SuitesInWords())};
  }
  if (*found == run::Suite::None) {
    if (options.interference) return order;
    order.why_no_checks = options.suite.empty() ? "only some cells were asked for (add --suite all)"
                                                : "--suite none was asked for";
    return order;
  }
  auto environment = adapters::InheritedEnvironment();
  environment.emplace_back("WSGILAB_HOST", places.host.string());
  environment.emplace_back("WSGILAB_VENV", order.surroundings.venv.string());
  environment.emplace_back("WSGILAB_APPS", places.apps.string());
  environment.emplace_back("WSGILAB_PEERS", places.peers.string());
  if (const char* engines = std::getenv("WSGILAB_ENGINES")) {
    environment.emplace_back("WSGILAB_ENGINES", engines);
  }
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

void AddInterferences(const std::vector<run::InstalledHost>& hosts,
                      const Places& places,
                      run::RunOrder& order) {
  for (const run::InstalledHost& host : hosts) {
    run::InterferenceOrder wanted;
    wanted.adapter = host.adapter;
    wanted.busy_script = places.apps / "neighbour" / "busy.wsgi";
    wanted.quiet_script = places.apps / "neighbour" / "quiet.wsgi";
    wanted.surroundings = order.surroundings;
    order.interferences.push_back(std::move(wanted));
  }
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
      .goes_on =
          [](const run::Done& done) {
            fmt::print(
                "going on: {} of {} cells and {} checks{} are there{}\n",
                done.cells,
                done.all_cells,
                done.checks,
                done.interferences == 0
                    ? ""
                    : fmt::format(" and {} measurements beside a neighbour", done.interferences),
                done.has_dropped_half_a_line ? "; the last line was cut off, and is dropped" : "");
            std::fflush(stdout);
          },
  };
}

// Nothing has got as far as an outcome: there is nothing to report but the reasons.
bool IsEmpty(const reports::record::Record& record) {
  return record.cells.empty() && record.checks.empty() && record.interferences.empty() &&
         record.imports.empty();
}

void SayReasons(const reports::record::Record& record) {
  const bool was_stopped = std::ranges::any_of(
      record.not_measured, [](const auto& line) { return line.stopped.has_value(); });
  for (const reports::record::NotMeasured& line : record.not_measured) {
    if (line.stopped || !was_stopped)
      Complain(fmt::format("{}: {}", line.what, line.reason), kPass);
  }
}

// The summary, and the report beside the record.
Result<void> Report(const fs::path& folder) {
  const auto record = reports::record::ReadRecord(folder / "record.jsonl");
  if (!record) return record.error();
  if (IsEmpty(*record)) {
    SayReasons(*record);
    return {};
  }
  const auto page = reports::html::RenderHtml(*record);
  if (!page) return page.error();
  const fs::path report = folder / "report.html";
  if (const auto written = hosts::base::WriteFile(report, *page); !written) {
    return Error{
        written.error().kind,
        fmt::format("{}: the record is whole: make the report elsewhere, with wsgilab report "
                    "{} -o html=FILE",
                    written.error().Text(),
                    folder.string())};
  }
  fmt::print("{}\nrecord: {}\nreport: {}\n",
             reports::text::RenderSummary(*record, ColumnsOfOutput()),
             (folder / "record.jsonl").string(),
             report.string());
  return {};
}

// What is asked for, decided before anything is written.
Result<run::RunOrder> DecideOn(const RunOptions& options,
                               const Places& places,
                               Selection& selection,
                               const std::string& command) {
  auto order = OrderOf(options, places, selection.hosts, command);
  if (!order) return order;
  if (options.interference) {
    AddInterferences(selection.hosts, places, *order);
    for (run::MissingHost& host : selection.missing_hosts)
      host.cells = 0;
  }
  if (options.checks_only || options.interference) selection.expansion = {};
  order->hosts = std::move(selection.hosts);
  order->missing_hosts = std::move(selection.missing_hosts);
  order->expansion = std::move(selection.expansion);
  const auto venv = options.selection.venv.empty()
                        ? std::nullopt
                        : std::optional(VenvOf(options.selection, places));
  AddImports(options.imports, venv, places, *order);
  return order;
}

// Why there is nothing to run; empty: there is.
std::string WhyNothing(const RunOptions& options, const run::RunOrder& order) {
  if (options.interference) {
    return order.interferences.empty()
               ? "nothing is left to measure: the hosts that were asked for are not installed"
               : "";
  }
  if (options.checks_only) {
    return order.checks.empty()
               ? "no checks are left to run: the hosts that were asked for are not installed"
               : "";
  }
  const bool is_empty = order.expansion.cells.empty() && order.expansion.not_offered.empty() &&
                        order.missing_hosts.empty();
  return is_empty ? "no cell matches: see wsgilab list" : "";
}

int RunThere(run::RunOrder& order, const fs::path& folder) {
  order.name = folder.filename().string();
  order.record = folder / "record.jsonl";
  for (const run::MissingHost& host : order.missing_hosts) {
    Complain(fmt::format("{} is not measured: {}", host.name, host.reason), kPass);
  }
  const auto keeper = PrepareToStartHosts();
  if (!keeper) return Complain(keeper.error());
  Progress progress(stdout, KindOf(stdout));
  const auto exit_code = run::Run(order, ObserverOf(progress));
  progress.Clear();
  if (!exit_code) return Complain(exit_code.error());
  const auto& wanted = order.expansion;
  if (wanted.cells.empty() && wanted.not_offered.empty() && order.checks.empty() &&
      order.interferences.empty()) {
    return static_cast<int>(*exit_code);  // nothing to report: said above
  }
  if (order.shard && *exit_code == run::ExitCode::NothingMeasured) {
    return Complain(fmt::format("shard {}/{} had nothing to measure: fewer shards are enough",
                                order.shard->index,
                                order.shard->count),
                    kNothingMatched);
  }
  if (const auto reported = Report(folder); !reported) return Complain(reported.error());
  return static_cast<int>(*exit_code);
}

// Why --interference cannot be had with the other options; empty: it can, or was not asked for.
std::string WhyNoInterference(const RunOptions& options) {
  if (!options.interference) return "";
  if (!options.shard.empty()) {
    return "--interference is not dealt out to shards: choose hosts with --host instead";
  }
  if (options.checks_only) {
    return "--interference and --checks-only are two runs: for both, use --interference --suite "
           "all";
  }
  const SelectionOptions& selection = options.selection;
  const matrix::Filter& filter = selection.filter;
  if (!selection.scripts.empty() || !filter.apps.empty() || !filter.modes.empty() ||
      !filter.id_regex.empty() || options.processes || options.threads) {
    return "--interference serves two applications of its own, in arrangements of its own: of the "
           "options that choose, only --host goes with it";
  }
  return "";
}

int RunIt(const RunOptions& options, const std::string& command) {
  if (const auto why = WhyNoImport(options.imports, !options.shard.empty()); !why.empty()) {
    return Complain(Error{ErrorKind::InvalidInput, why});
  }
  if (const auto why = WhyNoInterference(options); !why.empty()) {
    return Complain(Error{ErrorKind::InvalidInput, why});
  }
  if (!options.shard.empty()) {  // before hosts are asked anything
    if (const auto shard = reports::plan::ParseShard(options.shard); !shard) {
      return Complain(shard.error());
    }
  }
  std::optional<Resumable> resumable;
  if (options.resume) {
    auto found = FindResumable(options.output);
    if (!found) return Complain(found.error());
    if (found->is_finished()) {
      fmt::print("{} is finished: there is nothing to go on with\n", found->folder.string());
      return found->record.footer->exit_code;
    }
    resumable = std::move(*found);
  }
  const Places places = FindPlaces();
  auto selection = Select(options.selection, places, Probing::Required);
  if (!selection) return Complain(selection.error());
  auto order = DecideOn(options, places, *selection, command);
  if (!order) return Complain(order.error());
  if (const auto why = WhyNothing(options, *order); !why.empty()) {
    return Complain(why, kNothingMatched);
  }
  if (resumable) {
    order->beginning = run::Beginning::Resumed;
    return RunThere(*order, resumable->folder);
  }
  const auto folder =
      MakeFolder(options.output.empty() ? NewRunFolder(places.checkout) : fs::path(options.output),
                 Resuming::Offered);
  if (!folder) return Complain(folder.error());
  return RunThere(*order, *folder);
}

void AddOptions(CLI::App& verb, RunOptions& options) {
  AddSelectionOptions(verb, options.selection);
  verb.add_option("--profile", options.profile, "how long to measure: smoke, quick or full")
      ->capture_default_str();
  verb.add_option("--suite",
                  options.suite,
                  "checks to run: " + run::SuitesInWords() +
                      " (default: all; none when only some cells are asked for)");
  verb.add_flag("--checks-only", options.checks_only, "no cell is run, only the checks");
  verb.add_option(
          "--processes",
          options.processes,
          "processes that run each application: of the server in embedded mode, of its group in "
          "daemon mode (default 1)")
      ->check(CLI::Range(1, 64));
  verb.add_option("--threads", options.threads, "threads of each of them (default 5)")
      ->check(CLI::Range(1, 256));
  verb.add_option(
          "--micro",
          options.micros,
          "results of Google Benchmark (--benchmark_format=json) that belong into the record")
      ->type_name("FILE")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
  verb.add_option("--shard",
                  options.shard,
                  "the I-th of N shares of the cells and checks, e.g. 2/3; see wsgilab merge")
      ->type_name("I/N");
  verb.add_option(
          "--import",
          options.imports,
          "try to import this, of --venv or as the host's own Python has it, in every kind of "
          "interpreter of the engine and of Apache, alone and after another interpreter of the "
          "process (repeatable; 'usual': numpy, lxml, psycopg, cryptography, _curses and others)")
      ->type_name("MODULE")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
  verb.add_flag("--interference",
                options.interference,
                "no cell is run: measure what the users of one application notice while another "
                "beside it burns CPU, holds the GIL, sleeps, allocates");
  verb.add_option("-o",
                  options.output,
                  "folder for the record and the report (default: a new one below build/runs of "
                  "the checkout)")
      ->type_name("DIR");
  verb.add_flag(
      "--resume",
      options.resume,
      "go on with the run in that folder, which was cut off; with the same options, or none");
}

// Nothing but --resume and the folder: what is to be run is in the record.
bool IsBareResumption(const CLI::App& verb, const RunOptions& options) {
  if (!options.resume) return false;
  for (const CLI::Option* option : verb.get_options()) {
    if (option->count() > 0 && !option->check_name("--resume") && !option->check_name("-o")) {
      return false;
    }
  }
  return true;
}

// Options as they were typed when the run began.
Result<RunOptions> OptionsOf(const std::string& command, const std::string& output) {
  auto words = WordsOf(command);
  if (words.size() < 2 || words[1] != "run") {
    return Error{
        ErrorKind::InvalidInput,
        fmt::format("the command of this run cannot be read: say its options again: {}", command)};
  }
  RunOptions options;
  CLI::App verb;
  AddOptions(verb, options);
  std::vector<std::string> reversed(words.rbegin(), words.rend() - 2);  // as CLI11 wants them
  try {
    verb.parse(reversed);
  } catch (const CLI::ParseError& error) {
    return Error{
        ErrorKind::InvalidInput,
        fmt::format("the command of this run cannot be read: {}: {}", error.what(), command)};
  }
  options.output = output;
  options.resume = true;
  return options;
}

int GoOnAsItBegan(const RunOptions& options, const std::string& command) {
  const auto resumable = FindResumable(options.output);
  if (!resumable) return Complain(resumable.error());
  const auto as_before = OptionsOf(resumable->record.header.command, options.output);
  if (!as_before) return Complain(as_before.error());
  return RunIt(*as_before, command);
}

}  // namespace

void AddRunCommand(CLI::App& program, std::function<int()>& chosen, const std::string& command) {
  CLI::App* verb = program.add_subcommand(
      "run", "run applications through the modes of hosts; write a record and a report");
  auto options = std::make_shared<RunOptions>();
  AddOptions(*verb, *options);
  verb->footer(
      "Examples:\n"
      "  wsgilab run\n"
      "  wsgilab run --suite isolation --checks-only --host engine --host apache\n"
      "  wsgilab run --mode 'daemon/sub/*' --app django_accounts -o out\n"
      "  wsgilab run --host engine --host 'uwsgi*' --host apache --app hello\n"
      "  wsgilab run --host '*' --mode '*/preload' --app django_accounts --processes 4\n"
      "  wsgilab run myproject/wsgi.py --venv venv --url /login/ --profile quick\n"
      "  wsgilab run --interference --host engine --host apache\n"
      "  wsgilab run --import usual --host engine --host engine-3.14 --app hello\n"
      "  wsgilab run --shard 2/3 -o shard2\n"
      "  wsgilab run --resume -o out");
  verb->callback([options, command, verb, &chosen] {
    chosen = [options, command, is_bare = IsBareResumption(*verb, *options)] {
      return is_bare ? GoOnAsItBegan(*options, command) : RunIt(*options, command);
    };
  });
}

}  // namespace harness::command
