#pragma once
// Overview: what a table of cells says of each, column by column, as plain text: what the terminal shows, and Markdown.
//
// Pure.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reports/record/record.h"
#include "reports/verdict/verdict.h"

namespace reports::overview {

struct Column {
  std::string_view head;
  bool is_number;
  bool may_be_left_out;  // where there is no room
  std::string (*write)(const record::Record&, const std::string& cell);
};
[[nodiscard]] std::span<const Column> Columns();

struct Row {
  std::string label;  // the mode, and the host where there are several
  std::string cell;   // id
};
// Of one application. Where there are several hosts, without what a host does not offer: most have few of the modes, and a
// statement of the verdict says how many they have not.
[[nodiscard]] std::vector<Row> RowsOf(const record::Record& record, const std::string& app);

// "✗", "!", "i", "✓"
[[nodiscard]] std::string_view MarkOf(verdict::Standing standing);

}  // namespace reports::overview
