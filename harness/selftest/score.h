#pragma once
// Verdict: how a check has ended on a host, as the self-test sees it.
// Trial:   what became of the checks that must fail on one mutant.
// Score:   who was caught and who was not: checks that no mutant makes fail, mutants that no check sees.
//
// Fails:   never; a score is made of whatever is known.

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/selftest/mutant_table.h"
#include "reports/record/words.h"

namespace harness::selftest {

enum class Verdict {
  Passed,
  Failed,     // it judged what the host did
  TimedOut,   // the host did not answer in time, which may be a busy machine's doing
  Broke,      // it came to no judgement: the host did not start, or the check itself ended
  CannotRun,  // here: it needs root, or something that is not installed
  NotReached,
};
[[nodiscard]] Verdict VerdictOf(reports::record::CheckOutcome outcome);

using Verdicts = std::map<std::string, Verdict>;

struct Trial {
  Mutant mutant;
  Verdicts verdicts;  // of the checks that the table names
  std::set<std::string>
      seen_late;  // of them, those that failed when they were asked again, and had passed
};

// Puts what checks said when they were asked again in the place of what they had said; into `seen_late` those that had
// passed, and have seen the mutant now.
void TakeSecondAnswers(const Verdicts& again, Verdicts& verdicts, std::set<std::string>& seen_late);

struct Miss {
  std::string mutant;
  std::string check;
  Verdict verdict = Verdict::NotReached;
};

struct Sight {
  std::string mutant;
  std::string check;
};

// "timed out"
[[nodiscard]] std::string_view WordOf(Verdict verdict);

struct Score {
  size_t checks = 0;  // those that can run here
  size_t checks_killed = 0;
  size_t mutants = 0;  // those with a check that can run here
  size_t mutants_killed = 0;
  std::vector<std::string> surviving_checks;   // no mutant makes them fail
  std::vector<std::string> surviving_mutants;  // no check fails on them
  std::vector<Miss> misses;                    // the table says that it fails, and it does not
  // Killed, but by a check that had passed on it before: it may see its fault by chance.
  std::vector<Sight> seen_late;
  std::vector<std::string> unsound;  // they fail without any mutant
  std::vector<std::string> cannot_run;
  std::vector<std::string> unproven;  // no mutant makes them fail, and the table says so
  std::vector<std::string> stale;     // said to be unproven, and all that fit are killed
  std::vector<std::string> untried;   // mutants none of whose checks can run here
  std::vector<std::string>
      without_checks;  // patterns of `kills` that fit no check: "mutant: pattern"

  // Nothing that failed without a mutant has been proved by failing with one.
  [[nodiscard]] bool is_sound() const { return unsound.empty(); }
  [[nodiscard]] bool is_complete() const {
    return surviving_checks.empty() && surviving_mutants.empty() && misses.empty() &&
           without_checks.empty() && stale.empty();
  }
};

// `checks` are all that must be shown able to fail; `unmutated` is how they end on the same host without a mutant. A time-out
// is a kill: whoever ran the trial has asked those again that may have been slow, with little beside. What broke is none.
[[nodiscard]] Score ScoreOf(const std::vector<std::string>& checks,
                            const Verdicts& unmutated,
                            const std::vector<Trial>& trials);

// Takes what the table knows to be unproven out of the survivors.
void Excuse(const std::vector<Unproven>& unproven, Score& score);

}  // namespace harness::selftest
