#include "reports/record/reader.h"

#include <fmt/format.h>

#include <functional>
#include <set>
#include <string>
#include <type_traits>
#include <utility>

#include "hosts/base/files.h"
#include "reports/record/json.h"

namespace reports::record {

namespace base = hosts::base;

namespace {

base::Error ErrorAt(std::string_view name, int line, std::string message) {
  return base::Error{base::ErrorKind::InvalidInput,
                     std::move(message),
                     base::SourcePosition{std::string(name), line, 0}};
}

// What the first line must be.
base::Result<void> CheckHeader(const Line& line) {
  const auto* header = std::get_if<Header>(&line);
  if (header == nullptr) {
    return base::Error{base::ErrorKind::InvalidInput, "not a record: the first line is no header"};
  }
  if (header->schema != kSchema) {
    return base::Error{
        base::ErrorKind::Unsupported,
        fmt::format(
            "a record of schema {}; this program reads schema {}", header->schema, kSchema)};
  }
  return {};
}

// A resumed run makes up for what had been stopped: that no longer counts.
void DropWhatWasStopped(std::vector<Line>& lines) {
  std::set<std::string, std::less<>> finished;
  for (const Line& line : lines) {
    const auto* cell = std::get_if<Cell>(&line);
    if (cell != nullptr && !IsOwnFault(cell->outcome)) finished.insert(cell->cell);
  }
  std::erase_if(lines, [&](const Line& line) {
    if (std::holds_alternative<Footer>(line) || std::holds_alternative<Rule>(line)) return true;
    if (const auto* left_out = std::get_if<NotMeasured>(&line))
      return left_out->stopped.has_value();
    const std::string_view cell = CellOf(line);
    return !cell.empty() && !finished.contains(cell);
  });
}

}  // namespace

base::Result<Lines> ReadLines(const std::filesystem::path& path) {
  auto text = base::ReadFile(path);
  if (!text) return text.error();
  return ReadLinesText(*text, path.string());
}

base::Result<Lines> ReadLinesText(std::string_view text, std::string_view name) {
  Lines read;
  bool ends_with_footer = false;
  int number = 0;
  while (!text.empty()) {
    ++number;
    const std::size_t end = text.find('\n');
    const bool is_cut_off = end == std::string_view::npos;
    const std::string_view line_text = text.substr(0, end);
    text.remove_prefix(is_cut_off ? text.size() : end + 1);

    auto line = ParseLine(line_text);
    if (!line && is_cut_off && number > 1) {
      read.problems.push_back(fmt::format("The last line ({}) was cut off.", number));
      break;
    }
    if (!line) return ErrorAt(name, number, line.error().message);
    ends_with_footer = std::holds_alternative<Footer>(*line);
    if (number == 1) {
      if (auto checked = CheckHeader(*line); !checked) {
        return ErrorAt(name, number, checked.error().message);
      }
    } else if (auto* resumed = std::get_if<Header>(&*line)) {
      read.resumptions.push_back(std::move(*resumed));
      DropWhatWasStopped(read.lines);
      continue;  // the first header stands
    }
    read.lines.push_back(std::move(*line));
  }
  if (number == 0) return ErrorAt(name, 1, "not a record: the file is empty");
  if (!ends_with_footer) {
    read.problems.emplace_back("The run did not finish: its record ends without a footer.");
  }
  if (const auto& merged = std::get<Header>(read.lines.front()).merged) {
    for (std::string& problem : ProblemsOf(*merged))
      read.problems.push_back(std::move(problem));
  }
  return read;
}

Record SortLines(Lines lines) {
  Record record;
  for (Line& line : lines.lines)
    Add(record, std::move(line));
  for (const Header& resumed : lines.resumptions)
    record.resumed_at.push_back(resumed.started_at);
  record.problems = std::move(lines.problems);
  record.complete = record.problems.empty();
  return record;
}

base::Result<Record> ReadRecord(const std::filesystem::path& path) {
  auto lines = ReadLines(path);
  if (!lines) return lines.error();
  return SortLines(std::move(*lines));
}

base::Result<Record> ReadRecordText(std::string_view text, std::string_view name) {
  auto lines = ReadLinesText(text, name);
  if (!lines) return lines.error();
  return SortLines(std::move(*lines));
}

}  // namespace reports::record
