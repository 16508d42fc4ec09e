#include "reports/verdict/measurement_statements.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/notation/notation.h"
#include "reports/verdict/memory_curve.h"

namespace reports::verdict {

using notation::Plural;
using record::Record;

namespace {

constexpr std::size_t kNamed = 3;  // a sentence names this many and counts the rest

std::string Named(std::vector<std::string> names) {
  if (names.size() > kNamed) {
    const std::size_t more = names.size() - kNamed;
    names.resize(kNamed);
    names.push_back(fmt::format("{} more", more));
  }
  return notation::List(names);
}

}  // namespace

bool HasUnreachedWorker(const Record& record, std::string_view cell) {
  const record::Startup* startup = FindStartup(record, cell);
  return startup != nullptr &&
         std::ranges::any_of(startup->workers,
                             [](const record::Worker& worker) { return worker.requests == 0; });
}

void SayNoise(const Record& record, Statements& statements) {
  const auto& noise = record.header.machine.noise;
  if (!noise || noise->word == "quiet" || noise->word == "moderate") return;
  statements.push_back(
      {Standing::Caution,
       fmt::format(
           "The machine was {} just before the run: the same work took times that varied by "
           "{:.0f} % computing and {:.0f} % walking through memory. Read small differences as "
           "none.",
           noise->word,
           100 * noise->compute_cov,
           100 * noise->memory_cov)});
}

void SayWorkers(const Record& record, Statements& statements) {
  std::vector<std::string> cells;
  for (const record::Startup& startup : record.startups) {
    if (HasUnreachedWorker(record, startup.cell)) cells.push_back(startup.cell);
  }
  if (cells.empty()) return;
  statements.push_back(
      {Standing::Caution,
       fmt::format(
           "In {} a process that runs the application was never reached before the load: cold "
           "requests are among those that were measured ({}).",
           Plural(std::ssize(cells), "cell"),
           Named(cells))});
}

void SayGrowth(const Record& record, Statements& statements) {
  std::vector<std::string> cells;
  for (const record::Cell& cell : record.cells) {
    const MemoryCurve curve = CurveOf(record, cell.cell);
    if (curve.trend && curve.trend->growth == Growth::Grows) {
      cells.push_back(fmt::format("{} {}", cell.cell, InWords(*curve.trend)));
    }
  }
  if (cells.empty()) return;
  statements.push_back(
      {Standing::Caution, fmt::format("Memory that grows with the requests: {}.", Named(cells))});
}

void SayNeighbours(const Record& record, Statements& statements) {
  const auto late =
      std::ranges::count_if(record.interferences, [](const record::Interference& line) {
        return line.alone.state == record::GeneratorState::Unverified ||
               line.beside.state == record::GeneratorState::Unverified;
      });
  if (late == 0) return;
  statements.push_back(
      {Standing::Caution,
       fmt::format(
           "In {} of an application beside its neighbour the load generator itself was late: "
           "read small differences as none.",
           notation::Plural(late, "measurement"))});
}

void SaySharing(const Record& record, Statements& statements) {
  constexpr double kWorthSaying = 0.9;
  std::vector<std::string> cells;
  for (const record::Cell& cell : record.cells) {
    const MemoryCurve curve = CurveOf(record, cell.cell);
    const record::Startup* startup = FindStartup(record, cell.cell);
    const bool has_several = startup != nullptr && startup->workers.size() > 1;
    if (!has_several || !curve.still_shared || *curve.still_shared > kWorthSaying) continue;
    cells.push_back(fmt::format("{:.0f} % of it in {}", 100 * *curve.still_shared, cell.cell));
  }
  if (cells.empty()) return;
  statements.push_back({Standing::Note,
                        fmt::format("Of the memory that processes shared when they were ready, not "
                                    "all was still shared after the "
                                    "requests: {}.",
                                    Named(cells))});
}

}  // namespace reports::verdict
