#include "harness/command/comparison.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "harness/adapters/catalogue.h"
#include "harness/adapters/engine_adapter.h"
#include "harness/command/interruption.h"
#include "harness/command/progress.h"
#include "harness/command/venvs.h"
#include "harness/launch/keeper.h"
#include "harness/matrix/mode_names.h"
#include "harness/run/app_tour.h"
#include "harness/run/machine_facts.h"
#include "harness/run/to_record.h"
#include "reports/compare/metrics.h"
#include "reports/record/writer.h"

namespace harness::command {

namespace fs = std::filesystem;
namespace record = reports::record;
using experiment::Arm;
using experiment::Controls;
using experiment::Question;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;
using hosts::deployment::Mode;

namespace {

// A change that must be found has to be well beyond what is no matter.
constexpr double kEffectForMargin = 2.5;
constexpr std::chrono::milliseconds kNoiseProbe{1000};

Error Slip(std::string text) {
  return {ErrorKind::InvalidInput, std::move(text)};
}

Result<Controls> ControlsOf(const std::string& word) {
  if (word == "full") return Controls::Full;
  if (word == "light") return Controls::Light;
  if (word == "off") return Controls::Off;
  return Slip(fmt::format("--controls {}: there are full, light, off", word));
}

bool FitsAny(const std::vector<std::string>& patterns, const std::string& name) {
  return std::ranges::any_of(
      patterns, [&](const std::string& pattern) { return matrix::Matches(pattern, name); });
}

// `venv_of_a_side`: whether one of them is one.
Result<std::vector<matrix::App>> AppsOf(const ComparisonOptions& options,
                                        bool venv_of_a_side,
                                        const Places& places) {
  if (!options.script.empty()) {
    auto app = matrix::AppOfScript(options.script, options.url);
    if (!app) return app.error();
    app->needs_venv = venv_of_a_side || !options.venv.empty();
    // What is compared is in the venvs: a checkout around the script would be found before it, on both sides.
    if (venv_of_a_side) app->project = app->script.parent_path();
    if (!options.requests.empty()) app->tour = fs::absolute(options.requests);
    return std::vector{std::move(*app)};
  }
  auto all = matrix::ReadApps(places.apps);
  if (!all) return all.error();
  const std::vector<std::string> wanted =
      options.apps.empty() ? std::vector<std::string>{"hello"} : options.apps;
  std::vector<std::string> names;
  for (const matrix::App& app : *all)
    names.push_back(app.name);
  std::erase_if(*all, [&](const matrix::App& app) { return !FitsAny(wanted, app.name); });
  if (all->empty()) {
    return Slip(fmt::format("no application is called '{}': there are {}",
                            fmt::join(wanted, "', '"),
                            fmt::join(names, ", ")));
  }
  return all;
}

Result<std::vector<Mode>> ModesOf(const std::vector<std::string>& patterns) {
  std::vector<Mode> modes;
  for (const Mode& mode : hosts::deployment::AllModes()) {
    if (FitsAny(patterns, Name(mode))) modes.push_back(mode);
  }
  if (modes.empty()) {
    return Slip(
        fmt::format("no mode is called '{}': see wsgilab hosts", fmt::join(patterns, "', '")));
  }
  return modes;
}

// A pair of modes for each cell: each side's own, or those that are asked for, or the other side's.
Result<std::vector<std::pair<Mode, Mode>>> PairsOfModes(const ArmSpec& base,
                                                        const ArmSpec& candidate,
                                                        const ComparisonOptions& options) {
  if (!options.modes.empty() && (base.mode || candidate.mode)) {
    return Slip("one side names a mode already: leave --mode out, or the mode of the side");
  }
  if (base.mode && candidate.mode) return std::vector{std::pair(*base.mode, *candidate.mode)};
  const auto given = base.mode ? base.mode : candidate.mode;
  if (given) return std::vector{std::pair(*given, *given)};
  const auto modes = ModesOf(
      options.modes.empty() ? std::vector<std::string>{"embedded/main/preload"} : options.modes);
  if (!modes) return modes.error();
  std::vector<std::pair<Mode, Mode>> pairs;
  for (const Mode& mode : *modes)
    pairs.emplace_back(mode, mode);
  return pairs;
}

std::optional<std::string> WhyNotOffered(const Arm& arm, const Mode& mode) {
  const auto why = arm.adapter->WhyNotOffered(mode);
  if (!why) return std::nullopt;
  return fmt::format("{} has no {}: {}", arm.cell.host, Name(mode), *why);
}

// The hosts of both sides, each asked once for its version.
class Sides {
 public:
  Sides(PreparedComparison& prepared, const ComparisonOptions& options, const Places& places)
      : prepared_(prepared), options_(options), places_(places) {}

