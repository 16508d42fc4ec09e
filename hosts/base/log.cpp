#include "hosts/base/log.h"

#include <fmt/chrono.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <ctime>
#include <memory>
#include <mutex>
#include <vector>

#include "hosts/base/line_output.h"

namespace hosts::base {

namespace {

// The log is the one thing in the house that belongs to the process and not to an object.
struct LogState {
  std::atomic<LineOutput*> output{nullptr};
  // All there were, one a restart: a thread may be writing to the one before, and needs no lock for it,
  // which a fork could leave locked.
  std::mutex mutex;
  std::vector<std::unique_ptr<LineOutput>> outputs;

  LogState() { Use(STDERR_FILENO); }
  void Use(int fd) {
    const std::lock_guard lock(mutex);
    outputs.push_back(std::make_unique<LineOutput>(fd));
    output = outputs.back().get();
  }
  std::atomic<LogLevel> level{LogLevel::Info};
  std::string process = "host";  // set before threads are started
};

LogState& State() {
  static LogState& state = *new LogState;  // threads may log while the process ends
  return state;
}

std::string_view Name(LogLevel level) {
  switch (level) {
    case LogLevel::Critical:
      return "critical";
    case LogLevel::Error:
      return "error";
    case LogLevel::Warning:
      return "warning";
    case LogLevel::Info:
      return "info";
    case LogLevel::Debug:
      return "debug";
  }
  return "?";
}

bool IsControl(char c) {
  constexpr unsigned char kFirstPrintable = 0x20;
  constexpr unsigned char kDelete = 0x7f;
  const auto byte = static_cast<unsigned char>(c);
  return (byte < kFirstPrintable && c != '\t') || byte == kDelete;
}

// What clients and applications said may be in it: a line stays one line.
std::string WithoutControls(std::string_view text) {
  std::string shown;
  for (const char c : text) {
    if (IsControl(c)) {
      fmt::format_to(std::back_inserter(shown), "\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      shown += c;
    }
  }
  return shown;
}

std::string Formatted(LogLevel level, std::string_view code, std::string_view text) {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z {} {} [{} {}] {}\n",
                     fmt::gmtime(now.tv_sec),
                     now.tv_nsec / 1'000'000,
                     Name(level),
                     code,
                     ::getpid(),
                     State().process,
                     text);
}

}  // namespace

void SetLogProcess(std::string name) {
  State().process = std::move(name);
}
void SetLogLevel(LogLevel level) {
  State().level = level;
}
void SetLogDescriptor(int fd) {
  State().Use(fd);
}
bool IsLogged(LogLevel level) {
  return level <= State().level.load(std::memory_order_relaxed);
}

void LogLine(LogLevel level, std::string_view code, std::string_view text) {
  if (!IsLogged(level)) return;
  std::string kept;
  if (std::ranges::any_of(text, IsControl)) text = kept = WithoutControls(text);
  LineOutput* const output = State().output.load();
  if (const std::uint64_t lost = output->TakeLost(); lost > 0) {
    const std::string words =
        fmt::format("{} lines of this log are lost: there was no room for them", lost);
    if (!output->Write(Formatted(LogLevel::Warning, "H0241", words))) output->CountLost(lost - 1);
  }
  (void)output->Write(Formatted(level, code, text));
}

}  // namespace hosts::base
