#pragma once
// What a host's processes hold, read from /proc: descriptors, memory, processor time.
//
// Threads: any; snapshots.
// Fails:   a process that has ended counts as nothing.

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <vector>

#include "suites/hosts_under_test/host_under_test.h"

namespace suites::hosts_under_test {

struct Holdings {
  long descriptors = 0;
  std::int64_t rss_kib = 0;
  std::int64_t peak_kib = 0;  // the most it ever was
  double cpu_seconds = 0;
};

[[nodiscard]] Holdings HoldingsOf(pid_t pid);

// Of the supervisor and its children.
using Family = std::map<pid_t, Holdings>;
[[nodiscard]] Family FamilyOf(const HostUnderTest& host);

[[nodiscard]] long Descriptors(const Family& family);
[[nodiscard]] std::int64_t RssKib(const Family& family);
[[nodiscard]] double CpuSeconds(const Family& family);

}  // namespace suites::hosts_under_test
