#include "reports/gate/measured.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "hosts/base/check.h"
#include "reports/gate/counted.h"
#include "reports/gate/labels.h"
#include "reports/gate/load_values.h"
#include "reports/gate/start_values.h"
#include "reports/statistics/percentile.h"

namespace reports::gate {

namespace {

using record::CellOutcome;
using record::Record;

constexpr double kNanosecondsPerMicrosecond = 1000;

std::optional<double> AsNumber(const std::optional<std::int64_t>& whole) {
  if (!whole) return std::nullopt;
  return static_cast<double>(*whole);
}

// ---- Memory.

std::optional<double> MemoryValue(const record::Resources& line, const Quantity& quantity) {
  if (quantity.metric->name == "private_dirty") return AsNumber(line.private_dirty_kib);
  if (quantity.aggregate->name == "total") return AsNumber(line.pss_kib);
  std::optional<double> largest;
  for (const record::HostProcess& process : line.processes) {
    if (process.pss_kib)
      largest = std::max(largest.value_or(0), static_cast<double>(*process.pss_kib));
  }
  return largest;
}

// ---- Cells.

// Of the plan, and those that were added to it.
std::vector<std::string> AllCells(const Record& record) {
  std::vector<std::string> cells = record.header.plan.cells;
  for (const record::Cell& cell : record.cells) {
    if (std::ranges::find(cells, cell.cell) == cells.end()) cells.push_back(cell.cell);
  }
  return cells;
}

std::string WhyNotMeasured(const Record& record,
                           const std::string& cell,
                           const Quantity& quantity) {
  const record::Cell* line = FindCell(record, cell);
  if (line == nullptr) return "the cell was not run to its end";
  if (line->outcome == CellOutcome::Ok) return fmt::format("{} was not measured", quantity.Name());
  return fmt::format(
      "the cell is {}: {}", Name(line->outcome), line->reason.value_or("no reason is given"));
}

bool IsNotOffered(const Record& record, const std::string& cell) {
  const record::Cell* line = FindCell(record, cell);
  return line != nullptr && line->outcome == CellOutcome::NotOffered;
}

// What the lines of one cell say: those of which `labels` fit the rule. Nothing where no line is wanted.
class CellReader {
 public:
  CellReader(const Expression& expression, const Record& record, std::string cell)
      : expression_(expression),
        record_(record),
        cell_(std::move(cell)),
        labels_(LabelsOfCell(record, cell_)) {}

  std::vector<Measured> Read() {
    const std::string_view metric = expression_.quantity.metric->name;
    if (IsOfLatency(metric)) return OfLoops(record::Loop::Open);
    if (metric == "rate") return OfLoops(record::Loop::Closed);
    if (metric == "pss" || metric == "private_dirty") return OfMoments();
    if (!Fits(labels_, expression_.selectors)) return {};
    if (metric == "cpu")
      return {One(cell_,
                  FindResources(record_, cell_, record::When::AfterLoad),
                  [](const auto& line) { return line.cpu_us_per_request; })};
    if (metric == "costs")
      return {
          One(cell_, FindResources(record_, cell_, record::When::AfterLoad), [&](const auto& line) {
            return CostValue(line, expression_.quantity.aggregate->name);
          })};
    if (metric == "imports")
      return {One(cell_, FindStartup(record_, cell_), [&](const auto& line) {
        return ImportsValue(line, expression_.quantity.aggregate->name);
      })};
    CHECK(metric == "startup", "a metric of cells that nobody looks up");
    return {One(cell_, FindStartup(record_, cell_), [&](const auto& line) {
      return StartupValue(line, expression_.quantity.aggregate->name);
    })};
  }

 private:
  template <typename Line, typename ValueOf>
  Measured One(std::string where, const Line* line, ValueOf value_of) {
    Measured measured;
    measured.where = std::move(where);
    measured.cell = cell_;
    if (line != nullptr) measured.value = value_of(*line);
    if (!measured.value) measured.reason = WhyNotMeasured(record_, cell_, expression_.quantity);
    return measured;
  }

  std::vector<Measured> OfLoops(record::Loop usual) {
    std::vector<Measured> all;
    for (const record::Loop loop : {record::Loop::Closed, record::Loop::Open}) {
      labels_["loop"] = record::Name(loop);
      if (!HasSelector(expression_, "loop") && loop != usual) continue;
      if (!Fits(labels_, expression_.selectors)) continue;
      const record::Load* load = FindLoad(record_, cell_, loop);
      Measured measured =
          One(fmt::format("{} ({} loop)", cell_, record::Name(loop)), load, [&](const auto& line) {
            return LoadValue(line, expression_.quantity);
          });
      measured.at = record::Name(loop);
      if (load != nullptr && !measured.value) {
        measured.reason = WhyNoLoadValue(*load, expression_.quantity);
      }
      if (load != nullptr && measured.value) SetTrust(*load, expression_.quantity, measured);
      all.push_back(std::move(measured));
    }
    return all;
  }

  std::vector<Measured> OfMoments() {
    std::vector<Measured> all;
    for (const record::When when :
         {record::When::Ready, record::When::AfterFirstRequest, record::When::AfterLoad}) {
      labels_["when"] = record::Name(when);
      if (!HasSelector(expression_, "when") && when != record::When::AfterLoad) continue;
      if (!Fits(labels_, expression_.selectors)) continue;
      all.push_back(One(fmt::format("{} ({})", cell_, record::Name(when)),
                        FindResources(record_, cell_, when),
                        [&](const auto& line) { return MemoryValue(line, expression_.quantity); }));
      all.back().at = record::Name(when);
    }
    return all;
  }

  const Expression& expression_;
  const Record& record_;
  std::string cell_;
  Labels labels_;
};

// The median of the repetitions of each micro-benchmark, in the order of the record.
std::vector<Measured> MicrosOf(const Expression& expression, const Record& record) {
  std::vector<Measured> all;
  std::map<std::string, std::vector<double>> repetitions;
  for (const record::Micro& micro : record.micros) {
    const Labels labels{{"name", micro.name}, {"program", micro.program.value_or("")}};
    if (!Fits(labels, expression.selectors)) continue;
    if (std::ranges::find(all, micro.name, &Measured::where) == all.end()) {
      all.emplace_back().where = micro.name;
    }
    const auto& time = expression.quantity.aggregate->name == "cpu" ? micro.cpu_ns : micro.real_ns;
    if (time) repetitions[micro.name].push_back(*time / kNanosecondsPerMicrosecond);
    if (micro.problem) {
      std::ranges::find(all, micro.name, &Measured::where)->reason = *micro.problem;
    }
  }
  for (Measured& measured : all) {
    measured.value = statistics::Median(repetitions[measured.where]);
    if (!measured.value && measured.reason.empty()) measured.reason = "it has no times";
  }
  return all;
}

}  // namespace

std::vector<Measured> MeasuredOf(const Expression& expression, const Record& record) {
  if (expression.quantity.metric->extent == Extent::Count) return CountedOf(expression, record);
  if (expression.quantity.metric->name == "micro") return MicrosOf(expression, record);
  std::vector<Measured> all;
  for (const std::string& cell : AllCells(record)) {
    if (IsNotOffered(record, cell)) continue;
    std::ranges::move(CellReader(expression, record, cell).Read(), std::back_inserter(all));
  }
  return all;
}

}  // namespace reports::gate
