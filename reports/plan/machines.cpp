#include "reports/plan/machines.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <vector>

namespace reports::plan {

using record::Machine;

namespace {

constexpr std::int64_t kKibInMib = 1024;

// Kernels keep a little for themselves, one more than the other.
bool IsAboutEqual(std::int64_t first, std::int64_t second) {
  constexpr double kShare = 0.01;
  const auto difference = std::abs(static_cast<double>(first - second));
  return difference <= kShare * static_cast<double>(std::max(first, second));
}

// "cores: 2 and cores: 4": the facts that only one of them has.
std::string DifferentFacts(const Machine& first, const Machine& second) {
  const auto without = [](const std::vector<std::string>& facts,
                          const std::vector<std::string>& others) {
    std::vector<std::string> rest;
    std::ranges::copy_if(facts, std::back_inserter(rest), [&](const std::string& fact) {
      return std::ranges::find(others, fact) == others.end();
    });
    return rest;
  };
  return fmt::format("{} and {}",
                     fmt::join(without(first.facts, second.facts), ", "),
                     fmt::join(without(second.facts, first.facts), ", "));
}

std::optional<std::string> WhyNotSameFingerprint(const Machine& first, const Machine& second) {
  if (*first.fingerprint == *second.fingerprint) return std::nullopt;
  return DifferentFacts(first, second);
}

// Of records from before machines had fingerprints.
std::optional<std::string> WhyNotSameFacts(const Machine& first, const Machine& second) {
  if (first.cpu != second.cpu) return fmt::format("{} and {}", first.cpu, second.cpu);
  if (first.cores != second.cores) {
    return fmt::format("{} cores and {} cores", first.cores, second.cores);
  }
  if (!IsAboutEqual(first.memory_kib, second.memory_kib)) {
    return fmt::format(
        "{} MiB and {} MiB of memory", first.memory_kib / kKibInMib, second.memory_kib / kKibInMib);
  }
  if (first.kernel != second.kernel) return fmt::format("{} and {}", first.kernel, second.kernel);
  if (first.distribution != second.distribution) {
    return fmt::format("{} and {}", first.distribution, second.distribution);
  }
  if (first.governor != second.governor) {
    return fmt::format("CPU governor {} and {}",
                       first.governor.value_or("none"),
                       second.governor.value_or("none"));
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> WhyNotAlike(const Machine& first, const Machine& second) {
  auto why_not = first.fingerprint && second.fingerprint ? WhyNotSameFingerprint(first, second)
                                                         : WhyNotSameFacts(first, second);
  if (why_not) return why_not;
  if (first.build_type != second.build_type) {
    return fmt::format("a build of {} and one of {}",
                       first.build_type.value_or("no type"),
                       second.build_type.value_or("no type"));
  }
  return std::nullopt;
}

std::string Text(const Machine& machine) {
  return fmt::format("{}, {} cores, {} MiB, {}, {}",
                     machine.cpu,
                     machine.cores,
                     machine.memory_kib / kKibInMib,
                     machine.kernel,
                     machine.distribution);
}

}  // namespace reports::plan
