#include "reports/compare/cell_values.h"

namespace reports::compare {

using record::Loop;
using record::Record;
using record::When;

std::optional<double> ValueOf(const Record& record,
                              const std::string& cell,
                              std::string_view metric) {
  const record::Load* load = FindLoad(record, cell, Loop::Closed);
  if (load != nullptr) {
    if (metric == "latency_p50_us") return load->latency_us.p50;
    if (metric == "latency_p90_us") return load->latency_us.p90;
    if (metric == "latency_p99_us") return load->latency_us.p99;
    if (metric == "latency_p999_us") return load->latency_us.p999;
    if (metric == "latency_mean_us") return load->latency_us.mean;
    if (metric == "requests_per_s") return load->requests_per_s;
  }
  const record::Startup* startup = FindStartup(record, cell);
  if (startup != nullptr) {
    if (metric == "ready_ms") return startup->ready_ms;
    if (metric == "first_request_ms") return startup->first_request_ms;
  }
  const record::Resources* resources = FindResources(record, cell, When::AfterLoad);
  if (resources != nullptr) {
    if (metric == "cpu_us") return resources->cpu_us_per_request;
    if (metric == "pss_kib" && resources->pss_kib) return static_cast<double>(*resources->pss_kib);
  }
  return std::nullopt;
}

}  // namespace reports::compare
