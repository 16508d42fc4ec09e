#include "reports/text/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <string_view>
#include <vector>

#include "reports/notation/notation.h"
#include "reports/overview/overview.h"
#include "reports/record/axes.h"
#include "reports/verdict/verdict.h"

namespace reports::text {

using record::Record;
using verdict::Standing;

namespace {

constexpr std::size_t kLeastColumns = 40;
constexpr std::size_t kGap = 2;  // between columns of the table

bool IsContinuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80;
}

// How many columns the text takes: characters, not bytes.
std::size_t Width(std::string_view text) {
  return text.size() - static_cast<std::size_t>(std::ranges::count_if(text, IsContinuation));
}

// Printable, at most `width` characters.
std::string Cut(std::string_view text, std::size_t width) {
  std::string cut;
  std::size_t used = 0;
  for (const char c : text) {
    if (!IsContinuation(c) && ++used > width) return cut;
    const auto byte = static_cast<unsigned char>(c);
    cut += byte < 0x20 || byte == 0x7F ? '?' : c;
  }
  return cut;
}

std::string Padded(std::string_view text, std::size_t width, bool is_number) {
  const std::string cut = Cut(text, width);
  const std::string space(width - Width(cut), ' ');
  return is_number ? space + cut : cut + space;
}

// The words of the text in lines of at most `width`; the first line begins with `mark`.
std::string Wrapped(std::string_view mark, std::string_view text, std::size_t width) {
  const std::size_t indent = Width(mark) + 1;
  std::string out(mark);
  std::size_t used = indent - 1;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = Cut(text.substr(at, end - at), width - indent);
    if (used + 1 + Width(word) > width) {
      out += '\n' + std::string(indent - 1, ' ');
      used = indent - 1;
    }
    out += ' ' + word;
    used += 1 + Width(word);
    at = end + 1;
  }
  return out + '\n';
}

using Row = std::vector<std::string>;

// The rows of one application, the first of them the heads; columns that do not fit are left out.
class Table {
 public:
  Table(const Record& record, const std::string& app, std::size_t columns) {
    const auto all = overview::Columns();
    for (const overview::Column& column : all)
      is_number_.push_back(column.is_number);
    is_number_.insert(is_number_.begin(), false);
    Row heads{app};
    for (const overview::Column& column : all)
      heads.emplace_back(column.head);
    rows_.push_back(heads);
    for (const overview::Row& row : overview::RowsOf(record, app)) {
      Row texts{row.label};
      for (const overview::Column& column : all)
        texts.push_back(column.write(record, row.cell));
      rows_.push_back(texts);
    }
    for (std::size_t at = all.size(); at > 0 && TotalWidth() > columns; --at) {
      if (all[at - 1].may_be_left_out) LeaveOut(at);
    }
    limit_ = columns;
  }

  [[nodiscard]] std::string Text() const {
    const std::vector<std::size_t> widths = Widths();
    std::string out;
    for (const Row& row : rows_) {
      std::string line;
      for (std::size_t at = 0; at < row.size(); ++at) {
        if (at > 0) line += std::string(kGap, ' ');
        line += Padded(row[at], widths[at], is_number_[at]);
      }
      line = Cut(line, limit_);
      line.erase(line.find_last_not_of(' ') + 1);
      out += line + '\n';
    }
    return out;
  }

 private:
  [[nodiscard]] std::vector<std::size_t> Widths() const {
    std::vector<std::size_t> widths(rows_[0].size(), 0);
    for (const Row& row : rows_) {
      for (std::size_t at = 0; at < row.size(); ++at) {
        widths[at] = std::max(widths[at], Width(row[at]));
      }
    }
    widths[0] = std::min<std::size_t>(widths[0], 44);
    return widths;
  }
  [[nodiscard]] std::size_t TotalWidth() const {
    const std::vector<std::size_t> widths = Widths();
    return std::accumulate(widths.begin(), widths.end(), kGap * (widths.size() - 1));
  }
  void LeaveOut(std::size_t at) {
    const auto place = static_cast<std::ptrdiff_t>(at);
    for (Row& row : rows_)
      row.erase(row.begin() + place);
    is_number_.erase(is_number_.begin() + place);
  }

  std::vector<Row> rows_;
  std::vector<bool> is_number_;
  std::size_t limit_ = 0;
};

// "> 1.41 s" where it may be more.
std::string P99Of(const record::Experience& experience) {
  const auto& p99 = experience.latency_us.p99;
  const bool may_be_more = p99 && experience.state == record::GeneratorState::LowerBound;
  return (may_be_more ? "> " : "") + (p99 ? notation::Microseconds(*p99) : "–");
}

// B's p99 in each arrangement, alone and beside what A does; nothing when it was not measured.
std::string InterferenceText(const Record& record, std::size_t columns) {
  std::vector<Row> rows;
  for (const record::Interference& line : record.interferences) {
    if (rows.empty()) rows.push_back({"p99 of B", "alone"});
    const std::string name = line.host + ": " + line.arrangement;
    if (rows.size() == 1 || rows.back().front() != name) {
      rows.push_back({name, P99Of(line.alone)});
    }
    rows.back().push_back(P99Of(line.beside));
    if (rows.size() == 2) rows.front().push_back("A: " + line.kind);
  }
  std::string out;
  for (const Row& row : rows) {
    std::string text = Padded(row.front(), 30, false);
    for (std::size_t at = 1; at < row.size(); ++at)
      text += "  " + Padded(row[at], 11, true);
    out += Cut(text, columns) + '\n';
  }
  return out.empty() ? out : out + '\n';
}

// Where the engine differs from mod_wsgi is read elsewhere; nothing when it did not say.
std::string DeviationsText(const Record& record) {
  std::int64_t on_purpose = 0;
  std::int64_t not_yet = 0;
  for (const record::HostVersion& host : record.header.hosts) {
    for (const record::Deviation& deviation : host.deviations)
      ++(deviation.kind == record::kNotYet ? not_yet : on_purpose);
  }
  if (on_purpose + not_yet == 0) return {};
  return fmt::format(
      "wsgilab-host differs from mod_wsgi in {} on purpose, and in {} that it does not do yet: "
      "`wsgilab-host deviations` and the HTML report say where and why.",
      notation::Plural(on_purpose, "point"),
      not_yet);
}

}  // namespace

std::string RenderSummary(const Record& record, int columns) {
  const std::size_t width = std::max(kLeastColumns, static_cast<std::size_t>(std::max(columns, 0)));
  std::string out;
  for (const std::string& app : AxesOf(record).apps) {
    out += Table(record, app, width).Text() + '\n';
  }
  out += InterferenceText(record, width);
  const verdict::Verdict verdict = verdict::Judge(record);
  for (const verdict::Statement& statement : verdict.statements) {
    out += Wrapped(overview::MarkOf(statement.standing), statement.text, width);
  }
  const std::string deviations = DeviationsText(record);
  if (!deviations.empty()) out += Wrapped(overview::MarkOf(Standing::Note), deviations, width);
  return out + '\n' + Wrapped(overview::MarkOf(verdict.standing), verdict.headline, width);
}

}  // namespace reports::text
