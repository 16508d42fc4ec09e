#pragma once
// RunChecks: starts wsgilab-checks and hands on each `check` line as soon as the program has written
// it.
//
// Owns:    the program while it runs; an interruption stops it.
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

enum class Suite { None, Isolation, Hosting, All };

[[nodiscard]] std::optional<Suite> FindSuite(std::string_view name);
// Of GoogleTest: the checks of a suite begin with its name.
[[nodiscard]] std::string FilterOf(Suite suite);

struct ChecksOrder {
  std::filesystem::path program;
  Suite suite = Suite::All;
  std::vector<std::pair<std::string, std::string>> environment;
  std::chrono::seconds within{600};
};

struct ChecksObserver {
  std::function<void(int count)> announced;  // how many there will be, when it is known
  std::function<void(reports::record::Check)> finished;
  std::function<bool()> is_interrupted;
};

[[nodiscard]] hosts::base::Result<void> RunChecks(const ChecksOrder& order,
                                                  const ChecksObserver& observer);

// Names of the checks, without running one.
[[nodiscard]] hosts::base::Result<std::vector<std::string>> ListChecks(const ChecksOrder& order);

}  // namespace harness::run
