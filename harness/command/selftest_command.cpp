#include "harness/command/selftest_command.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <memory>
#include <optional>

#include "harness/adapters/engine_adapter.h"
#include "harness/command/exit.h"
#include "harness/command/interruption.h"
#include "harness/command/places.h"
#include "harness/command/starting_hosts.h"
#include "harness/launch/descendants.h"
#include "harness/run/checks_program.h"
#include "harness/selftest/selftest.h"
#include "harness/selftest/to_text.h"
#include "hosts/base/pattern.h"
#include "reports/plan/sharding.h"

namespace harness::command {

namespace fs = std::filesystem;
using hosts::base::Result;
using selftest::FitsAny;
using selftest::Mutant;

namespace {

constexpr int kSurvivor = 1;

struct SelftestOptions {
  std::string host;    // "": that of build/mutants
  std::string checks;  // the program; "": the one beside this one
  std::string regex;
  std::string shard;  // "2/3"
  std::vector<std::string> against;
  size_t programs_at_once = 4;
  bool json = false;
};

struct MutantPlaces {
  fs::path host;
  fs::path table;
};

// The list of mutants lies with the sources that the host was built from.
MutantPlaces MutantsOf(const SelftestOptions& options, const Places& places) {
  const fs::path host = options.host.empty()
                            ? places.checkout / "build" / "mutants" / "bin" / "wsgilab-host"
                            : fs::absolute(options.host);
  return {host, host.parent_path().parent_path() / "mutated" / "mutants.json"};
}

// Every n-th of them, and of each only the checks that must see it: what may see it besides is the whole self-test's to find
// out.
Result<void> TakeShare(const std::string& words, std::vector<Mutant>& mutants) {
  const auto shard = reports::plan::ParseShard(words);
  if (!shard) return shard.error();
  std::vector<Mutant> share;
  for (size_t index = 0; index < mutants.size(); ++index) {
    const bool is_of_it =
        index % static_cast<size_t>(shard->count) == static_cast<size_t>(shard->index - 1);
    if (!is_of_it || mutants[index].kills.empty()) continue;
    mutants[index].may_kill.clear();
    share.push_back(std::move(mutants[index]));
  }
  mutants = std::move(share);
  return {};
}

Result<std::vector<Mutant>> Chosen(std::vector<Mutant> mutants, const SelftestOptions& options) {
  if (!options.regex.empty()) {
    const auto wanted = hosts::base::Regex::Compile(options.regex);
    if (!wanted) return wanted.error().While("-k");
    std::erase_if(mutants, [&](const Mutant& mutant) { return !wanted->Fits(mutant.name); });
  }
  if (!options.shard.empty()) {
    if (const auto taken = TakeShare(options.shard, mutants); !taken) return taken.error();
  }
  return mutants;
}

bool IsNarrowed(const SelftestOptions& options) {
  return !options.regex.empty() || !options.shard.empty() || !options.against.empty();
}

// What must be shown able to fail: everything, or what the chosen mutants are for.
std::vector<std::string> ChecksInQuestion(const selftest::Order& order,
                                          const SelftestOptions& options) {
  if (!IsNarrowed(options)) return order.all_checks;
  std::vector<std::string> checks;
  std::ranges::copy_if(order.all_checks, std::back_inserter(checks), [&](const std::string& check) {
    return std::ranges::any_of(order.mutants, [&](const Mutant& mutant) {
      return FitsAny(check, mutant.kills) || FitsAny(check, mutant.may_kill);
    });
  });
  return checks;
}

struct Prepared {
  selftest::Order order;
  std::vector<selftest::Unproven> unproven;
};

Result<Prepared> Prepare(const SelftestOptions& options, const Places& places) {
  const MutantPlaces mutants_of = MutantsOf(options, places);
  auto table = selftest::ReadMutantTable(mutants_of.table);
  if (!table) return table.error();
  auto mutants = Chosen(std::move(table->mutants), options);
  if (!mutants) return mutants.error();
  selftest::Order order;
  order.checks = options.checks.empty() ? places.checks : fs::absolute(options.checks);
  order.environment = adapters::InheritedEnvironment();
  order.environment.emplace_back("WSGILAB_HOST", mutants_of.host.string());
  order.environment.emplace_back("WSGILAB_VENV", places.venv.string());
  order.environment.emplace_back("WSGILAB_APPS", places.apps.string());
  order.programs_at_once = options.programs_at_once;
  auto names = run::ListChecks({.program = order.checks, .environment = order.environment});
  if (!names) return names.error();
  order.all_checks = std::move(*names);
  order.mutants = std::move(*mutants);
  if (!options.against.empty()) {
    for (Mutant& mutant : order.mutants) {
      mutant.kills = options.against;
      mutant.may_kill.clear();
    }
  }
  order.in_question = ChecksInQuestion(order, options);
  return Prepared{std::move(order), std::move(table->unproven)};
}

void ShowJob(const selftest::Job& job, size_t failed, size_t number, size_t total) {
  std::fputs(fmt::format("[{}/{}] {}: {} of {} checks fail\n",
                         number,
                         total,
                         job.mutant.empty() ? "no mutant" : job.mutant,
                         failed,
                         job.checks.size())
                 .c_str(),
             stderr);
}

// Whatever a program of checks that had to be stopped has left.
void EndWhatIsLeft() {
  auto left = launch::FamilyOf(::getpid());
  std::erase_if(left, [](const launch::ProcessId& one) { return one.pid == ::getpid(); });
  for (const launch::ProcessId& one : left)
    ::kill(one.pid, SIGKILL);
  (void)launch::WaitUntilGone(left, hosts::base::Deadline::After(std::chrono::seconds(5)));
}

int ExitCodeOf(const selftest::Score& score) {
  if (!score.is_sound()) return kHarnessFault;
  return score.is_complete() ? kPass : kSurvivor;
}

int TestOurselves(const SelftestOptions& options) {
  const Places places = FindPlaces();
  const auto prepared = Prepare(options, places);
  if (!prepared) return Complain(prepared.error());
  const selftest::Order& order = prepared->order;
  if (order.mutants.empty())
    return Complain("no mutant is left by -k and --shard", kNothingMatched);
  auto keeper = PrepareToStartHosts();
  if (!keeper) return Complain(keeper.error());
  std::optional<launch::Keeper> kept(std::move(*keeper));
  const auto outcome = selftest::RunSelftest(
      order, {.job_ends = ShowJob, .is_interrupted = [] { return IsInterrupted(); }});
  kept.reset();
  EndWhatIsLeft();
  if (IsInterrupted()) return Complain("interrupted", kInterrupted);
  if (!outcome) return Complain(outcome.error());
  selftest::Score score = selftest::ScoreOf(order.in_question, outcome->unmutated, outcome->trials);
  if (!IsNarrowed(options)) selftest::Excuse(prepared->unproven, score);
  fmt::print("{}", options.json ? ToJson(score, outcome->trials) : ToText(score));
  return ExitCodeOf(score);
}

}  // namespace

void AddSelftestCommand(CLI::App& program, std::function<int()>& chosen) {
  CLI::App* verb = program.add_subcommand(
      "selftest", "the checks against hosts that are broken on purpose: each must see its fault");
  auto options = std::make_shared<SelftestOptions>();
  verb->add_option("-k", options->regex, "only mutants whose name fits")->type_name("REGEX");
  verb->add_option("--shard",
                   options->shard,
                   "every N-th mutant from the I-th on, and only the checks that must see it")
      ->type_name("I/N");
  verb->add_option(
          "--against",
          options->against,
          "put checks of this name to the mutants, not those of the table: which see them?")
      ->type_name("PATTERN");
  verb->add_option("--mutants-host",
                   options->host,
                   "a host that was built with mutants (default: that of build/mutants)")
      ->type_name("FILE");
  verb->add_option("--checks", options->checks, "the program of checks (default: wsgilab-checks)")
      ->type_name("FILE");
  verb->add_option("--jobs",
                   options->programs_at_once,
                   "programs of checks at once; more while processors are idle")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  verb->add_flag("--json", options->json, "for programs: wsgilab schema selftest");
  verb->footer(
      "Exit code 0: every check fails on a mutant, but those that the table knows to be unproven\n"
      "(counted apart), and every mutant makes one fail; 1: not so; 70: a check fails without any\n"
      "mutant, too. What a check saw only when it was asked again is listed; it counts as seen.\n"
      "Examples:\n"
      "  cmake --preset mutants && cmake --build --preset mutants && wsgilab selftest\n"
      "  wsgilab selftest -k '^close-' --json\n"
      "  wsgilab selftest --shard 2/3");
  verb->callback([options, &chosen] { chosen = [options] { return TestOurselves(*options); }; });
}

}  // namespace harness::command
