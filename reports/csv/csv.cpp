#include "reports/csv/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "reports/characters/characters.h"
#include "reports/gate/labels.h"
#include "reports/metrics/metrics.h"

namespace reports::csv {

namespace {

constexpr std::size_t kTextLimit = 1000;  // bytes

constexpr std::string_view kLabels[] = {
    "host", "process", "interpreter", "loading", "app", "python"};

// Whether a spreadsheet would compute it: also behind blanks, and where the signs are those of other scripts.
bool IsFormula(std::string_view text) {
  constexpr std::string_view kSigns[] = {
      "=", "+", "-", "@", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"};
  const std::size_t first = text.find_first_not_of(" \t\n");
  if (first == std::string_view::npos) return false;
  return std::ranges::any_of(
      kSigns, [&](std::string_view sign) { return text.substr(first).starts_with(sign); });
}

std::string Text(std::string_view text) {
  std::string field = characters::OneLine(text, kTextLimit);
  if (IsFormula(field)) field.insert(0, "'");
  if (field.find_first_of(",;\" '") == std::string::npos) return field;
  std::string quoted = "\"";
  for (const char c : field) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

template <typename Number>
std::string Written(const std::optional<Number>& number) {
  return number ? fmt::format("{}", *number) : "";
}

std::string_view Word(gate::Trust trust) {
  switch (trust) {
    case gate::Trust::Full:
      return "yes";
    case gate::Trust::AtLeast:
      return "at_least";
    case gate::Trust::AtMost:
      return "at_most";
    case gate::Trust::None:
      break;
  }
  return "no";
}

}  // namespace

std::string RenderCsv(const record::Record& record) {
  std::string csv =
      "run,subject,cell,host,process,interpreter,loading,app,python,metric,unit,value,low,high,n,"
      "verified\r\n";
  const std::string run = Text(record.header.run);
  std::string cell;  // the last one, and what its rows have in common
  std::string of_cell;
  for (const metrics::MetricValue& metric : metrics::MetricsOf(record)) {
    if (of_cell.empty() || metric.cell != cell) {
      cell = metric.cell;
      const gate::Labels labels = cell.empty() ? gate::Labels{} : gate::LabelsOfCell(record, cell);
      of_cell = Text(cell);
      for (const std::string_view label : kLabels) {
        const auto value = labels.find(label);
        of_cell += "," + (value == labels.end() ? "" : Text(value->second));
      }
    }
    csv += fmt::format("{},{},{},{},{},{},{},{},{},{}\r\n",
                       run,
                       Text(metric.subject),
                       of_cell,
                       Text(metric.name),
                       metric.unit,
                       metric.value,
                       Written(metric.low),
                       Written(metric.high),
                       Written(metric.n),
                       Word(metric.trust));
  }
  return csv;
}

}  // namespace reports::csv
