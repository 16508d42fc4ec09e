#pragma once
// IdleProcessors: the share of the processors' time that nobody has used since the last look, from /proc/stat.
//
// Threads: one at a time.
// Fails:   never: what cannot be read is taken for busy.

#include <cstdint>
#include <optional>
#include <string_view>

namespace harness::selftest {

// Clock ticks since the machine was started, of all processors together.
struct ProcessorTicks {
  std::uint64_t idle = 0;  // also those that wait for a disk
  std::uint64_t all = 0;
};
// From the text of /proc/stat; nullopt if it is none.
[[nodiscard]] std::optional<ProcessorTicks> ParseProcessorTicks(std::string_view text);
// Between two looks; 0 if no time has gone by.
[[nodiscard]] double IdleShare(const ProcessorTicks& before, const ProcessorTicks& now);

class IdleProcessors {
 public:
  IdleProcessors();
  // Since the last call, or since this was made.
  [[nodiscard]] double Share();

 private:
  ProcessorTicks before_;
};

}  // namespace harness::selftest
