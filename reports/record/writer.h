#pragma once
// RecordWriter: appends lines to a record file, each with one write(), so that a run that is cut off
// leaves whole lines behind.
//
// Owns:    the open file, and its lock: nobody else writes to it meanwhile.
// Threads: one at a time.
// Fails:   Open refuses a file that already holds something, unless told to append, and one that another process writes,
//          which it names; Write when the disk does: what is in the file are whole lines even then.

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
  // Whether the file ended with half a line, which was dropped.
  [[nodiscard]] bool has_dropped_half_a_line() const { return has_dropped_; }

 private:
  RecordWriter(std::filesystem::path path, hosts::base::UniqueFd fd, bool has_dropped)
      : path_(std::move(path)), fd_(std::move(fd)), has_dropped_(has_dropped) {}
  std::filesystem::path path_;
  hosts::base::UniqueFd fd_;
  bool has_dropped_ = false;
};

}  // namespace reports::record
