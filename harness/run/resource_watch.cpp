#include "harness/run/resource_watch.h"

#include "harness/run/to_record.h"
#include "harness/sampling/sampler.h"

namespace harness::run {

namespace record = reports::record;

namespace {

std::optional<double> Share(std::optional<std::int64_t> count, std::int64_t answered) {
  if (!count || answered <= 0) return std::nullopt;
  return static_cast<double>(*count) / static_cast<double>(answered);
}

}  // namespace

void ResourceWatch::Sample(record::When when) {
  const auto sample = sampling::SampleFamily(root_, sampling::Memory::Read);
  record::Resources line = ToResources(cell_, when, sample, ready_);
  line.requests = requests_;
  write_(line);
}

void ResourceWatch::BeginCounting() {
  counters_.emplace(root_);
}

void ResourceWatch::EndCounting(std::int64_t answered) {
  if (!counters_) return;
  per_request_.instructions = Share(counters_->Instructions(), answered);
  per_request_.system_calls = Share(counters_->SystemCalls(), answered);
  counters_.reset();
}

void ResourceWatch::BeginLoad() {
  before_load_ = sampling::CostsOf(root_);
}

void ResourceWatch::EndLoad(std::int64_t answered) {
  const sampling::Costs now = sampling::CostsOf(root_);
  const auto sample = sampling::SampleFamily(root_, sampling::Memory::Read);
  record::Resources line = ToResources(cell_, record::When::AfterLoad, sample, ready_);
  line.requests = requests_;
  if (before_load_ && answered > 0) {
    const auto spent = sampling::Between(*before_load_, now);
    line.cpu_us_per_request = *Share(spent.cpu.count(), answered) / 1e3;
    record::RequestCosts costs = per_request_;
    costs.voluntary_switches = Share(spent.switches.voluntary, answered);
    costs.involuntary_switches = Share(spent.switches.involuntary, answered);
    costs.minor_faults = Share(spent.minor_faults, answered);
    costs.major_faults = Share(spent.major_faults, answered);
    if (spent.file_calls) {
      costs.file_reads = Share(spent.file_calls->reads, answered);
      costs.file_writes = Share(spent.file_calls->writes, answered);
    }
    line.per_request = costs;
  }
  write_(line);
}

}  // namespace harness::run
