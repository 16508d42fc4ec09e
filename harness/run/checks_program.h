#pragma once
// RunChecks: starts wsgilab-checks, as often as it is told to, each with a share of the checks, and
// hands on each `check` line as soon as it was written.
//
// Owns:    the programs while they run; an interruption stops them.
// Fails:   when the program is missing, ends otherwise than GoogleTest does, or is stopped.

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "hosts/base/result.h"
#include "reports/record/record.h"

namespace harness::run {

enum class Suite {
  None,
  Isolation,
  Pep3333,
  Http1,
  Hosting,
  Security,
  Containment,
  Endurance,
  All
};

// "none, isolation, …": for a message.
[[nodiscard]] std::string SuitesInWords();

[[nodiscard]] std::optional<Suite> FindSuite(std::string_view name);
// Of GoogleTest: the checks of a suite begin with its name.
[[nodiscard]] std::string FilterOf(Suite suite);

struct ChecksOrder {
  std::filesystem::path program;
  Suite suite = Suite::All;
  std::string filter = {};  // of GoogleTest, instead of the suite's
  // Names: only these of them, for a shard, or a run that is gone on with.
  std::optional<std::vector<std::string>> only = std::nullopt;
  std::vector<std::pair<std::string, std::string>> environment = {};
  std::string host = "engine";
  int programs = 1;  // at once
  std::chrono::seconds within{3600};
};

struct ChecksObserver {
  std::function<void(int count)>
      announced;  // how many there will be, when it is known; may be empty
  std::function<void(reports::record::Check)> finished;
  std::function<bool()> is_interrupted;
};

[[nodiscard]] hosts::base::Result<void> RunChecks(const ChecksOrder& order,
                                                  const ChecksObserver& observer);

// Names of the checks, without running one.
[[nodiscard]] hosts::base::Result<std::vector<std::string>> ListChecks(const ChecksOrder& order);

}  // namespace harness::run
