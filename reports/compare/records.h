#pragma once
// PutSideBySide: two records of different runs, cell for cell. Nothing is judged: the machine of the one run was in another mood than
// that of the other, and one window on one host is no sample. Where the machines are different ones, times are not even shown.

#include <optional>
#include <string>
#include <vector>

#include "reports/compare/metrics.h"
#include "reports/record/record.h"

namespace reports::compare {

struct SideBySideRow {
  std::string cell;
  std::string metric;
  double base = 0;
  double value = 0;
};

struct SideBySide {
  std::vector<SideBySideRow> rows;
  std::vector<std::string> remarks;  // what makes them hard to compare, in sentences
};

[[nodiscard]] SideBySide PutSideBySide(const record::Record& base, const record::Record& candidate);

[[nodiscard]] std::string ToText(const SideBySide& side_by_side);
[[nodiscard]] std::string ToJson(const SideBySide& side_by_side);

}  // namespace reports::compare
