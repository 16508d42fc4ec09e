#include "harness/command/check_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "harness/adapters/ask_program.h"
#include "harness/adapters/engine_adapter.h"
#include "harness/command/exit.h"
#include "harness/command/finish.h"
#include "harness/command/interruption.h"
#include "harness/command/places.h"
#include "harness/command/progress.h"
#include "harness/command/run_folder.h"
#include "harness/command/starting_hosts.h"
#include "harness/examine/examination.h"
#include "harness/examine/inventory.h"
#include "harness/examine/subject.h"
#include "harness/matrix/expansion.h"
#include "harness/matrix/mode_names.h"
#include "harness/run/databases.h"
#include "harness/run/run.h"
#include "hosts/base/files.h"
#include "reports/fitness/company.h"
#include "reports/fitness/fitness_text.h"
#include "reports/record/reader.h"

namespace harness::command {

namespace fs = std::filesystem;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;

namespace {

struct CheckOptions {
  std::string what;  // SCRIPT|CONFIG
  examine::SubjectOptions subject;
  std::vector<std::string> modes;
  std::string profile = "smoke";
  std::string output;
  std::optional<int> processes;
  std::optional<int> threads;
  bool no_load = false;
  bool no_imports = false;
  bool no_copies = false;
  bool json = false;
};

int Columns() {
  winsize size{};
  const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40;
  return known ? size.ws_col : 100;
}

// In their order; those of the patterns. The verdicts and the configurations to use do not speak of interpreters with a GIL
// of their own.
Result<std::vector<hosts::deployment::Mode>> ModesOf(const std::vector<std::string>& patterns) {
  std::vector<hosts::deployment::Mode> modes;
  for (const hosts::deployment::Mode& mode : hosts::deployment::AllModes()) {
    if (matrix::IsOnlyWhereOffered(mode)) continue;
    const bool is_wanted =
        patterns.empty() || std::ranges::any_of(patterns, [&](const std::string& pattern) {
          return matrix::Matches(pattern, Name(mode));
        });
    if (is_wanted) modes.push_back(mode);
  }
  if (!modes.empty()) return modes;
  return Error{
      ErrorKind::InvalidInput,
      fmt::format(
          "no mode that wsgilab check judges is called {}: they are embedded or daemon, main "
          "or sub, lazy or preload",
          fmt::join(patterns, ", "))};
}

Result<std::vector<examine::Subject>> SubjectsOf(const CheckOptions& options,
                                                 const Places& places) {
  if (!fs::is_regular_file(options.what)) {
    return Error{ErrorKind::NotFound,
                 fmt::format("{}: there is no such script or configuration", options.what)};
  }
  if (!examine::IsConfiguration(options.what)) {
    auto subject = examine::SubjectOfScript(options.what, options.subject);
    if (!subject) return subject.error();
    return std::vector<examine::Subject>{std::move(*subject)};
  }
  const auto explained = adapters::AskProgram(
      places.host, adapters::InheritedEnvironment(), {"explain", options.what, "--json"});
  if (!explained) return Error{ErrorKind::InvalidInput, explained.error().message};
  return examine::SubjectsOfConfiguration(*explained, options.subject);
}

// The same command with only one mode, as it stands in a report.
std::string CommandFor(const std::string& command) {
  return command.find(" --mode") == std::string::npos ? command
                                                      : command.substr(0, command.find(" --mode"));
}

void UseCopies(std::vector<examine::Subject>& subjects,
               const std::vector<matrix::Database>& databases) {
  for (examine::Subject& subject : subjects) {
    subject.app.databases = databases;
    for (const matrix::Database& database : databases)
      subject.line.databases.push_back({.file = database.file.string()});
  }
}

struct Checking {
  std::vector<std::unique_ptr<adapters::HostAdapter>> adapters;
  run::RunOrder order;
  std::unique_ptr<examine::Examination> examination;
  std::optional<run::Snapshots> snapshots;
};

Result<std::unique_ptr<Checking>> Prepare(const CheckOptions& options,
                                          const Places& places,
                                          const std::string& command) {
  auto checking = std::make_unique<Checking>();
  auto subjects = SubjectsOf(options, places);
  if (!subjects) return subjects.error();
  auto modes = ModesOf(options.modes);
  if (!modes) return modes.error();
  if (!options.subject.copies.empty()) {
    auto taken =
        run::TakeSnapshots(options.subject.copies, places.apps / "examine" / "snapshot.py");
    if (!taken) return taken.error();
    checking->snapshots.emplace(std::move(*taken));
    UseCopies(*subjects, checking->snapshots->databases);
  }
  const auto profile = run::FindProfile(options.profile);
  if (!profile) {
    return Error{
        ErrorKind::InvalidInput,
        fmt::format("no profile is called '{}': there are smoke, quick, full", options.profile)};
  }
  checking->adapters.push_back(
      std::make_unique<adapters::EngineAdapter>(places.host, adapters::InheritedEnvironment()));
  const adapters::HostAdapter& engine = *checking->adapters.front();
  auto version = engine.Probe();
  if (!version) return version.error();
  run::RunOrder& order = checking->order;
  order.command = command;
  order.checkout = places.checkout;
  order.profile = *profile;
  order.surroundings.venv = places.venv;
  order.surroundings.processes = options.processes;
  order.surroundings.threads = options.threads;
  auto text = hosts::base::ReadFile(places.apps / "placement" / "cell_script.py.in");
  if (!text) return text.error();
  order.surroundings.script_template = std::move(*text);
  order.hosts.push_back({&engine, *version});
  for (examine::Subject& subject : *subjects) {
    const auto python =
        examine::FindPython(run::PythonHomeOf(subject.app, order.surroundings), version->python);
    if (!python && python.error().kind == ErrorKind::InvalidInput) return python.error();
    subject.app.reproduce = CommandFor(command);
    subject.line.processes = options.processes.value_or(1);
    subject.line.threads = options.threads.value_or(5);
    for (const hosts::deployment::Mode& mode : *modes) {
      if (!options.no_load)
        order.expansion.cells.push_back({std::string(engine.name()), mode, subject.app});
    }
  }
  examine::ExaminationOrder wanted;
  wanted.stage = {&engine, order.surroundings, profile->patience, [] { return IsInterrupted(); }};
  wanted.subjects = std::move(*subjects);
  wanted.modes = std::move(*modes);
  wanted.host = engine.name();
  wanted.host_python = version->python;
  wanted.folder = places.apps / "examine";
  wanted.with_imports = !options.no_imports;
  wanted.with_copies = !options.no_copies;
  checking->examination = std::make_unique<examine::Examination>(std::move(wanted));
  order.why_skipped = [&examination = *checking->examination](const matrix::Cell& cell) {
    return examination.WhySkipped(cell);
  };
  order.tour_of = [&examination = *checking->examination](const matrix::App& app) {
    return examination.TourOf(app);
  };
  return checking;
}

int CheckIt(const CheckOptions& options, const std::string& command) {
  const Places places = FindPlaces();
  auto checking = Prepare(options, places, command);
  if (!checking) return Complain(checking.error());
  const auto folder =
      MakeFolder(options.output.empty() ? NewRunFolder(places.checkout) : fs::path(options.output));
  if (!folder) return Complain(folder.error());
  run::RunOrder& order = (*checking)->order;
  order.name = folder->filename().string();
  order.record = *folder / "record.jsonl";
  const auto keeper = PrepareToStartHosts();
  if (!keeper) return Complain(keeper.error());
  std::FILE* watched = options.json ? stderr : stdout;
  Progress progress(watched, KindOf(watched));
  order.examine = [&](const std::function<void(reports::record::Line)>& write) {
    (*checking)->examination->Run(write, [&](std::string_view what) { progress.StepBegins(what); });
  };
  const run::RunObserver observer{
      .cell_begins = [&](std::string_view cell,
                         size_t number,
                         size_t total) { progress.CellBegins(cell, number, total); },
      .phase_begins = [&](std::string_view phase) { progress.PhaseBegins(phase); },
      .cell_ends = [&](const reports::record::Cell& cell) { progress.CellEnds(cell); },
      .checks_begin = [](int) {},
      .check_ends = [](const reports::record::Check&) {},
      .is_interrupted = [] { return IsInterrupted(); },
  };
  const auto exit_code = run::Run(order, observer);
  progress.Clear();
  if (!exit_code) return Complain(exit_code.error());
  const auto record = reports::record::ReadRecord(order.record);
  if (!record) return Complain(record.error());
  if (options.json) {
    fmt::print("{}", reports::fitness::RenderFitnessJson(*record));
  } else {
    fmt::print("{}", reports::fitness::RenderFitness(*record, Columns()));
  }
  if (const auto written = WriteHtmlReport(*folder); !written) return Complain(written.error());
  const std::string directives = reports::fitness::ConfigurationOf(*record);
  const fs::path configuration = *folder / "site.conf";
  if (!directives.empty()) {
    if (const auto written = hosts::base::WriteFile(configuration, directives); !written)
      return Complain(written.error());
  }
  if (!options.json) {
    fmt::print(
        "record: {}\nreport: {}\n", order.record.string(), (*folder / "report.html").string());
    if (!directives.empty()) {
      fmt::print("configuration: {}\ntry it: wsgilab serve {} --listen 127.0.0.1:8000\n",
                 configuration.string(),
                 configuration.string());
    }
  }
  return static_cast<int>(*exit_code);
}

void AddOptions(CLI::App& verb, CheckOptions& options) {
  verb.add_option("what", options.what, "your WSGI script, or a configuration with WSGIScriptAlias")
      ->type_name("SCRIPT|CONFIG")
      ->required();
  verb.add_option("--python-home,--venv", options.subject.python_home, "its virtual environment")
      ->type_name("VENV");
  verb.add_option("--url", options.subject.urls, "a path to ask for, with GET (default /)")
      ->type_name("PATH")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
  verb.add_option("--request",
                  options.subject.requests,
                  "instead of --url: a file with what to ask, forms and logins too (apps/README.md "
                  "has the format)")
      ->type_name("FILE");
  verb.add_option(
          "--copy",
          options.subject.copies,
          "an SQLite file that it opens: each host gets a copy, and the file is not written to")
      ->type_name("FILE")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
  verb.add_option(
      "--callable", options.subject.callable, "its name in the script (default application)");
  verb.add_option("--project",
                  options.subject.project,
                  "the folder that is on its Python path, and its home (default: the one above its "
                  "package)")
      ->type_name("DIR");
  verb.add_option("--python-path", options.subject.python_path, "folders besides that one")
      ->type_name("DIR")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
  verb.add_option("--env",
                  options.subject.environment,
                  "a variable of its environment; NAME alone: as it is here")
      ->type_name("NAME[=VALUE]")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
  verb.add_option("--server-name", options.subject.server_name, "the name that requests ask for")
      ->type_name("NAME")
      ->capture_default_str();
  verb.add_option("--mode", options.modes, "only modes of this pattern, with * and ?")
      ->type_name("MODE")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
  verb.add_option("--processes", options.processes, "that run it (default 1)")
      ->check(CLI::Range(1, 64));
  verb.add_option("--threads", options.threads, "of each of them (default 5)")
      ->check(CLI::Range(1, 256));
  verb.add_option("--profile", options.profile, "how long to measure: smoke, quick or full")
      ->capture_default_str();
  verb.add_flag("--no-load", options.no_load, "ask, and measure nothing: no load is put on it");
  verb.add_flag("--no-imports", options.no_imports, "do not try to import what is installed");
  verb.add_flag("--no-copies", options.no_copies, "do not run two copies of it in one process");
  verb.add_flag("--json", options.json, "for programs: wsgilab schema check");
  verb.add_option("-o",
                  options.output,
                  "folder for the record and the report (default: a new one below build/runs of "
                  "the checkout)")
      ->type_name("DIR");
}

}  // namespace

void AddCheckCommand(CLI::App& program, std::function<int()>& chosen, const std::string& command) {
  CLI::App* verb = program.add_subcommand(
      "check", "your own application through every mode: a verdict for each, and what to write");
  auto options = std::make_shared<CheckOptions>();
  AddOptions(*verb, *options);
  verb->footer(
      "Your application is asked with GET, as often as the load takes, unless --request names "
      "more; nothing of it is changed but by what\n"
      "the requests ask for: name its SQLite file with --copy, and what they write is written to "
      "copies.\n"
      "Exit codes: 0 it works in some mode, 1 it works in none or not as it is configured, 2 "
      "misuse.\n"
      "Examples:\n"
      "  wsgilab check mysite/wsgi.py --python-home venv --url /login/ --url /\n"
      "  wsgilab check notes.py --callable app --env DATABASE_URL --no-load\n"
      "  wsgilab check mysite/wsgi.py --python-home venv --request login.json --copy db.sqlite3\n"
      "  wsgilab check /etc/apache2/sites-enabled/site.conf --url /");
  verb->callback([options, command, &chosen] {
    chosen = [options, command] { return CheckIt(*options, command); };
  });
}

}  // namespace harness::command
