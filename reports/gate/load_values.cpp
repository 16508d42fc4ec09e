#include "reports/gate/load_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "hosts/base/check.h"
#include "reports/histogram/v2.h"
#include "reports/notation/notation.h"
#include "reports/statistics/percentile.h"

namespace reports::gate {

namespace {

constexpr double kNanosecondsPerMicrosecond = 1000;

// A member of latencies, by the name under which it is in the record.
struct Member {
  std::string_view name;
  double percentile;  // 0 for what is none
  std::optional<double> record::Latency::*value;
};

constexpr std::array<Member, 7> kMembers{{
    {"p50", 0.5, &record::Latency::p50},
    {"p90", 0.9, &record::Latency::p90},
    {"p99", 0.99, &record::Latency::p99},
    {"p999", 0.999, &record::Latency::p999},
    {"min", 0, &record::Latency::min},
    {"mean", 0, &record::Latency::mean},
    {"max", 0, &record::Latency::max},
}};

const Member* MemberOf(const Quantity& quantity) {
  constexpr double kNear = 1e-9;
  const auto* const found = std::ranges::find_if(kMembers, [&](const Member& member) {
    return quantity.percentile ? std::abs(*quantity.percentile - member.percentile) < kNear
                               : member.name == quantity.aggregate->name;
  });
  return found == kMembers.end() ? nullptr : found;
}

const record::Latency* LatencyOf(const record::Load& load, std::string_view metric) {
  const auto measured = [](const std::optional<record::Latency>& latency) {
    return latency ? &*latency : nullptr;
  };
  if (metric == "service") return measured(load.service_us);
  if (metric == "first_byte") return measured(load.first_byte_us);
  if (metric == "connect") return measured(load.connect_us);
  CHECK(metric == "latency", "a metric of latency that nobody looks up");
  return &load.latency_us;
}

std::optional<double> FromHistogram(const record::Load& load, double p) {
  if (load.hdr) {
    const auto exact = histogram::DecodeV2(*load.hdr);
    if (exact) {
      if (!exact->Supports(p * 100)) return std::nullopt;
      return static_cast<double>(exact->ValueAt(p * 100)) / kNanosecondsPerMicrosecond;
    }
  }
  std::vector<statistics::Counted> counted;
  for (const record::Bucket& bucket : load.histogram)
    counted.push_back({bucket.value_us, bucket.count});
  return statistics::Percentile(counted, p);
}

// Whether the generator names it as one that may be more: of percentiles, all beyond one that it names.
bool MayBeMore(const record::Load& load, const Quantity& quantity) {
  return std::ranges::any_of(kMembers, [&](const Member& member) {
    if (std::ranges::find(load.lower_bounds, member.name) == load.lower_bounds.end()) return false;
    if (!quantity.percentile) return member.name == quantity.aggregate->name;
    return member.percentile > 0 && *quantity.percentile >= member.percentile - 1e-9;
  });
}

}  // namespace

bool IsOfLatency(std::string_view metric) {
  constexpr std::string_view kOfLatency[] = {"latency", "service", "first_byte", "connect"};
  return std::ranges::find(kOfLatency, metric) != std::end(kOfLatency);
}

std::optional<double> LoadValue(const record::Load& load, const Quantity& quantity) {
  if (quantity.metric->name == "rate") return load.requests_per_s;
  const record::Latency* latency = LatencyOf(load, quantity.metric->name);
  if (latency == nullptr) return std::nullopt;
  if (const Member* member = MemberOf(quantity)) return latency->*member->value;
  CHECK(quantity.percentile, "an aggregate of latency that nobody looks up");
  return FromHistogram(load, *quantity.percentile);
}

std::string WhyNoLoadValue(const record::Load& load, const Quantity& quantity) {
  const bool is_measured =
      quantity.metric->name == "rate" || LatencyOf(load, quantity.metric->name) != nullptr;
  if (!quantity.percentile || !is_measured)
    return fmt::format("{} was not measured", quantity.Name());
  const auto needed = static_cast<std::int64_t>(std::ceil(10 / (1 - *quantity.percentile) - 1e-6));
  if (load.done >= needed) return fmt::format("{} is not in the record", quantity.Name());
  return fmt::format("{} are too few for {}: {} are needed",
                     notation::Plural(load.done, "answer"),
                     quantity.Name(),
                     notation::Count(needed));
}

// The generator was near its own limit, or it had to leave answers behind. In the first case the host may do more and
// be faster; in the second the percentiles that it names may be more.
void SetTrust(const record::Load& load, const Quantity& quantity, Measured& measured) {
  const record::Generator& generator = load.generator;
  if (generator.state == record::GeneratorState::Verified) return;
  const bool is_latency = quantity.metric->name != "rate";
  if (generator.state == record::GeneratorState::Unverified) {
    measured.trust = Trust::None;
  } else if (load.lower_bounds.empty()) {
    measured.trust = is_latency ? Trust::AtMost : Trust::AtLeast;
  } else if (quantity.metric->name == "latency" && MayBeMore(load, quantity)) {
    measured.trust = Trust::AtLeast;
  } else {
    return;
  }
  measured.reason = fmt::format("{}: {}",
                                record::Name(generator.state),
                                generator.reason.value_or("the load generator does not say why"));
}

}  // namespace reports::gate
