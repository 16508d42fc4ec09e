#include "reports/trackers/github_action_benchmark.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <map>

#include "reports/characters/characters.h"
#include "reports/notation/notation.h"
#include "reports/record/same_machine.h"
#include "reports/trackers/figures.h"

namespace reports::trackers {

using Json = nlohmann::ordered_json;
using statistics::Worse;

namespace {

constexpr std::size_t kNameLimit = 900;
constexpr std::size_t kExtraLimit = 500;

std::string Render(const record::Record& record, Worse worse) {
  const std::string measured_on = characters::OneLine(
      fmt::format("run {}, on {}", record.header.run, record::Text(record.header.machine)),
      kExtraLimit);
  std::map<std::string, int> numbers;  // of names that were cut, and may have become the same
  Json values = Json::array();
  for (const metrics::MetricValue& metric : FiguresOf(record)) {
    if (metric.worse != worse) continue;
    std::string name =
        fmt::format("{} {}", characters::OneLine(metric.subject, kNameLimit), metric.name);
    if (const int number = ++numbers[name]; number > 1) name += fmt::format(" ({})", number);
    Json value{{"name", name}, {"unit", metric.unit}, {"value", metric.value}};
    if (metric.low && metric.high)
      value["range"] = fmt::format("{} to {}", *metric.low, *metric.high);
    value["extra"] =
        (metric.n ? fmt::format("n = {}\n", notation::Count(*metric.n)) : std::string()) +
        measured_on;
    values.push_back(std::move(value));
  }
  return values.dump(1) + "\n";
}

}  // namespace

std::string RenderSmallerIsBetter(const record::Record& record) {
  return Render(record, Worse::Larger);
}

std::string RenderBiggerIsBetter(const record::Record& record) {
  return Render(record, Worse::Smaller);
}

}  // namespace reports::trackers
