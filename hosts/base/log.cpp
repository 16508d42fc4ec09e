#include "hosts/base/log.h"

#include <fmt/chrono.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <ctime>

namespace hosts::base {

namespace {

// The log is the one thing in the house that belongs to the process and not to an object.
struct LogState {
  std::atomic<int> fd{2};
  std::atomic<LogLevel> level{LogLevel::Info};
  std::string process = "host";  // set before threads are started
};

LogState& State() {
  static LogState state;
  return state;
}

std::string_view Name(LogLevel level) {
  switch (level) {
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

}  // namespace

void SetLogProcess(std::string name) {
  State().process = std::move(name);
}
void SetLogLevel(LogLevel level) {
  State().level = level;
}
void SetLogDescriptor(int fd) {
  State().fd = fd;
}
bool IsLogged(LogLevel level) {
  return level <= State().level.load(std::memory_order_relaxed);
}

void LogLine(LogLevel level, std::string_view code, std::string_view text) {
  if (!IsLogged(level)) return;
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  std::string kept;
  if (std::ranges::any_of(text, IsControl)) text = kept = WithoutControls(text);
  std::string line = fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z {} {} [{} {}] {}\n",
                                 fmt::gmtime(now.tv_sec),
                                 now.tv_nsec / 1'000'000,
                                 Name(level),
                                 code,
                                 ::getpid(),
                                 State().process,
                                 text);
  [[maybe_unused]] const ssize_t written = ::write(State().fd, line.data(), line.size());
}

}  // namespace hosts::base
