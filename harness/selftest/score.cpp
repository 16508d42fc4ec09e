#include "harness/selftest/score.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace harness::selftest {

using reports::record::CheckOutcome;

namespace {

Verdict VerdictIn(const Verdicts& verdicts, const std::string& check) {
  const auto found = verdicts.find(check);
  return found == verdicts.end() ? Verdict::NotReached : found->second;
}

bool HasSeen(Verdict verdict) {
  return verdict == Verdict::Failed || verdict == Verdict::TimedOut;
}

// Adds the trial to the score; the checks that have failed in it to `killed`.
void Add(const Trial& trial,
         const Verdicts& unmutated,
         std::set<std::string>& killed,
         Score& score) {
  size_t asked = 0;
  size_t caught = 0;
  for (const auto& [check, verdict] : trial.verdicts) {
    if (VerdictIn(unmutated, check) != Verdict::Passed) continue;
    ++asked;
    if (HasSeen(verdict)) {
      ++caught;
      killed.insert(check);
      if (trial.seen_late.contains(check)) score.seen_late.push_back({trial.mutant.name, check});
    } else if (FitsAny(check, trial.mutant.kills)) {
      score.misses.push_back({trial.mutant.name, check, verdict});
    }
  }
  if (asked == 0) {
    if (!trial.verdicts.empty()) score.untried.push_back(trial.mutant.name);
    return;
  }
  ++score.mutants;
  if (caught > 0) {
    ++score.mutants_killed;
  } else {
    score.surviving_mutants.push_back(trial.mutant.name);
  }
}

// Patterns of the mutant that fit nothing: a check has another name now.
void AddPatternsWithoutChecks(const Mutant& mutant,
                              const std::vector<std::string>& checks,
                              Score& score) {
  for (const auto* patterns : {&mutant.kills, &mutant.may_kill}) {
    for (const std::string& pattern : *patterns) {
      const bool fits = std::ranges::any_of(
          checks, [&](const std::string& check) { return FitsAny(check, {pattern}); });
      if (!fits) score.without_checks.push_back(fmt::format("{}: {}", mutant.name, pattern));
    }
  }
}

}  // namespace

std::string_view WordOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::Passed:
      return "passed";
    case Verdict::Failed:
      return "failed";
    case Verdict::TimedOut:
      return "timed out";
    case Verdict::Broke:
      return "broke";
    case Verdict::CannotRun:
      return "cannot run";
    case Verdict::NotReached:
      break;
  }
  return "not reached";
}

Verdict VerdictOf(CheckOutcome outcome) {
  switch (outcome) {
    case CheckOutcome::Passed:
      return Verdict::Passed;
    case CheckOutcome::Skipped:
    case CheckOutcome::NotApplicable:
    case CheckOutcome::DependencyFailed:  // it has not run: what it stands on has failed
      return Verdict::CannotRun;
    case CheckOutcome::Failed:
    case CheckOutcome::Crashed:
    case CheckOutcome::ExpectedFailure:
      return Verdict::Failed;
    case CheckOutcome::TimedOut:
      return Verdict::TimedOut;
    case CheckOutcome::Error:
    case CheckOutcome::SetupFailed:
      break;
  }
  return Verdict::Broke;
}

void TakeSecondAnswers(const Verdicts& again,
                       Verdicts& verdicts,
                       std::set<std::string>& seen_late) {
  for (const auto& [check, verdict] : again) {
    if (VerdictIn(verdicts, check) == Verdict::Passed && HasSeen(verdict)) seen_late.insert(check);
    verdicts[check] = verdict;
  }
}

Score ScoreOf(const std::vector<std::string>& checks,
              const Verdicts& unmutated,
              const std::vector<Trial>& trials) {
  Score score;
  std::set<std::string> killed;
  for (const Trial& trial : trials) {
    AddPatternsWithoutChecks(trial.mutant, checks, score);
    Add(trial, unmutated, killed, score);
  }
  for (const std::string& check : checks) {
    const auto verdict = unmutated.find(check);
    if (verdict != unmutated.end() && verdict->second == Verdict::CannotRun) {
      score.cannot_run.push_back(check);
      continue;
    }
    if (verdict != unmutated.end() && verdict->second != Verdict::Passed) {
      score.unsound.push_back(check);
    }
    ++score.checks;
    if (killed.contains(check)) {
      ++score.checks_killed;
    } else {
      score.surviving_checks.push_back(check);
    }
  }
  return score;
}

void Excuse(const std::vector<Unproven>& unproven, Score& score) {
  for (const Unproven& row : unproven) {
    std::vector<std::string> left;
    for (std::string& check : score.surviving_checks)
      (FitsAny(check, {row.checks}) ? score.unproven : left).push_back(std::move(check));
    if (left.size() == score.surviving_checks.size()) score.stale.push_back(row.checks);
    score.surviving_checks = std::move(left);
  }
}

}  // namespace harness::selftest
