#pragma once
// What one load phase says about a quantity: its value, why there is none, and how far it can be believed.
//
// Pure.

#include <optional>
#include <string>
#include <string_view>

#include "reports/gate/measured.h"

namespace reports::gate {

// latency, service, first_byte, connect.
[[nodiscard]] bool IsOfLatency(std::string_view metric);

// Percentiles are read from the exact histogram (`hdr`) where the record has it, else from the buckets.
[[nodiscard]] std::optional<double> LoadValue(const record::Load& load, const Quantity& quantity);

[[nodiscard]] std::string WhyNoLoadValue(const record::Load& load, const Quantity& quantity);

// By what the load generator says of itself.
void SetTrust(const record::Load& load, const Quantity& quantity, Measured& measured);

}  // namespace reports::gate
