#pragma once
// Reading a record file. A run that was cut off is readable: without its footer, or with half a last
// line, the Record is not complete and says why.
//
// Fails:   a file that cannot be read, that does not begin with a header of a schema we know, or a line
//          that is not what its type says: the error has file and line.

#include <filesystem>
#include <string_view>

#include "hosts/base/result.h"
#include "reports/record/record.h"

namespace reports::record {

[[nodiscard]] hosts::base::Result<Record> ReadRecord(const std::filesystem::path& path);

// The same, from text; `name` stands for the file in errors.
[[nodiscard]] hosts::base::Result<Record> ReadRecordText(std::string_view text,
                                                         std::string_view name);

}  // namespace reports::record
