#pragma once
// RunSelftest: the checks, held against hosts that are broken on purpose. First without a mutant, where they must
// pass; then for each mutant those that must fail.
//
// Owns:    the programs of checks while they run, a few at once, and more while processors are idle, as most of them wait;
//          those that measure run behind the others: without a mutant one program at a time, with one three of them.
// Threads: one of its own for each program; the observer is called by one at a time.
// Fails:   when the program of checks cannot be asked, or somebody interrupts. A check that ends the program, or
//          hangs in it, has broken, which is no kill; those behind it are asked by another one. A few checks that timed
//          out, or missed their mutant, are asked once more when little else runs.

#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "harness/selftest/mutant_table.h"
#include "harness/selftest/score.h"
#include "hosts/base/result.h"

namespace harness::selftest {

struct Order {
  std::filesystem::path checks;                                  // the program
  std::vector<std::pair<std::string, std::string>> environment;  // with the host's path
  std::vector<Mutant> mutants;
  std::vector<std::string> all_checks;  // by name, in the order in which they run
  // Those that must be shown able to fail; with what the mutants ask, they are asked without a mutant, too.
  std::vector<std::string> in_question;
  size_t programs_at_once = 4;
};

// A few checks, put to one mutant, or to none.
struct Job {
  std::string mutant;  // "": none
  std::vector<std::string> checks;
};

struct Observer {
  std::function<void(const Job& job, size_t failed, size_t number, size_t total)> job_ends;
  std::function<bool()> is_interrupted;
};

struct Outcome {
  Verdicts unmutated;
  std::vector<Trial> trials;
};

[[nodiscard]] hosts::base::Result<Outcome> RunSelftest(const Order& order,
                                                       const Observer& observer);

}  // namespace harness::selftest
