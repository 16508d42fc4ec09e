// load_truth: the generator's percentiles beside those of servers that know what they did. Exit code 1 when one
// of them is more than 1 % and more than 20 us away.

#include "harness/load/testing/truth.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>

#include "harness/load/load_result.h"

namespace suites::micro {
namespace {

double Ms(std::int64_t ns) {
  return static_cast<double>(ns) / 1e6;
}

int Run(int count, char** words) {
  const int seconds = count > 1 ? std::atoi(words[1]) : 20;
  if (count > 2 || seconds < 1) {
    fmt::print(stderr, "usage: load_truth [SECONDS]: of each of four loads; 20\n");
    return 2;
  }
  bool are_all_true = true;
  fmt::print("{:<10} {:>6} {:>12} {:>12} {:>9} {:>12}\n",
             "latencies",
             "",
             "server ms",
             "latency ms",
             "off",
             "service ms");
  for (const auto& asked : harness::load::TruthCases(std::chrono::seconds(seconds))) {
    const harness::load::Truth truth = harness::load::FindTruth(asked);
    for (const harness::load::TruthRow& row : truth.rows) {
      are_all_true = are_all_true && row.is_true();
      fmt::print("{:<10} {:>6} {:>12.3f} {:>12.3f} {:>6.1f} us {:>12.3f}{}\n",
                 truth.name,
                 fmt::format("p{}", row.percentile),
                 Ms(row.server_ns),
                 Ms(row.latency_ns),
                 static_cast<double>(row.latency_ns - row.server_ns) / 1e3,
                 Ms(row.service_ns),
                 row.is_true() ? "" : "  FALSE");
    }
    const auto standing = harness::load::StandingOf(truth.result);
    if (standing.reason) fmt::print("{:<10} {}\n", truth.name, *standing.reason);
  }
  return are_all_true ? 0 : 1;
}

}  // namespace
}  // namespace suites::micro

int main(int count, char** words) {
  return suites::micro::Run(count, words);
}
