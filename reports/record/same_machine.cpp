#include "reports/record/same_machine.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

namespace reports::record {

namespace {

// Those of `facts` that the others do not have.
std::string OnlyIn(const std::vector<std::string>& facts, const std::vector<std::string>& others) {
  std::vector<std::string> only;
  for (const std::string& fact : facts) {
    if (std::ranges::find(others, fact) == others.end()) only.push_back(fact);
  }
  return fmt::format("{}", fmt::join(only, ", "));
}

}  // namespace

std::optional<std::string> WhyNotSameMachine(const Machine& one, const Machine& other) {
  if (!one.fingerprint || !other.fingerprint) return "a record does not say what its machine is";
  if (one.fingerprint != other.fingerprint) {
    return fmt::format("{} and {}", OnlyIn(one.facts, other.facts), OnlyIn(other.facts, one.facts));
  }
  if (one.build_type != other.build_type) {
    return fmt::format("a build of {} and one of {}",
                       one.build_type.value_or("no type"),
                       other.build_type.value_or("no type"));
  }
  return std::nullopt;
}

std::string Text(const Machine& machine) {
  constexpr std::int64_t kKibInMib = 1024;
  return fmt::format("{}, {} cores, {} MiB, {}, {}",
                     machine.cpu,
                     machine.cores,
                     machine.memory_kib / kKibInMib,
                     machine.kernel,
                     machine.distribution);
}

}  // namespace reports::record