  // An arm without a cell and a role.
  Result<Arm> ArmOf(const ArmSpec& spec, const std::string& name) {
    Arm arm;
    arm.name = name;
    const std::string host = spec.host.value_or(std::string(adapters::kEngine));
    auto adapter = spec.program ? MakeEngine(*spec.program) : MakeHost(host);
    if (!adapter) return adapter.error();
    auto version = (*adapter)->Probe();
    if (!version) return version.error().While(spec.text);
    ChooseVenv(spec, **adapter, *version, arm);
    arm.program = Describe(**adapter, *version);
    arm.cell.host = (*adapter)->name();
    Note(**adapter, *version);
    arm.adapter = adapter->get();
    programs_[name] = version->program;
    prepared_.adapters.push_back(std::move(*adapter));
    return arm;
  }

  // An application that needs packages, and an engine for whose Python none are there.
  [[nodiscard]] Result<void> CanHave(const matrix::App& app) const {
    if (app.needs_venv && why_no_venv_) return Slip(*why_no_venv_);
    return {};
  }

  // The baseline's program under another path, where it is one of ours; other hosts have their place in the system.
  Result<std::optional<Arm>> TwinOf(const Arm& base) {
    if (base.cell.host != adapters::kEngine) return std::optional<Arm>();
    auto folder = hosts::base::TemporaryDirectory::Make("wsgilab-the-same-under-another-path");
    if (!folder) return folder.error();
    launch::TellKeeper(folder->path());
    const fs::path copy = folder->path() / "bin" / "wsgilab-host";
    std::error_code problem;
    fs::create_directories(copy.parent_path(), problem);
    if (!problem) fs::copy_file(programs_.at(base.name), copy, problem);
    if (problem) {
      return Error{
          ErrorKind::System,
          fmt::format("cannot copy the baseline to {}: {}", copy.string(), problem.message())};
    }
    prepared_.twin = std::move(*folder);
    Arm twin = base;
    auto adapter = MakeEngine(copy);
    if (const auto version = (*adapter)->Probe()) twin.program = Describe(**adapter, *version);
    twin.adapter = adapter->get();
    prepared_.adapters.push_back(std::move(*adapter));
    return std::optional(std::move(twin));
  }

 private:
  using Adapter = std::unique_ptr<adapters::HostAdapter>;

  // A side that names an environment has that one.
  void ChooseVenv(const ArmSpec& spec,
                  const adapters::HostAdapter& adapter,
                  const adapters::HostVersion& version,
                  Arm& arm) {
    arm.venv =
        spec.venv.value_or(options_.venv.empty() ? places_.venv : fs::absolute(options_.venv));
    const bool is_engine = dynamic_cast<const adapters::EngineAdapter*>(&adapter) != nullptr;
    if (!is_engine || spec.venv) return;
    auto chosen = VenvFor(version, arm.venv);
    if (chosen) {
      arm.venv = std::move(*chosen);
    } else {
      why_no_venv_ = fmt::format("{}: {}", spec.text, chosen.error().message);
    }
  }

