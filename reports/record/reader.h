#pragma once
// Reading a record file. A run that was cut off is readable: without its footer, or with half a last
// line, the Record is not complete and says why. So is one that was merged from fewer shards than there are.
//
// Fails:   a file that cannot be read, that does not begin with a header of a schema we know, or a line
//          that is not what its type says: the error has file and line.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "hosts/base/result.h"
#include "reports/record/record.h"

namespace reports::record {

// The lines that count, in the order of the file: what a later part of a resumed run has replaced is not among them.
struct Lines {
  std::vector<Line> lines;
  std::vector<Header> resumptions;    // the headers with which the run was gone on with
  std::vector<std::string> problems;  // what is not complete, in sentences
};
[[nodiscard]] hosts::base::Result<Lines> ReadLines(const std::filesystem::path& path);
[[nodiscard]] hosts::base::Result<Lines> ReadLinesText(std::string_view text,
                                                       std::string_view name);

// Those lines, sorted.
[[nodiscard]] Record SortLines(Lines lines);

[[nodiscard]] hosts::base::Result<Record> ReadRecord(const std::filesystem::path& path);

// The same, from text; `name` stands for the file in errors.
[[nodiscard]] hosts::base::Result<Record> ReadRecordText(std::string_view text,
                                                         std::string_view name);

}  // namespace reports::record
