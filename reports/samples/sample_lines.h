#pragma once
// What every sample run does to its lines: it ends them, and it finds one to change.

#include <algorithm>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "hosts/base/check.h"
#include "reports/record/record.h"

namespace reports::samples {

// The footer of the lines before it.
[[nodiscard]] record::Footer FooterOf(const std::vector<record::Line>& lines,
                                      int exit_code,
                                      std::string verdict);

// The line of type T about the cell; there must be one.
template <typename T>
[[nodiscard]] T& LineAbout(std::vector<record::Line>& lines, std::string_view cell) {
  const auto found = std::ranges::find_if(lines, [&](const record::Line& line) {
    return std::holds_alternative<T>(line) && CellOf(line) == cell;
  });
  CHECK(found != lines.end(), "a sample asks for a line that no sample cell has");
  return std::get<T>(*found);
}

}  // namespace reports::samples
