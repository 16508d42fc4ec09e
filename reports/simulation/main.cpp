// simulate_gate: the tables of README.md, from made-up experiments.

#include <fmt/format.h>

#include <cstdlib>
#include <optional>

#include "hosts/base/numbers.h"
#include "reports/simulation/tables.h"

int main(int argc, char** argv) {
  const auto repetitions =
      argc == 2 ? hosts::base::ParseWhole<int>(argv[1]) : std::optional<int>(2000);
  if (argc > 2 || !repetitions || *repetitions < 1) {
    fmt::print(stderr,
               "usage: simulate_gate [REPETITIONS]    2000 by default; tables for README.md\n");
    return 2;
  }
  for (const auto& table : {reports::simulation::GateTable,
                            reports::simulation::WeatherTable,
                            reports::simulation::PowerTable,
                            reports::simulation::TrendTable})
    fmt::print("{}\n", table(*repetitions));
  return EXIT_SUCCESS;
}
