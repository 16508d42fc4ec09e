#pragma once
// Mutant:          a host that is broken in one way, and the checks that must fail on it.
// Unproven:        checks that no mutant is known for yet, and why; it must be true.
// ReadMutantTable: the mutants that a host was built with (suites/mutants/mutate.py writes the list beside it).
// FitsAny:         whether a name fits one of GoogleTest's patterns.
//
// Fails:   NotFound when there is no list, InvalidInput when it is none; both say what to build.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/base/result.h"

namespace harness::selftest {

struct Mutant {
  std::string name;
  std::string what;                // "close() is called twice"
  std::vector<std::string> kills;  // patterns of the names of checks
  // Of those that are asked too: who of them fails is killed by it, and nobody has to.
  std::vector<std::string> may_kill = {};
};

struct Unproven {
  std::string checks;  // a pattern
  std::string reason;
};

struct MutantTable {
  std::vector<Mutant> mutants;
  std::vector<Unproven> unproven;
};

[[nodiscard]] hosts::base::Result<MutantTable> ReadMutantTable(const std::filesystem::path& file);

[[nodiscard]] bool FitsAny(std::string_view name, const std::vector<std::string>& patterns);

}  // namespace harness::selftest