  Result<Adapter> MakeEngine(const fs::path& program) {
    return Adapter(
        std::make_unique<adapters::EngineAdapter>(program, adapters::InheritedEnvironment()));
  }
  Result<Adapter> MakeHost(const std::string& name) {
    auto every = adapters::EveryHost(places_.host, places_.peers, adapters::InheritedEnvironment());
    const auto found =
        std::ranges::find_if(every, [&](const Adapter& one) { return one->name() == name; });
    if (found == every.end()) return Slip(fmt::format("no host is called '{}'", name));
    return std::move(*found);
  }

  static std::string Describe(const adapters::HostAdapter& adapter,
                              const adapters::HostVersion& version) {
    std::string text = fmt::format("{} {}", adapter.name(), version.version);
    if (!version.build.empty()) text += fmt::format(" ({})", version.build);
    if (!version.program.empty()) text += fmt::format(" {}", version.program.string());
    return text;
  }

  void Note(const adapters::HostAdapter& adapter, const adapters::HostVersion& version) {
    record::HostVersion line;
    line.name = adapter.name();
    line.version = version.version;
    line.python = version.python;
    line.gils = version.gils;
    if (!version.library.empty()) line.library = version.library;
    if (!version.build.empty()) prepared_.header.machine.build_type = version.build;
    auto& hosts = prepared_.header.hosts;
    const bool is_known = std::ranges::any_of(hosts, [&](const record::HostVersion& one) {
      return one.name == line.name && one.version == line.version;
    });
    if (!is_known) hosts.push_back(std::move(line));
  }

