#include "harness/command/trend_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/command/comparison.h"
#include "harness/command/exit.h"
#include "harness/command/record_file.h"
#include "hosts/base/pattern.h"
#include "reports/compare/metrics.h"
#include "reports/html/trend_page.h"
#include "reports/record/reader.h"
#include "reports/trend/to_text.h"
#include "reports/trend/trend.h"

namespace harness::command {

namespace compare = reports::compare;
namespace trend = reports::trend;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Regex;
using hosts::base::Result;

namespace {

struct TrendOptions {
  std::vector<std::string> runs;
  std::vector<std::string> metrics;
  std::vector<std::string> hosts;
  std::vector<std::string> modes;
  std::vector<std::string> apps;
  std::string regex;
  std::vector<std::string> outputs;
  double margin = 0.05;
  bool fail_on_change = false;
  bool across_machines = false;
  bool all = false;
  bool json = false;
};

bool FitsAny(std::string_view text, const std::vector<std::string>& globs) {
  return globs.empty() || std::ranges::any_of(globs, [&](const std::string& glob) {
           return FitsGlob(text, glob, hosts::base::Slashes::DoNotCount);
         });
}

// host/process/interpreter/loading/app
bool IsWanted(const TrendOptions& options,
              const std::optional<Regex>& regex,
              const std::string& cell) {
  const size_t host = std::min(cell.find('/'), cell.size());
  const size_t app = std::max(cell.rfind('/'), host);
  if (app == std::string::npos || app == host) return false;
  const std::string_view whole(cell);
  return FitsAny(whole.substr(0, host), options.hosts) &&
         FitsAny(whole.substr(host + 1, app - host - 1), options.modes) &&
         FitsAny(whole.substr(app + 1), options.apps) && (!regex || regex->Fits(cell));
}

Result<trend::Choice> ChoiceOf(const TrendOptions& options) {
  trend::Choice choice;
  choice.machines = options.across_machines ? trend::Machines::Together : trend::Machines::Apart;
  choice.metrics = trend::UsualMetrics();
  if (!options.metrics.empty()) choice.metrics.clear();
  for (const std::string& name : options.metrics) {
    const compare::Metric* metric = compare::FindMetric(name);
    if (metric == nullptr) {
      std::vector<std::string_view> names;
      for (const compare::Metric& one : compare::Metrics())
        names.push_back(one.name);
      return Error{
          ErrorKind::InvalidInput,
          fmt::format("no metric is called '{}': there are {}", name, fmt::join(names, ", "))};
    }
    choice.metrics.push_back(metric);
  }
  std::optional<Regex> regex;
  if (!options.regex.empty()) {
    auto compiled = Regex::Compile(options.regex);
    if (!compiled) return compiled.error().While("-k");
    regex = std::move(*compiled);
  }
  choice.wants_cell = [options, regex](const std::string& cell) {
    return IsWanted(options, regex, cell);
  };
  return choice;
}

int ExitCodeOf(const TrendOptions& options, const trend::Trend& found) {
  if (!options.fail_on_change) return kPass;
  if (!trend::WorseNow(found, options.margin).empty()) return kFailed;
  return found.judged == 0 ? kInconclusive : kPass;
}

Result<std::string> Render(const TrendOptions& options,
                           const trend::Trend& found,
                           const std::string& form) {
  if (form == "json") return trend::ToJson(found, options.margin);
  if (form == "csv") return trend::ToCsv(found);
  if (form == "html") return reports::html::RenderTrend(found, options.margin);
  if (form == "text") {
    return trend::ToText(
        found, options.margin, options.all ? trend::Show::All : trend::Show::Changed);
  }
  return Error{ErrorKind::InvalidInput,
               fmt::format("no trend has the form '{}': there are text, html, json, csv", form)};
}

int ShowTrend(const TrendOptions& options) {
  const auto choice = ChoiceOf(options);
  if (!choice) return Complain(choice.error());
  std::vector<trend::Run> runs;
  for (const std::string& name : options.runs) {
    const auto file = RecordFileOf(name);
    if (!file) return Complain(file.error());
    const auto record = reports::record::ReadRecord(*file);
    if (!record) return Complain(record.error().Text(), kBadConfiguration);
    runs.push_back(trend::RunOf(*record, file->string()));
  }
  const trend::Trend found = trend::FindTrend(std::move(runs), *choice);
  if (found.series.empty()) {
    return Complain(
        "no cell of these runs that was measured is asked for: see wsgilab trend --help",
        kNothingMatched);
  }
  if (options.outputs.empty()) {
    fmt::print("{}", *Render(options, found, options.json ? "json" : "text"));
  }
  for (const std::string& output : options.outputs) {
    const auto written =
        WriteForm(output, [&](const std::string& form) { return Render(options, found, form); });
    if (!written) return Complain(written.error());
  }
  return ExitCodeOf(options, found);
}

void AddFilters(CLI::App& verb, TrendOptions& options) {
  struct Row {
    const char* name;
    std::vector<std::string>& values;
    const char* meaning;
    const char* type;
  };
  for (const Row& row :
       {Row{"--metric", options.metrics, "only these, e.g. latency_p50_us", "NAME"},
        Row{"--host", options.hosts, "only these hosts", "HOST"},
        Row{"--mode", options.modes, "only these modes, e.g. 'daemon/*'", "MODE"},
        Row{"--app", options.apps, "only these applications", "APP"}}) {
    verb.add_option(row.name, row.values, row.meaning)
        ->expected(1)
        ->take_all()
        ->allow_extra_args(false)
        ->type_name(row.type);
  }
  verb.add_option("-k", options.regex, "only cells whose id matches")->type_name("REGEX");
}

}  // namespace

void AddTrendCommand(CLI::App& program, std::function<int()>& chosen) {
  CLI::App* verb = program.add_subcommand(
      "trend", "the history of many runs: what has changed, and since which of them");
  auto options = std::make_shared<TrendOptions>();
  verb->add_option("run", options->runs, "the folders of runs, or their record.jsonl, in any order")
      ->required()
      ->type_name("RUN");
  AddFilters(*verb, *options);
  verb->add_flag("--across-machines",
                 options->across_machines,
                 "put runs of different machines into one series: you say that they are alike");
  verb->add_flag("--all", options->all, "also what has not changed");
  verb->add_option("--margin", options->margin, "how much worse is no matter (default 5%)")
      ->transform(Share())
      ->type_name("SHARE");
  verb->add_flag("--fail-on-change",
                 options->fail_on_change,
                 "exit code 1 if the newest level of anything is worse than the one before it by "
                 "more than --margin");
  verb->add_flag("--json", options->json, "for programs: wsgilab schema trend");
  verb->add_option("-o", options->outputs, "a form and a file, - for the terminal")
      ->type_name("html=F|text=F|json=F|csv=F")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);
  verb->footer(
      "Runs are put in the order in which they began. Each cell and metric is a series; where its "
      "level changes,\n"
      "the run is named, with how much and how surely. However many series there are, of what is "
      "called a change\n"
      "5 % at most is none. Runs of different machines, Pythons or profiles are different series. "
      "At least 8 runs\n"
      "are needed, more if there are many series; what could have been seen is said.\n"
      "Exit code 0, 1 with --fail-on-change, 3 with it when there are too few runs, 4 when nothing "
      "matched.\n"
      "Examples:\n"
      "  wsgilab trend runs/* -o html=trend.html\n"
      "  wsgilab trend runs/* --app hello --metric latency_p50_us --fail-on-change");
  verb->callback([options, &chosen] { chosen = [options] { return ShowTrend(*options); }; });
}

}  // namespace harness::command
