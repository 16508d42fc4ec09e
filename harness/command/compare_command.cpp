#include "harness/command/compare_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>

#include "harness/command/arm_spec.h"
#include "harness/command/comparison.h"
#include "harness/command/exit.h"
#include "harness/command/finish.h"
#include "harness/command/places.h"
#include "harness/command/record_file.h"
#include "harness/command/run_folder.h"
#include "harness/command/starting_hosts.h"
#include "reports/compare/compare.h"
#include "reports/compare/records.h"
#include "reports/compare/to_json.h"
#include "reports/compare/to_text.h"
#include "reports/record/reader.h"

namespace harness::command {

namespace compare = reports::compare;
using hosts::base::Result;
using reports::record::Record;

namespace {

constexpr int kRegressed = 1;
constexpr int kInconclusive = 3;
constexpr int kInterrupted = 130;

struct CompareOptions {
  std::string base;
  std::string candidate;
  ComparisonOptions comparison;
  std::vector<std::string> metrics;
  std::string output;
  bool json = false;
};

// What was found, as an exit code: the worst counts.
int ExitCodeOf(const std::vector<compare::ExperimentResult>& results) {
  using compare::Finding;
  bool has_regressed = false;
  bool is_open = false;
  bool is_measured = false;
  for (const compare::ExperimentResult& result : results) {
    for (const compare::Conclusion& conclusion : result.conclusions) {
      is_measured = true;
      switch (conclusion.finding) {
        case Finding::Regressed:
          has_regressed = true;
          break;
        case Finding::NoWorse:
        case Finding::Improved:
          break;
        case Finding::Inconclusive:
        case Finding::NotConfirmed:
        case Finding::Contaminated:
        case Finding::Blind:
          is_open = true;
          break;
      }
    }
  }
  if (has_regressed) return kRegressed;
  if (!is_measured) return kNothingMatched;
  return is_open ? kInconclusive : kPass;
}

// A plan that could never find anything was ordered that way; whatever else goes wrong is a fault of a side, or ours.
int ExitCodeOfFailure(const hosts::base::Error& failure, bool is_of_candidate) {
  if (failure.kind == hosts::base::ErrorKind::InvalidInput) return kBadConfiguration;
  return is_of_candidate ? kRegressed : kHarnessFault;
}

int CompareRecords(const ArmSpec& base, const ArmSpec& candidate, bool json) {
  const auto of_base = reports::record::ReadRecord(*base.record);
  if (!of_base) return Complain(of_base.error().Text(), kBadConfiguration);
  const auto of_candidate = reports::record::ReadRecord(*candidate.record);
  if (!of_candidate) return Complain(of_candidate.error().Text(), kBadConfiguration);
  const auto both = PutSideBySide(*of_base, *of_candidate);
  if (!both) return Complain(both.error().Text(), kNothingMatched);
  fmt::print("{}", json ? compare::ToJson(*both) : compare::ToText(*both));
  return kInconclusive;
}

int CompareSides(const CompareOptions& options,
                 const ArmSpec& base,
                 const ArmSpec& candidate,
                 const Places& places,
                 const std::string& command) {
  const auto keeper = PrepareToStartHosts();
  if (!keeper) return Complain(keeper.error());
  auto prepared = PrepareComparison(base, candidate, options.comparison, options.metrics, places);
  if (!prepared) return Complain(prepared.error());
  const auto folder = MakeFolder(options.output.empty() ? NewRunFolder(places.checkout)
                                                        : std::filesystem::path(options.output));
  if (!folder) return Complain(folder.error());
  const auto path = *folder / "record.jsonl";
  const auto ran = RunComparison(std::move(*prepared), path, command);
  if (!ran) return Complain(ran.error());
  const auto measured = reports::record::ReadRecord(path);
  if (!measured) return Complain(measured.error());
  const auto results = compare::JudgeExperiments(*measured);
  int code = ExitCodeOf(results);
  const bool is_of_candidate = compare::FailuresOfTheCandidateAlone(*measured) > 0;
  if (is_of_candidate) code = kRegressed;
  for (const hosts::base::Error& failure : ran->failures)
    code = std::max(code, ExitCodeOfFailure(failure, is_of_candidate));
  if (ran->was_interrupted) code = kInterrupted;
  if (const auto finished = FinishRecord(path, *measured, "a comparison", code); !finished) {
    return Complain(finished.error());
  }
  if (!measured->experiments.empty()) {
    if (const auto reported = WriteHtmlReport(*folder); !reported)
      return Complain(reported.error());
  }
  fmt::print("{}", options.json ? compare::ToJson(results) : compare::ToText(results));
  if (!options.json)
    fmt::print("record: {}\nreport: {}\n", path.string(), (*folder / "report.html").string());
  for (const hosts::base::Error& failure : ran->failures)
    Complain(failure.Text(), code);
  if (ran->was_interrupted) Complain("interrupted", code);
  return code;
}

int CompareIt(const CompareOptions& options, const std::string& command) {
  const Places places = FindPlaces();
  const auto hosts = HostNames(places);
  const auto base = ParseArmSpec(options.base, hosts);
  if (!base) return Complain(base.error());
  const auto candidate = ParseArmSpec(options.candidate, hosts);
  if (!candidate) return Complain(candidate.error());
  for (const std::string& metric : options.metrics) {
    if (compare::FindMetric(metric) == nullptr) {
      std::vector<std::string_view> names;
      for (const compare::Metric& one : compare::Metrics())
        names.push_back(one.name);
      return Complain(
          fmt::format("no metric is called '{}': there are {}", metric, fmt::join(names, ", ")),
          kMisuse);
    }
  }
  if (base->record && candidate->record) return CompareRecords(*base, *candidate, options.json);
  if (base->record || candidate->record) {
    return Complain(
        "one side is a record and the other is not: compare two records, or two things that can be "
        "run",
        kMisuse);
  }
  return CompareSides(options, *base, *candidate, places, command);
}

}  // namespace

void AddCompareCommand(CLI::App& program,
                       std::function<int()>& chosen,
                       const std::string& command) {
  CLI::App* verb = program.add_subcommand(
      "compare", "two sides, measured against each other in one run; or two records side by side");
  auto options = std::make_shared<CompareOptions>();
  verb->add_option("A",
                   options->base,
                   "the baseline: a mode, a host, host:mode, a wsgilab-host program, a checkout, a "
                   "venv, or a record")
      ->required();
  verb->add_option("B", options->candidate, "what is held against it")->required();
  AddComparisonOptions(*verb, options->comparison);
  verb->add_option("--metric", options->metrics, "only these, e.g. latency_p50_us (default: all)")
      ->expected(1)
      ->take_all();
  verb->add_option("-o", options->output, "folder for the record")->type_name("DIR");
  verb->add_flag("--json",
                 options->json,
                 "for programs: wsgilab schema compare; of two records: side-by-side");
  verb->footer(
      "In each block every side has a fresh host; one at a time is loaded, in balanced order. What "
      "is\n"
      "compared is the ratio within a block. Controls run along: the baseline twice, under another "
      "path\n"
      "and hash seed, and with a delay that must be found.\n"
      "Exit code 0: no worse; 1: worse by more than the margin, twice; 3: it cannot be said; 4: "
      "nothing\n"
      "was measured; 70: a side could not be run (1 where it is the candidate alone). Two records: "
      "a table, and 3, as times of "
      "different\n"
      "runs are not judged.\n"
      "Examples:\n"
      "  wsgilab compare embedded/main/preload daemon/main/preload --app django_accounts\n"
      "  wsgilab compare ../before ../after --mode 'daemon/*' --app hello   (checkouts)\n"
      "  wsgilab compare apache:daemon/main/lazy engine:daemon/main/lazy --app flask_notes\n"
      "  wsgilab compare monday tuesday");
  verb->callback([options, command, &chosen] {
    chosen = [options, command] { return CompareIt(*options, command); };
  });
}

}  // namespace harness::command
