#include "reports/html/comparison_page.h"

#include <fmt/format.h>

#include <vector>

#include "reports/compare/metrics.h"
#include "reports/compare/records.h"
#include "reports/html/blocks.h"
#include "reports/html/still_page.h"
#include "reports/notation/notation.h"
#include "reports/record/same_machine.h"
#include "reports/verdict/verdict.h"

namespace reports::html {

namespace {

using compare::SideBySideRow;

Markup Facts(std::string_view title, const record::Record& record) {
  const record::Header& header = record.header;
  return Element(
      "div",
      Element("h3", title) +
          Element("dl",
                  {{"class", "facts"}},
                  Term("Synthetic", header.synthetic.value_or("")) + Term("Run", header.run) +
                      Term("When", notation::Instant(header.started_at)) +
                      Term("Revision", header.revision.value_or("")) +
                      Term("Machine", record::Text(header.machine)) +
                      Term("Profile", header.profile) +
                      Term("Verdict", verdict::Judge(record).headline)));
}

Markup Remarks(const std::vector<std::string>& remarks) {
  Markup list;
  for (const std::string& remark : remarks) {
    list += Element("li",
                    {{"class", "caution"}},
                    Mark(verdict::Standing::Caution) + Element("span", Text(remark)));
  }
  return Element("ul", {{"class", "statements"}}, list);
}

Markup RowOf(const SideBySideRow& row) {
  const compare::Metric& metric = *compare::FindMetric(row.metric);
  const std::string change =
      row.base > 0 ? fmt::format("{:+.1f} %", 100 * (row.value / row.base - 1)) : "–";
  return Element("tr",
                 Element("th", {{"scope", "row"}}, metric.title) +
                     Element("td", compare::Written(metric, row.base)) +
                     Element("td", compare::Written(metric, row.value)) + Element("td", change));
}

Markup CellTable(std::string_view cell, const Markup& rows) {
  return Element("h3", BreakableText(cell)) +
         Scrolling(
             cell,
             Element("table", HeaderRow({"", "A", "B", "B against A"}) + Element("tbody", rows)));
}

Markup Tables(const std::vector<SideBySideRow>& rows) {
  Markup tables;
  for (std::size_t begin = 0; begin < rows.size();) {
    Markup of_cell;
    std::size_t end = begin;
    for (; end < rows.size() && rows[end].cell == rows[begin].cell; ++end)
      of_cell += RowOf(rows[end]);
    tables += CellTable(rows[begin].cell, of_cell);
    begin = end;
  }
  return tables;
}

}  // namespace

std::string RenderComparison(const record::Record& base, const record::Record& candidate) {
  const compare::SideBySide both = compare::PutSideBySide(base, candidate);
  const std::string headline =
      fmt::format("{} and {}, side by side", base.header.run, candidate.header.run);
  return StillPage(
      headline,
      verdict::Standing::Caution,
      Remarks(both.remarks) +
          Element("div", {{"class", "tiles"}}, Facts("A", base) + Facts("B", candidate)) +
          Section("cells", "Cell for cell", Tables(both.rows)));
}

}  // namespace reports::html
