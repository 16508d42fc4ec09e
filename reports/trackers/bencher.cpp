#include "reports/trackers/bencher.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "reports/characters/characters.h"
#include "reports/trackers/figures.h"

namespace reports::trackers {

using Json = nlohmann::ordered_json;

namespace {

// Bencher takes names of 1,024 characters, and measures of 64; those are ours, and shorter.
constexpr std::size_t kNameLimit = 900;

// A benchmark that has no such measure yet: names that were cut may have become the same.
Json& BenchmarkFor(const metrics::MetricValue& metric, Json& benchmarks) {
  std::string name = characters::OneLine(metric.subject, kNameLimit);
  if (name.empty()) name = "?";
  std::string unique = name;
  for (int number = 2; benchmarks.contains(unique) && benchmarks[unique].contains(metric.name);
       ++number)
    unique = fmt::format("{} ({})", name, number);
  return benchmarks[unique];
}

}  // namespace

std::string RenderBencher(const record::Record& record) {
  Json benchmarks = Json::object();
  for (const metrics::MetricValue& metric : FiguresOf(record)) {
    Json& measure = BenchmarkFor(metric, benchmarks)[metric.name];
    measure["value"] = metric.value;
    if (metric.low) measure["lower_value"] = *metric.low;
    if (metric.high) measure["upper_value"] = *metric.high;
  }
  return benchmarks.dump(1) + "\n";
}

}  // namespace reports::trackers
