#include "reports/record/same_machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace reports::record {

namespace {

// Those of `facts` that the others do not have.
std::vector<std::string> OnlyIn(const std::vector<std::string>& facts,
                                const std::vector<std::string>& others) {
  std::vector<std::string> only;
  for (const std::string& fact : facts) {
    if (std::ranges::find(others, fact) == others.end()) only.push_back(fact);
  }
  return only;
}

}  // namespace

std::optional<std::string> WhyNotSameMachine(const Header& one, const Header& other) {
  for (const Header* header : {&one, &other}) {
    if (header->machine.fingerprint) continue;
    return fmt::format("the record of {} does not say on which machine it was made", header->run);
  }
  if (one.machine.fingerprint == other.machine.fingerprint) return std::nullopt;
  return fmt::format("they were made on different machines ({} in {}; {} in {})",
                     fmt::join(OnlyIn(one.machine.facts, other.machine.facts), ", "),
                     one.run,
                     fmt::join(OnlyIn(other.machine.facts, one.machine.facts), ", "),
                     other.run);
}

}  // namespace reports::record
