#include "reports/samples/sample_lines.h"

#include "reports/samples/sample_cells.h"

namespace reports::samples {

record::Footer FooterOf(const std::vector<record::Line>& lines,
                        int exit_code,
                        std::string verdict) {
  record::Footer footer;
  footer.finished_at = kRunStart + 134;
  footer.seconds = 134;
  footer.exit_code = exit_code;
  footer.verdict = std::move(verdict);
  for (const record::Line& line : lines) {
    if (const auto* cell = std::get_if<record::Cell>(&line)) {
      ++footer.cells[std::string(Name(cell->outcome))];
    } else if (const auto* check = std::get_if<record::Check>(&line)) {
      ++footer.checks[std::string(Name(check->outcome))];
    }
  }
  return footer;
}

}  // namespace reports::samples
