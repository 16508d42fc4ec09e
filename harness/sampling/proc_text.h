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
};

// /proc/PID/smaps_rollup
struct MemoryRollup {
  std::int64_t rss_kib = 0;
  std::int64_t pss_kib = 0;
  std::int64_t private_dirty_kib = 0;
};

[[nodiscard]] std::optional<ProcessStat> ParseStat(std::string_view text);
[[nodiscard]] std::optional<MemoryRollup> ParseSmapsRollup(std::string_view text);

}  // namespace harness::sampling
