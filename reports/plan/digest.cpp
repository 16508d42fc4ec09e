#include "reports/plan/digest.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

namespace reports::plan {

using record::Header;
using record::HostVersion;
using record::Plan;
using record::PlannedChecks;

namespace {

// FNV-1a of 64 bits, as its authors define it: nobody forges plans.
class Digest {
 public:
  void Add(std::string_view text) {
    for (const char letter : text)
      Add(static_cast<unsigned char>(letter));
    Add(static_cast<unsigned char>('\n'));  // no name has one: "a", "b" is not "ab"
  }
  [[nodiscard]] std::string Text() const { return fmt::format("{:016x}", state_); }

 private:
  void Add(unsigned char byte) { state_ = (state_ ^ byte) * 1'099'511'628'211U; }
  std::uint64_t state_ = 14'695'981'039'346'656'037U;
};

void AddAll(Digest& digest, std::string_view what, std::vector<std::string> names) {
  std::ranges::sort(names);
  digest.Add(what);
  for (const std::string& name : names)
    digest.Add(name);
}

std::string Text(const HostVersion& host) {
  return fmt::format("{} {} (Python {}, {})",
                     host.name,
                     host.version,
                     host.python.value_or("unknown"),
                     host.library.value_or("no library of its own"));
}

std::string Text(const PlannedChecks& checks) {
  return fmt::format("{} checks of {} ({})", checks.count, checks.host, checks.digest);
}

// "2 processes, threads as usual"
std::string SizeOf(const Plan& plan) {
  const auto text = [](const std::optional<int>& number, std::string_view things) {
    return number ? fmt::format("{} {}", *number, things) : fmt::format("{} as usual", things);
  };
  return text(plan.processes, "processes") + ", " + text(plan.threads, "threads");
}

template <typename T>
std::vector<std::string> Texts(const std::vector<T>& list) {
  std::vector<std::string> texts;
  for (const T& item : list)
    texts.push_back(Text(item));
  return texts;
}

// Sorted: in the first and not in the second.
std::vector<std::string> Without(std::vector<std::string> first, std::vector<std::string> second) {
  std::ranges::sort(first);
  std::ranges::sort(second);
  std::vector<std::string> rest;
  std::ranges::set_difference(first, second, std::back_inserter(rest));
  return rest;
}

// "a, b, c and 5 more"
std::string Few(const std::vector<std::string>& names) {
  constexpr std::size_t kFew = 3;
  if (names.size() <= kFew) return fmt::format("{}", fmt::join(names, ", "));
  return fmt::format(
      "{} and {} more", fmt::join(names.begin(), names.begin() + kFew, ", "), names.size() - kFew);
}

void Compare(std::string_view what,
             const std::vector<std::string>& first,
             const std::vector<std::string>& second,
             std::vector<std::string>& differences) {
  const auto only_first = Without(first, second);
  const auto only_second = Without(second, first);
  if (!only_first.empty()) {
    differences.push_back(fmt::format("{} only in the first: {}", what, Few(only_first)));
  }
  if (!only_second.empty()) {
    differences.push_back(fmt::format("{} only in the second: {}", what, Few(only_second)));
  }
}

}  // namespace

std::string DigestOf(std::vector<std::string> names) {
  Digest digest;
  AddAll(digest, "names", std::move(names));
  return digest.Text();
}

std::string DigestOf(const Plan& plan, const Header& header) {
  Digest digest;
  digest.Add(header.profile);
  digest.Add(SizeOf(plan));
  AddAll(digest, "cells", plan.cells);
  AddAll(digest, "not offered", plan.not_offered);
  AddAll(digest, "checks", Texts(plan.checks));
  if (plan.processes) digest.Add(fmt::format("processes {}", *plan.processes));
  if (plan.threads) digest.Add(fmt::format("threads {}", *plan.threads));
  AddAll(digest, "hosts", Texts(header.hosts));
  return digest.Text();
}

const Plan& WholePlan(const Header& header) {
  return header.shard ? header.shard->whole : header.plan;
}

std::vector<std::string> Differences(const Header& first, const Header& second) {
  std::vector<std::string> differences;
  if (first.revision != second.revision) {
    differences.push_back(fmt::format("the revision of the first is {}, of the second {}",
                                      first.revision.value_or("not known"),
                                      second.revision.value_or("not known")));
  }
  if (first.profile != second.profile) {
    differences.push_back(fmt::format(
        "the profile of the first is {}, of the second {}", first.profile, second.profile));
  }
  if (first.synthetic.has_value() != second.synthetic.has_value())
    differences.emplace_back("one of them is synthetic, the other was measured");
  const Plan& one = WholePlan(first);
  const Plan& other = WholePlan(second);
  if (SizeOf(one) != SizeOf(other)) {
    differences.push_back(fmt::format(
        "the hosts of the first have {}, of the second {}", SizeOf(one), SizeOf(other)));
  }
  Compare("cells", one.cells, other.cells, differences);
  Compare("cells that are not offered", one.not_offered, other.not_offered, differences);
  Compare("hosts", Texts(first.hosts), Texts(second.hosts), differences);
  Compare("checks", Texts(one.checks), Texts(other.checks), differences);
  if (differences.empty() && one.digest != other.digest) {
    differences.emplace_back("their plans have different digests");
  }
  return differences;
}

}  // namespace reports::plan
