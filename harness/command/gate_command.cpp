#include "harness/command/gate_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>

#include "harness/command/arm_spec.h"
#include "harness/command/comparison.h"
#include "harness/command/exit.h"
#include "harness/command/finish.h"
#include "harness/command/gated_record.h"
#include "harness/command/places.h"
#include "harness/command/run_folder.h"
#include "harness/command/starting_hosts.h"
#include "reports/compare/compare.h"
#include "reports/compare/to_json.h"
#include "reports/compare/to_text.h"
#include "reports/gate/experiments.h"
#include "reports/gate/judge.h"
#include "reports/gate/left_out.h"
#include "reports/gate/refusal.h"
#include "reports/gate/rules.h"
#include "reports/notation/notation.h"
#include "reports/record/reader.h"

namespace harness::command {

namespace fs = std::filesystem;
namespace gate = reports::gate;
using gate::Rule;
using hosts::base::Error;
using hosts::base::ErrorKind;
using hosts::base::Result;
using reports::record::Record;

namespace {

constexpr int kInterrupted = 130;

struct GateOptions {
  std::string candidate;
  std::string baseline;
  std::string rules;
  std::string run;  // the record that rules with a number for a limit are held against
  ComparisonOptions comparison;
  bool has_margin = false;
  std::string output;
  bool prints_rules = false;
  bool simple_exit = false;
  bool json = false;
};

Result<std::vector<Rule>> RulesOf(const GateOptions& options, const gate::Askable& askable) {
  if (options.rules.empty()) return gate::DefaultRules(askable);
  return gate::ReadRules(options.rules);
}

// Says of each rule that is left out why it is.
gate::Sorted ApplicableOf(std::vector<Rule> rules, const gate::Lacking& lacking) {
  gate::Sorted sorted = gate::LeaveOut(std::move(rules), lacking);
  for (const gate::RuleOutcome& outcome : sorted.left_out) {
    fmt::print(stderr, "left out: {}: {}\n", outcome.name, fmt::join(outcome.evidence, "; "));
  }
  return sorted;
}

void AddLeftOut(std::vector<gate::RuleOutcome> left_out, gate::Judgement& judgement) {
  std::ranges::move(left_out, std::back_inserter(judgement.outcomes));
}

gate::Lacking LackingOf(const Record& run) {
  return {.cells = run.header.plan.cells.empty() ? "this run has no cells" : "",
          .checks = run.checks.empty() ? "this run has no checks" : "",
          .baseline = ""};
}

// One line for each, and the exit code for all.
int Refuse(const std::vector<Error>& refused) {
  for (const Error& error : refused)
    Complain(error.Text(), kBadConfiguration);
  return kBadConfiguration;
}

bool IsAboutABaseline(const Rule& rule) {
  return rule.expression.is_relative;
}

nlohmann::ordered_json ToJson(const gate::Judgement& judgement, int exit_code) {
  nlohmann::ordered_json json{{"schema", "wsgilab-gate/1"},
                              {"exit_code", exit_code},
                              {"reasons", nlohmann::ordered_json::array()},
                              {"problems", judgement.problems},
                              {"rules", nlohmann::ordered_json::array()}};
  for (const gate::Reason reason : judgement.reasons)
    json["reasons"].push_back(std::string(gate::Words(reason)));
  for (const gate::RuleOutcome& outcome : judgement.outcomes) {
    json["rules"].push_back({{"name", outcome.name},
                             {"expect", outcome.expression},
                             {"standing", std::string(Name(outcome.standing))},
                             {"evidence", outcome.evidence}});
  }
  return json;
}

int ExitCodeOf(const gate::Judgement& judgement, bool is_simple) {
  return is_simple ? gate::SimpleExitCodeOf(judgement.reasons) : judgement.exit_code();
}

void Print(const gate::Judgement& judgement, int code, const GateOptions& options) {
  fmt::print(
      "{}", options.json ? ToJson(judgement, code).dump(1) + "\n" : gate::JudgementText(judgement));
}

// ---- A record.

int GateRecord(const GateOptions& options,
               const ArmSpec& candidate,
               const std::optional<ArmSpec>& base) {
  const auto record = reports::record::ReadRecord(*candidate.record);
  if (!record) return Complain(record.error().Text(), kBadConfiguration);
  std::optional<Record> baseline;
  if (base) {
    auto read = reports::record::ReadRecord(*base->record);
    if (!read) return Complain(read.error().Text(), kBadConfiguration);
    baseline = std::move(*read);
  }
  const bool has_checks = !record->checks.empty();
  auto all_rules = RulesOf(options,
                           {.cells = !record->header.plan.cells.empty(),
                            .checks = has_checks,
                            .baseline = base.has_value()});
  if (!all_rules) return Complain(all_rules.error().Text(), kBadConfiguration);
  gate::Lacking lacking = LackingOf(*record);
  lacking.baseline = base ? lacking.cells : "there is no baseline: name one with --baseline";
  auto [rules, left_out] = ApplicableOf(std::move(*all_rules), lacking);
  gate::RunPlan plan{.cells = record->header.plan.cells,
                     .has_checks = has_checks,
                     .answers = {},
                     .comparison = {}};
  // What is held against another record is no comparison of pairs: it needs not so many of them.
  if (base) plan.comparison = reports::statistics::ComparisonPlan{.pairs = 1'000'000};
  if (const auto refused = gate::WhyRefused(rules, plan); !refused.empty()) return Refuse(refused);
  gate::Judgement judgement =
      gate::Judge(rules, {.record = &*record, .baseline = baseline ? &*baseline : nullptr});
  AddLeftOut(std::move(left_out), judgement);
  const int code = ExitCodeOf(judgement, options.simple_exit);
  if (!options.output.empty()) {
    const auto written = WriteGatedRecord(*candidate.record, judgement, code, options.output);
    if (!written) return Complain(written.error());
  }
  Print(judgement, code, options);
  return code;
}

// ---- A candidate beside its baseline.

// What experiments cannot answer, with its position.
std::vector<Error> WhyNotOfExperiments(const std::vector<Rule>& rules, bool has_run) {
  std::vector<Error> refused;
  for (const Rule& rule : rules) {
    if (!IsAboutABaseline(rule)) {
      if (has_run) continue;
      refused.push_back(
          {ErrorKind::InvalidInput,
           "its limit is a number, which a run is held against: name its record with --run",
           rule.where});
    } else if (gate::MetricOf(rule.expression.quantity) == nullptr) {
      refused.push_back(
          {ErrorKind::InvalidInput,
           "it is not measured beside a baseline; what is: latency p(50), p(90), p(99), p(99.9), "
           "mean; "
           "rate requests_per_s; cpu per_request; pss total; startup ready and first_request",
           rule.where});
    }
  }
  if (std::ranges::none_of(rules, IsAboutABaseline)) {
    refused.push_back(
        {ErrorKind::InvalidInput,
         "no rule is about the baseline (<= baseline * 1.02): nothing would be measured",
         std::nullopt});
  }
  return refused;
}

std::vector<std::string> MetricsOf(const std::vector<Rule>& rules) {
  std::vector<std::string> names;
  for (const Rule& rule : rules) {
    if (!IsAboutABaseline(rule)) continue;
    const std::string name(gate::MetricOf(rule.expression.quantity)->name);
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  return names;
}

// The strictest: the controls are held to it, and what it calls worse is measured again.
double MarginOf(const std::vector<Rule>& rules) {
  double margin = 10;
  for (const Rule& rule : rules) {
    if (IsAboutABaseline(rule)) margin = std::min(margin, rule.expression.Margin());
  }
  return margin;
}

bool HasSecondAttempt(const Record& record) {
  return std::ranges::any_of(
      record.experiments, [](const reports::record::Experiment& plan) { return plan.attempt > 1; });
}

// The rules with a number are held against the run, those about a baseline against the experiments.
gate::Judgement JudgeBoth(const std::vector<Rule>& rules,
                          const Record& measured,
                          const std::optional<Record>& run,
                          double alpha) {
  gate::Inputs inputs{.record = run ? &*run : nullptr,
                      .pairs = gate::PairsOf(measured, 1),
                      .confirmation = nullptr,
                      .doubt = gate::DoubtOf(measured),
                      .alpha = alpha};
  if (HasSecondAttempt(measured)) inputs.confirmation = gate::PairsOf(measured, 2);
  return gate::Judge(rules, inputs);
}

// Whose fault it is that something could not be measured: a candidate that fails where its baseline stands has failed.
void AddFailures(const ComparisonRun& ran, const Record& measured, gate::Judgement& judgement) {
  const int of_candidate = reports::compare::FailuresOfTheCandidateAlone(measured);
  if (of_candidate > 0) {
    judgement.problems.push_back(fmt::format("the candidate failed in {} where the baseline stood",
                                             reports::notation::Plural(of_candidate, "block")));
    judgement.reasons.push_back(gate::Reason::ProductFailure);
  }
  for (const Error& failure : ran.failures) {
    judgement.problems.push_back(failure.Text());
    if (failure.kind == ErrorKind::InvalidInput) {
      judgement.reasons.push_back(gate::Reason::BadConfiguration);
    } else if (failure.kind == ErrorKind::Unsupported) {
      judgement.reasons.push_back(
          gate::Reason::NothingMeasured);  // it does not work on either side
    } else if (of_candidate == 0) {
      judgement.reasons.push_back(gate::Reason::HarnessFault);
    }
  }
  std::ranges::sort(judgement.reasons);
  judgement.reasons.erase(std::unique(judgement.reasons.begin(), judgement.reasons.end()),
                          judgement.reasons.end());
}

// Every rule was left out: there is nothing to measure either.
int SayNothingWasMeasured(std::vector<gate::RuleOutcome> left_out, const GateOptions& options) {
  gate::Judgement judgement = gate::Judge({}, {});
  AddLeftOut(std::move(left_out), judgement);
  const int code = ExitCodeOf(judgement, options.simple_exit);
  Print(judgement, code, options);
  return code;
}

int GateCandidate(const GateOptions& given,
                  const ArmSpec& base,
                  const ArmSpec& candidate,
                  const Places& places,
                  const std::string& command) {
  GateOptions options = given;
  std::optional<Record> run;
  if (!options.run.empty()) {
    const fs::path path(options.run);
    auto read = reports::record::ReadRecord(fs::is_directory(path) ? path / "record.jsonl" : path);
    if (!read) return Complain(read.error().Text(), kBadConfiguration);
    run = std::move(*read);
  }
  const std::string no_run = "there is no run to hold it against: name its record with --run";
  const gate::Lacking lacking =
      run ? LackingOf(*run) : gate::Lacking{.cells = no_run, .checks = no_run, .baseline = ""};
  auto all_rules =
      RulesOf(options,
              {.cells = lacking.cells.empty(), .checks = lacking.checks.empty(), .baseline = true});
  if (!all_rules) return Complain(all_rules.error().Text(), kBadConfiguration);
  auto [rules, left_out] = ApplicableOf(std::move(*all_rules), lacking);
  if (rules.empty()) return SayNothingWasMeasured(std::move(left_out), options);
  if (const auto refused = WhyNotOfExperiments(rules, run.has_value()); !refused.empty())
    return Refuse(refused);
  options.comparison.margin = MarginOf(rules);
  const auto keeper = PrepareToStartHosts();
  if (!keeper) return Complain(keeper.error());
  auto prepared = PrepareComparison(base, candidate, options.comparison, MetricsOf(rules), places);
  if (!prepared) return Complain(prepared.error());
  std::vector<Rule> about_baseline;
  std::ranges::copy_if(rules, std::back_inserter(about_baseline), IsAboutABaseline);
  const auto cells = prepared->cells();
  // How many pairs there will be follows from the pilot, which refuses too few itself.
  const gate::RunPlan plan{.cells = cells,
                           .has_checks = false,
                           .answers = {},
                           .comparison = reports::statistics::ComparisonPlan{.pairs = 1'000'000}};
  if (const auto refused = gate::WhyRefused(about_baseline, plan); !refused.empty())
    return Refuse(refused);
  prepared->ShareAmong(static_cast<std::size_t>(gate::ComparisonsOf(about_baseline, cells)));

  const auto folder =
      MakeFolder(options.output.empty() ? NewRunFolder(places.checkout) : fs::path(options.output));
  if (!folder) return Complain(folder.error());
  const fs::path path = *folder / "record.jsonl";
  const auto ran = RunComparison(std::move(*prepared), path, command);
  if (!ran) return Complain(ran.error());
  const auto measured = reports::record::ReadRecord(path);
  if (!measured) return Complain(measured.error());
  gate::Judgement judgement =
      JudgeBoth(rules, *measured, run, reports::statistics::kAlpha / options.comparison.looks);
  AddFailures(*ran, *measured, judgement);
  AddLeftOut(std::move(left_out), judgement);
  const int code = ran->was_interrupted ? kInterrupted : ExitCodeOf(judgement, options.simple_exit);
  if (const auto finished = FinishGate(path, *measured, judgement, code); !finished) {
    return Complain(finished.error());
  }
  if (!measured->experiments.empty()) {
    if (const auto reported = WriteHtmlReport(*folder); !reported)
      return Complain(reported.error());
  }
  const auto results = reports::compare::JudgeExperiments(*measured);
  if (options.json) {
    auto json = ToJson(judgement, code);
    json["experiments"] =
        nlohmann::ordered_json::parse(reports::compare::ToJson(results))["experiments"];
    fmt::print("{}\n", json.dump(1));
  } else {
    fmt::print("{}\n{}record: {}\n",
               reports::compare::ToText(results),
               gate::JudgementText(judgement),
               path.string());
  }
  if (ran->was_interrupted) Complain("interrupted", code);
  return code;
}

int GateIt(const GateOptions& options, const std::string& command) {
  if (options.prints_rules) {
    fmt::print("{}", gate::DefaultRulesText({.cells = true, .checks = true, .baseline = true}));
    return kPass;
  }
  if (options.candidate.empty())
    return Complain("RUN is required: see wsgilab gate --help", kMisuse);
  const Places places = FindPlaces();
  const auto hosts = HostNames(places);
  const auto candidate = ParseArmSpec(options.candidate, hosts);
  if (!candidate) return Complain(candidate.error());
  std::optional<ArmSpec> base;
  if (!options.baseline.empty()) {
    auto parsed = ParseArmSpec(options.baseline, hosts);
    if (!parsed) return Complain(parsed.error());
    base = std::move(*parsed);
  }
  if (candidate->record) {
    if (base && !base->record) {
      return Complain(
          "a record is held against rules or another record; to measure a candidate beside its "
          "baseline, name "
          "a program, a checkout, a venv, a host or a mode in its place (and the record with "
          "--run)",
          kMisuse);
    }
    return GateRecord(options, *candidate, base);
  }
  if (!base || base->record) {
    return Complain(
        "a candidate is measured beside its baseline: name a program, a checkout, a venv, a host "
        "or a mode "
        "with --baseline",
        kMisuse);
  }
  return GateCandidate(options, *base, *candidate, places, command);
}

}  // namespace

void AddGateCommand(CLI::App& program, std::function<int()>& chosen, const std::string& command) {
  CLI::App* verb = program.add_subcommand(
      "gate", "hold rules against a run, or against a candidate measured beside its baseline");
  auto options = std::make_shared<GateOptions>();
  verb->add_option("RUN",
                   options->candidate,
                   "the record of a run; or what is measured now: a wsgilab-host program, a "
                   "checkout, a venv, a host, a mode");
  verb->add_option(
      "--baseline",
      options->baseline,
      "the same of the baseline: another record, or what is measured in turns with it");
  verb->add_option(
          "--rules", options->rules, "a file of rules (TOML); without it, the default ones")
      ->type_name("FILE");
  verb->add_flag(
      "--print-rules", options->prints_rules, "print the default rules, and do nothing else");
  verb->add_option("--run",
                   options->run,
                   "beside a measured candidate: the record for rules whose limit is a number")
      ->type_name("DIR");
  AddComparisonOptions(*verb, options->comparison);
  verb->remove_option(verb->get_option("--margin"));  // it is in the rules
  verb->add_option("-o",
                   options->output,
                   "folder for the record, with what became of the rules, and the report; without "
                   "it a new one below build/runs, and of a RUN that was measured before none")
      ->type_name("DIR");
  verb->add_flag("--simple-exit", options->simple_exit, "0 or 1, nothing else");
  verb->add_flag("--json", options->json, "for programs: wsgilab schema gate");
  verb->footer(
      "A change on a noisy machine is gated by measuring it and its baseline in turns, in one run: "
      "--baseline\n"
      "takes a program, a checkout that has built one, or a venv. Controls run along: where the "
      "same differs\n"
      "from itself (environment-contaminated), or a delay that was put in is not found "
      "(gate-blind), nothing\n"
      "is believed. What speaks against the candidate is measured again in reversed order.\n"
      "Exit code, the first that applies: 78 a rule that cannot be read, or cannot fail; 70 a "
      "fault of the\n"
      "harness; 1 conformance failure or confirmed regression; 99 a limit is broken; 4 nothing "
      "measured;\n"
      "3 it cannot be said; 0 every rule holds.\n"
      "Examples:\n"
      "  wsgilab gate out --rules gate.toml\n"
      "  wsgilab gate . --baseline ../main --app django_accounts --mode daemon/main/preload\n"
      "  wsgilab gate venv-new --baseline venv-old --app django_accounts --within 4min\n"
      "  wsgilab gate --print-rules > gate.toml");
  verb->callback([options, command, &chosen] {
    chosen = [options, command] { return GateIt(*options, command); };
  });
}

}  // namespace harness::command
