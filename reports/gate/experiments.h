#pragma once
// Rules about a baseline, held against experiments (reports/compare) or against another record.
//
// PairsOf:         the pairs of values of an attempt, for Inputs.
// DoubtOf:         what the controls of an experiment say against a comparison, for Inputs.
// MetricOf:        the metric of samples that a rule's quantity is; null where experiments do not measure it.
// AgainstRecord:   what becomes of a rule when the baseline is the record of another run: sizes and counts are held against it as they
//                  are; times are not judged, as two runs had two moods of the machine.
//
// Pure.

#include <optional>
#include <string>
#include <vector>

#include "reports/compare/metrics.h"
#include "reports/gate/judge.h"
#include "reports/gate/rules.h"
#include "reports/record/record.h"

namespace reports::gate {

[[nodiscard]] const compare::Metric* MetricOf(const Quantity& quantity);

// The record must outlive what they return.
[[nodiscard]] PairedValues PairsOf(const record::Record& record, int attempt);
[[nodiscard]] Doubt DoubtOf(const record::Record& record);

[[nodiscard]] RuleOutcome AgainstRecord(const Rule& rule,
                                        const record::Record& base,
                                        const record::Record& candidate);

}  // namespace reports::gate
