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

// Where lines go, and how much is written there.
struct Place {
  explicit Place(int fd, LogLevel most = LogLevel::Info) : output(fd), level(most) {}
  LineOutput output;
  std::atomic<LogLevel> level;
};

using Places = std::vector<std::unique_ptr<Place>>;

// The log is the one thing in the house that belongs to the process and not to an object.
struct LogState {
  std::atomic<Place*> own{nullptr};
  std::atomic<const Places*> further{nullptr};
  // All there were, some a restart: a thread may be writing to those before, and needs no lock for it,
  // which a fork could leave locked.
  std::mutex mutex;
  Places places;
  std::vector<std::unique_ptr<const Places>> all_further;

  LogState() { Use(STDERR_FILENO); }
  void Use(int fd) {
    const std::lock_guard lock(mutex);
    const LogLevel level = own.load() != nullptr ? own.load()->level.load() : LogLevel::Info;
    places.push_back(std::make_unique<Place>(fd, level));
    own = places.back().get();
  }
  void UseFurther(const std::vector<FurtherLog>& logs) {
    const std::lock_guard lock(mutex);
    auto made = std::make_unique<Places>();
    for (const FurtherLog& log : logs)
      made->push_back(log.fd < 0 ? nullptr : std::make_unique<Place>(log.fd, log.level));
    all_further.push_back(std::move(made));
    further = all_further.back().get();
  }
  std::string process = "host";  // set before threads are started
};

LogState& State() {
  static LogState& state = *new LogState;  // threads may log while the process ends
  return state;
}

thread_local int chosen_log = 0;

Place& ChosenPlace() {
  const auto number = static_cast<std::size_t>(chosen_log);
  if (number > 0) {
    const Places* further = State().further.load(std::memory_order_acquire);
    if (further != nullptr && number <= further->size() && (*further)[number - 1] != nullptr) {
      return *(*further)[number - 1];
    }
  }
  return *State().own.load(std::memory_order_acquire);
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
  State().own.load()->level = level;
}
void SetLogDescriptor(int fd) {
  State().Use(fd);
}
bool IsLogged(LogLevel level) {
  return level <= ChosenPlace().level.load(std::memory_order_relaxed);
}

void SetFurtherLogs(const std::vector<FurtherLog>& logs) {
  State().UseFurther(logs);
}

LogChoice::LogChoice(int number) : before_(std::exchange(chosen_log, std::max(number, 0))) {}

LogChoice::~LogChoice() {
  chosen_log = before_;
}

void LogLine(LogLevel level, std::string_view code, std::string_view text) {
  Place& place = ChosenPlace();
  if (level > place.level.load(std::memory_order_relaxed)) return;
  std::string kept;
  if (std::ranges::any_of(text, IsControl)) text = kept = WithoutControls(text);
  LineOutput& output = place.output;
  if (const std::uint64_t lost = output.TakeLost(); lost > 0) {
    const std::string words =
        fmt::format("{} lines of this log are lost: there was no room for them", lost);
    if (!output.Write(Formatted(LogLevel::Warning, "H0241", words))) output.CountLost(lost - 1);
  }
  (void)output.Write(Formatted(level, code, text));
}

}  // namespace hosts::base