  PreparedComparison& prepared_;
  const ComparisonOptions& options_;
  const Places& places_;
  std::map<std::string, fs::path> programs_;
  std::optional<std::string> why_no_venv_;  // for a side's Python
};

std::string IdOf(const Arm& base, const Arm& candidate, const ArmSpec& from, const ArmSpec& to) {
  if (base.cell.id() == candidate.cell.id()) {
    return fmt::format("{}: {} against {}", base.cell.id(), to.text, from.text);
  }
  return fmt::format("{} against {}", candidate.cell.id(), base.cell.id());
}

}  // namespace

std::vector<std::string> PreparedComparison::cells() const {
  std::vector<std::string> ids;
  for (const Question& question : questions)
    ids.push_back(question.candidate.cell.id());
  return ids;
}

void PreparedComparison::ShareAmong(std::size_t comparisons) {
  for (Question& question : questions)
    question.comparisons = std::max<std::size_t>(1, comparisons);
}

double PercentileOf(const std::vector<std::string>& metrics) {
  const auto has = [&](std::string_view name) {
    return std::ranges::find(metrics, name) != metrics.end();
  };
  if (has("latency_p999_us")) return 99.9;
  if (has("latency_p99_us")) return 99;
  return 50;
}

CLI::Validator Share() {
  return {[](std::string& text) -> std::string {
            std::string number = text;
            const bool is_percent = number.ends_with("%");
            if (is_percent) number.pop_back();
            double value = 0;
            const auto [end, problem] =
                std::from_chars(number.data(), number.data() + number.size(), value);
            if (problem != std::errc() || end != number.data() + number.size()) {
              return fmt::format("'{}' is no share: write 5% or 0.05", text);
            }
            if (is_percent) value /= 100;
            if (!(value >= 0 && value < 10))
              return fmt::format("{} is out of range: 0% to 999%", text);
            text = fmt::format("{}", value);
            return {};
          },
          "SHARE"};
}

void AddComparisonOptions(CLI::App& verb, ComparisonOptions& options) {
  const std::map<std::string, double> units{{"ms", 1}, {"s", 1000}, {"min", 60'000}};
  verb.add_option(
          "--app", options.apps, "these applications (default: hello; * and ? are patterns)")
      ->type_name("APP")
      ->expected(1)
      ->take_all();
  verb.add_option("--mode", options.modes, "in these modes (default: embedded/main/preload)")
      ->type_name("MODE")
      ->expected(1)
      ->take_all();
  verb.add_option("--script", options.script, "your own WSGI script, instead of the catalogue's")
      ->type_name("FILE");
  verb.add_option("--url", options.url, "the path to ask your own script for (default /)")
      ->type_name("PATH");
  verb.add_option(
          "--request",
          options.requests,
          "instead of --url: a file with what to ask it and what must come (apps/README.md has "
          "the format)")
      ->type_name("FILE");
  verb.add_option("--venv,--python-home", options.venv, "the applications' Python environment")
      ->type_name("DIR");
  verb.add_option("--margin", options.margin, "how much worse is no matter (default 2%)")
      ->transform(Share());
  verb.add_option("--effect",
                  options.effect,
                  "what must not be missed: the control's delay (default: 2.5 margins)")
      ->transform(Share());
  verb.add_option(
          "--inject", options.inject, "put a delay of this share into the candidate: is it found?")
      ->transform(Share());
  verb.add_option("--within", options.within_ms, "time for everything (default 4min)")
      ->transform(CLI::AsNumberWithUnit(units, CLI::AsNumberWithUnit::UNIT_REQUIRED, "TIME"));
  verb.add_option(
          "--window", options.window_ms, "how long a window of load is at least (default 100ms)")
      ->transform(CLI::AsNumberWithUnit(units, CLI::AsNumberWithUnit::UNIT_REQUIRED, "TIME"));
  verb.add_option("--blocks", options.blocks, "so many blocks, however long they take")
      ->check(CLI::Range(1, 10'000));
  verb.add_option("--looks",
                  options.looks,
                  "so often it is looked whether it may end sooner: planned, and paid for")
      ->check(CLI::Range(1, 10));
  verb.add_option("--connections", options.connections, "clients at the same time (default 1)")
      ->check(CLI::Range(1, 1000));
  verb.add_option("--seed", options.seed, "of the orders; that of an earlier run repeats it");
  verb.add_option("--controls", options.controls, "full, light or off")->capture_default_str();
  verb.add_flag(
      "--once", options.once, "do not repeat in reversed order what speaks against the candidate");
}

std::vector<std::string> HostNames(const Places& places) {
  std::vector<std::string> names;
  for (const auto& host :
       adapters::EveryHost(places.host, places.peers, adapters::InheritedEnvironment()))
    names.emplace_back(host->name());
  return names;
}

Result<PreparedComparison> PrepareComparison(const ArmSpec& base,
                                             const ArmSpec& candidate,
                                             const ComparisonOptions& options,
                                             const std::vector<std::string>& metrics,
                                             const Places& places) {
  const auto controls = ControlsOf(options.controls);
  if (!controls) return controls.error();
  const auto apps = AppsOf(options, base.venv || candidate.venv, places);
  if (!apps) return apps.error();
  const auto pairs = PairsOfModes(base, candidate, options);
  if (!pairs) return pairs.error();
  auto script_template = hosts::base::ReadFile(places.apps / "placement" / "cell_script.py.in");
  if (!script_template) return script_template.error();
  auto data = run::PreparedData::Make();
  if (!data) return data.error();

  PreparedComparison prepared;
  prepared.header.machine = run::MachineFacts();
  prepared.header.profile = "experiment";
  prepared.header.revision = run::Revision(places.checkout);
  Sides sides(prepared, options, places);
  auto base_arm = sides.ArmOf(base, "base");
  if (!base_arm) return base_arm.error();
  auto candidate_arm = sides.ArmOf(candidate, "candidate");
  if (!candidate_arm) return candidate_arm.error();
  candidate_arm->role = record::ArmRole::Candidate;
  auto twin = sides.TwinOf(*base_arm);
  if (!twin) return twin.error();
  prepared.data.emplace(std::move(*data));

  std::string skipped;
  const auto seed = options.seed != 0
                        ? options.seed
                        : static_cast<std::uint64_t>(run::SecondsSinceEpoch()) % 1'000'000;
  for (const matrix::App& app : *apps) {
    if (auto can = sides.CanHave(app); !can) return can.error();
    auto app_data = prepared.data->Of(app, base_arm->venv);
    if (!app_data) return app_data.error();
    auto tour = run::TourOf(app);
    if (!tour) return tour.error();
    for (const auto& [mode, other_mode] : *pairs) {
      auto why_not = WhyNotOffered(*base_arm, mode);
      if (!why_not) why_not = WhyNotOffered(*candidate_arm, other_mode);
      // A pattern may fit what only newer Pythons have.
      if (why_not && matrix::IsOnlyWhereOffered(mode) && pairs->size() > 1) {
        skipped = *why_not;
        continue;
      }
      if (why_not) return Slip(*why_not);
      Question question;
      question.base = *base_arm;
      question.candidate = *candidate_arm;
      question.base.cell.app = question.candidate.cell.app = app;
      question.base.cell.mode = mode;
      question.candidate.cell.mode = other_mode;
      if (*twin) {
        question.twin = **twin;
        question.twin->cell = question.base.cell;
      }
      question.id = IdOf(question.base, question.candidate, base, candidate);
      question.controls = *controls;
      question.effect = options.effect > 0 ? options.effect : kEffectForMargin * options.margin;
      question.injected = options.inject;
      question.confirms = !options.once;
      question.judging.margin = options.margin;
      question.judging.looks = options.looks;
      question.judging.metrics = metrics;
      question.effort.seed = seed;
      question.effort.connections = options.connections;
      question.effort.percentile = PercentileOf(metrics);
      question.effort.window = std::chrono::milliseconds(static_cast<int>(options.window_ms));
      if (options.blocks > 0) question.effort.blocks = options.blocks;
      prepared.questions.push_back(std::move(question));
      experiment::Beginning beginning;
      beginning.script_template = *script_template;
      beginning.tour = *tour;
      beginning.data = *app_data;
      prepared.beginnings.push_back(std::move(beginning));
    }
  }
  if (prepared.questions.empty()) return Slip(skipped);
  prepared.ShareAmong(prepared.questions.size() *
                      (metrics.empty() ? reports::compare::Metrics().size() : metrics.size()));
  const auto share = options.within_ms / 1e3 / static_cast<double>(prepared.questions.size());
  for (Question& question : prepared.questions)
    question.effort.within = std::chrono::seconds(static_cast<int>(share));
  return prepared;
}

Result<ComparisonRun> RunComparison(PreparedComparison prepared,
                                    const fs::path& path,
                                    const std::string& command) {
  auto writer = record::RecordWriter::Open(path);
  if (!writer) return writer.error();
  std::optional<Error> write_failure;
  const auto write = [&](const record::Line& line) {
    if (write_failure) return;
    if (const auto written = writer->Write(line); !written) write_failure = written.error();
  };
  prepared.header.run = path.parent_path().filename().string();
  prepared.header.command = command;
  prepared.header.started_at = run::SecondsSinceEpoch();
  prepared.header.machine.noise = run::ProbedNoise(kNoiseProbe);
  write(prepared.header);

  Progress progress(stdout, KindOf(stdout));
  ComparisonRun run;
  for (std::size_t index = 0; index < prepared.questions.size(); ++index) {
    const Question& question = prepared.questions[index];
    progress.CellBegins(question.id, index + 1, prepared.questions.size());
    const experiment::Observer observer{
        .write = write,
        .block_begins =
            [&](int block, int blocks) {
              progress.PhaseBegins(fmt::format("block {} of {}", block, blocks));
            },
        .is_interrupted = [&] { return IsInterrupted() || write_failure.has_value(); },
        .is_enough = {}};
    const auto ending = experiment::CompareArms(question, prepared.beginnings[index], observer);
    if (write_failure) return *write_failure;
    if (!ending) {
      run.failures.push_back(ending.error().While(question.id));
      write(record::NotMeasured{question.id, ending.error().Text()});
      continue;
    }
    run.was_interrupted = *ending == experiment::Ending::Interrupted;
    if (run.was_interrupted) break;
  }
  progress.Clear();
  if (write_failure) return *write_failure;
  return run;
}

}  // namespace harness::command
