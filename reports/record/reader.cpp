#include "reports/record/reader.h"

#include <fmt/format.h>

#include <string>
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

}  // namespace

base::Result<Record> ReadRecord(const std::filesystem::path& path) {
  auto text = base::ReadFile(path);
  if (!text) return text.error();
  return ReadRecordText(*text, path.string());
}

base::Result<Record> ReadRecordText(std::string_view text, std::string_view name) {
  Record record;
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
      record.problems.push_back(fmt::format("The last line ({}) was cut off.", number));
      break;
    }
    if (!line) return ErrorAt(name, number, line.error().message);
    if (number == 1) {
      if (auto checked = CheckHeader(*line); !checked) {
        return ErrorAt(name, number, checked.error().message);
      }
    } else if (std::holds_alternative<Header>(*line)) {
      continue;  // a resumed run; the first header stands
    }
    ends_with_footer = std::holds_alternative<Footer>(*line);
    Add(record, std::move(*line));
  }
  if (number == 0) return ErrorAt(name, 1, "not a record: the file is empty");
  if (!ends_with_footer) {
    record.problems.emplace_back("The run did not finish: its record ends without a footer.");
  }
  record.complete = record.problems.empty();
  return record;
}

}  // namespace reports::record
