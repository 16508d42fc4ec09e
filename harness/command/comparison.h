#pragma once
// Comparison: what `compare` and `gate` have in common: two sides, the cells in which they meet, and how much effort is made.
//
// Fails:   InvalidInput for what was written wrongly, with what it may be; else what an experiment says.

#include <CLI/CLI.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "harness/adapters/host_adapter.h"
#include "harness/command/arm_spec.h"
#include "harness/command/places.h"
#include "harness/experiment/comparison.h"
#include "harness/run/prepared_data.h"
#include "hosts/base/files.h"
#include "hosts/base/result.h"

namespace harness::command {

struct ComparisonOptions {
  std::vector<std::string> modes;  // patterns; of sides that name none
  std::vector<std::string> apps;   // patterns
  std::string script;              // somebody's own, instead of the catalogue
  std::string url = "/";
  std::string requests;
  std::string venv;
  double margin = reports::statistics::kMargin;
  double effect = 0;  // 0: two and a half times the margin
  double inject = 0;
  double within_ms = 240'000;
  double window_ms = 100;
  int blocks = 0;  // 0: as many as fit
  int looks = 1;
  int connections = 1;
  std::uint64_t seed = 0;  // 0: of the clock; it is in the record
  std::string controls = "full";
  bool once = false;  // nothing is repeated to confirm it
};

void AddComparisonOptions(CLI::App& verb, ComparisonOptions& options);

// The greatest percentile that somebody asked for by name.
[[nodiscard]] double PercentileOf(const std::vector<std::string>& metrics);

// Takes "5%" or "0.05".
[[nodiscard]] CLI::Validator Share();

// All that experiments need, and what keeps it alive.
struct PreparedComparison {
  std::vector<std::unique_ptr<adapters::HostAdapter>> adapters;
  std::optional<hosts::base::TemporaryDirectory> twin;  // where a copy of the baseline's program is
  std::optional<run::PreparedData> data;
  std::vector<experiment::Question> questions;  // one for each cell
  std::vector<experiment::Beginning> beginnings;

  // The ids of the candidate's cells.
  [[nodiscard]] std::vector<std::string> cells() const;
  // What one comparison of `comparisons` may cost is shared among all.
  void ShareAmong(std::size_t comparisons);
  reports::record::Header header;  // without its name and command
};

// `metrics` are those that are asked for; none: all.
[[nodiscard]] hosts::base::Result<PreparedComparison> PrepareComparison(
    const ArmSpec& base,
    const ArmSpec& candidate,
    const ComparisonOptions& options,
    const std::vector<std::string>& metrics,
    const Places& places);

// Runs them one after the other into a record, but for its footer (finish.h).
struct ComparisonRun {
  bool was_interrupted = false;
  std::vector<hosts::base::Error>
      failures;  // of experiments that could not be brought to their end
};
[[nodiscard]] hosts::base::Result<ComparisonRun> RunComparison(PreparedComparison prepared,
                                                               const std::filesystem::path& record,
                                                               const std::string& command);

// The names of all hosts.
[[nodiscard]] std::vector<std::string> HostNames(const Places& places);

}  // namespace harness::command
