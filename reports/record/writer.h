#pragma once
// RecordWriter: appends lines to a record file, each with one write(), so that a run that is cut off
// leaves whole lines behind.
//
// Owns:    the open file.
// Threads: one at a time.
// Fails:   Open refuses a file that already holds something, unless told to append; Write when the disk
//          does.

#include <filesystem>

#include "hosts/base/result.h"
#include "hosts/base/unique_fd.h"
#include "reports/record/record.h"

namespace reports::record {

enum class OpenMode {
  New,     // the file must be absent or empty
  Append,  // a run is resumed, or checks are added to it; a cut-off last line is dropped
};

class RecordWriter {
 public:
  [[nodiscard]] static hosts::base::Result<RecordWriter> Open(const std::filesystem::path& path,
                                                              OpenMode mode = OpenMode::New);

  [[nodiscard]] hosts::base::Result<void> Write(const Line& line);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  RecordWriter(std::filesystem::path path, hosts::base::UniqueFd fd)
      : path_(std::move(path)), fd_(std::move(fd)) {}
  std::filesystem::path path_;
  hosts::base::UniqueFd fd_;
};

}  // namespace reports::record
