#pragma once
// A trend for people and for programs: text for a terminal, JSON (reports/record/trend.schema.json), and CSV with a line for each value.

#include <span>
#include <string>

#include "reports/trend/trend.h"

namespace reports::trend {

enum class Show { Changed, All };

// `margin`: how much worse is no matter, for the last line.
[[nodiscard]] std::string ToText(const Trend& trend, double margin, Show show);
[[nodiscard]] std::string ToJson(const Trend& trend, double margin);
[[nodiscard]] std::string ToCsv(const Trend& trend);

// "▁▂▇█": the values between their least and their greatest; the medians of neighbours where there are more than `width`.
[[nodiscard]] std::string Sparkline(std::span<const double> values, std::size_t width);

// "since run 21 (2026-02-20, 1a2b3c4): +9.8 %, 212 µs to 233 µs (confidence 99.9 %)"
[[nodiscard]] std::string Sentence(const Trend& trend,
                                   const SeriesTrend& one,
                                   const Change& change);

}  // namespace reports::trend
