#include "reports/overview/overview.h"

#include <algorithm>
#include <optional>

#include "reports/notation/notation.h"
#include "reports/record/axes.h"

namespace reports::overview {

using record::Record;
using verdict::Standing;

namespace {

template <typename T>
std::string Written(const std::optional<T>& value, std::string (*write)(double)) {
  return value ? write(static_cast<double>(*value)) : "–";
}

// ✓: ok, and where it was asked to be.
std::string ResultText(const Record& record, const std::string& id) {
  const record::Cell* cell = FindCell(record, id);
  if (cell == nullptr) return "not run";
  if (cell->outcome != record::CellOutcome::Ok) return verdict::Words(cell->outcome);
  const record::Placement* placement = FindPlacement(record, id);
  if (placement == nullptr) return "no proof";
  return placement->agrees ? "✓" : "misplaced";
}

std::string FirstRequestText(const Record& record, const std::string& cell) {
  const record::Startup* startup = FindStartup(record, cell);
  return startup == nullptr ? "–" : Written(startup->first_request_ms, notation::Milliseconds);
}

template <std::optional<double> record::Latency::*member>
std::string LatencyText(const Record& record, const std::string& cell) {
  const record::Load* load = FindLoad(record, cell, record::Loop::Closed);
  return load == nullptr ? "–" : Written(load->latency_us.*member, notation::Microseconds);
}

std::string RateText(const Record& record, const std::string& cell) {
  const record::Load* load = FindLoad(record, cell, record::Loop::Closed);
  return load == nullptr ? "–" : Written(load->requests_per_s, notation::Rate);
}

std::string MemoryText(const Record& record, const std::string& cell) {
  const record::Resources* resources = FindResources(record, cell, record::When::AfterLoad);
  return resources == nullptr ? "–" : Written(resources->pss_kib, notation::Kibibytes);
}

std::string CpuText(const Record& record, const std::string& cell) {
  const record::Resources* resources = FindResources(record, cell, record::When::AfterLoad);
  return resources == nullptr ? "–"
                              : Written(resources->cpu_us_per_request, notation::Microseconds);
}

// Whether there is something to say about it: it was offered, and asked for.
bool HasRow(const Record& record, const std::string& id) {
  const record::Cell* cell = FindCell(record, id);
  if (cell != nullptr) return cell->outcome != record::CellOutcome::NotOffered;
  return std::ranges::find(record.header.plan.cells, id) != record.header.plan.cells.end();
}

constexpr Column kColumns[] = {
    {"result", false, false, ResultText},
    {"first", true, false, FirstRequestText},
    {"p50", true, false, LatencyText<&record::Latency::p50>},
    {"p99", true, true, LatencyText<&record::Latency::p99>},
    {"requests", true, false, RateText},
    {"memory", true, true, MemoryText},
    {"CPU each", true, true, CpuText},
};

}  // namespace

std::span<const Column> Columns() {
  return kColumns;
}

std::vector<Row> RowsOf(const Record& record, const std::string& app) {
  const bool has_several_hosts = record.header.hosts.size() > 1;
  std::vector<Row> rows;
  for (const record::AxisRow& row : AxesOf(record).rows) {
    std::string cell = CellAt(row, app);
    if (has_several_hosts && !HasRow(record, cell)) continue;
    rows.push_back({row.label, std::move(cell)});
  }
  return rows;
}

std::string_view MarkOf(Standing standing) {
  switch (standing) {
    case Standing::Bad:
      return "✗";
    case Standing::Caution:
      return "!";
    case Standing::Note:
      return "i";
    case Standing::Good:
      return "✓";
  }
  return "?";
}

}  // namespace reports::overview
