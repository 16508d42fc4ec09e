#pragma once
// The texts of /proc as values. Pure: no file is read here.
//
// Fails:   nothing when the text is not what proc(5) describes.

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace harness::sampling {

// /proc/PID/stat
struct ProcessStat {
  pid_t pid = 0;
  std::string name;
  char state = '?';
  pid_t parent = 0;
  std::int64_t cpu_ticks = 0;           // its own, user and system
  std::int64_t children_cpu_ticks = 0;  // of children that ended and were waited for
  int threads = 0;
  // Pages that had to be brought in; major: from a disk. Of children as above.
  std::int64_t minor_faults = 0;
  std::int64_t children_minor_faults = 0;
  std::int64_t major_faults = 0;
  std::int64_t children_major_faults = 0;
};

// /proc/PID/smaps_rollup
struct MemoryRollup {
  std::int64_t rss_kib = 0;
  std::int64_t pss_kib = 0;
  std::int64_t private_dirty_kib = 0;
  std::int64_t private_clean_kib = 0;
  std::int64_t shared_kib = 0;  // mapped by others as well, clean and dirty

  MemoryRollup& operator+=(const MemoryRollup& other);
};

// /proc/PID/task/TID/status: how often a thread gave up its processor, and how often it was taken.
struct Switches {
  std::int64_t voluntary = 0;
  std::int64_t involuntary = 0;
};

// /proc/PID/io: calls that read and write through files: read, write, sendfile and their kin. What goes over
// a socket by recv and send is not in it.
struct FileCalls {
  std::int64_t reads = 0;
  std::int64_t writes = 0;
};

[[nodiscard]] std::optional<ProcessStat> ParseStat(std::string_view text);
[[nodiscard]] std::optional<MemoryRollup> ParseSmapsRollup(std::string_view text);
[[nodiscard]] std::optional<Switches> ParseSwitches(std::string_view text);
[[nodiscard]] std::optional<FileCalls> ParseFileCalls(std::string_view text);

}  // namespace harness::sampling
