#pragma once
// The units of time that Google Benchmark writes.

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace reports::google_benchmark {

struct TimeUnit {
  std::string_view name;
  double nanoseconds;
};

inline constexpr std::array<TimeUnit, 4> kTimeUnits{
    {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}}};

[[nodiscard]] inline std::optional<double> NanosecondsOf(std::string_view name) {
  for (const TimeUnit& unit : kTimeUnits) {
    if (unit.name == name) return unit.nanoseconds;
  }
  return std::nullopt;
}

[[nodiscard]] inline std::string UnitNames() {
  std::string names;
  for (const TimeUnit& unit : kTimeUnits)
    names += (names.empty() ? "" : ", ") + std::string(unit.name);
  return names;
}

}  // namespace reports::google_benchmark
