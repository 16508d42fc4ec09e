#pragma once
// Log: one event, one line, one stable code, to standard error or the file of ErrorLog.
//
// A line is written with a single write(), so that lines of several processes do not mix, and nobody
// waits for who reads them (line_output.h):
//   2026-01-31T12:00:00.123Z info H0103 [4711 accounts] the text
// Codes are listed with cause and remedy in hosts/events/table.cpp and are never used for another
// event again.
//
// A process has a log of its own, and may have further ones: a thread writes to the one that it has chosen.
//
// Threads: all functions may be called from any thread; a choice is its thread's.
// Fails:   never; a log that cannot be written loses lines, it does not stop requests. H0241 says how
//          many.

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hosts::base {

// At Critical nothing is logged but what applications log so: as the level of a log it hides everything else.
enum class LogLevel { Critical, Error, Warning, Info, Debug };

// Which process writes: shown in every line, e.g. "supervisor", "server", "accounts".
void SetLogProcess(std::string name);
void SetLogLevel(LogLevel level);
// Lines go to this descriptor from now on (standard error at the start). Not owned.
void SetLogDescriptor(int fd);
// Of the log that this thread has chosen.
[[nodiscard]] bool IsLogged(LogLevel level);

struct FurtherLog {
  int fd = -1;  // not owned
  LogLevel level = LogLevel::Info;
};
// Numbered from 1; in place of those that were there.
void SetFurtherLogs(const std::vector<FurtherLog>& logs);

// While it lives, lines of this thread go to the log of that number: 0, and one that is not there, is the
// process's own.
class [[nodiscard]] LogChoice {
 public:
  explicit LogChoice(int number);
  LogChoice(const LogChoice&) = delete;
  LogChoice& operator=(const LogChoice&) = delete;
  ~LogChoice();

 private:
  const int before_;
};

void LogLine(LogLevel level, std::string_view code, std::string_view text);

template <typename... Arguments>
void Log(LogLevel level,
         std::string_view code,
         fmt::format_string<Arguments...> format,
         Arguments&&... arguments) {
  if (IsLogged(level)) {
    LogLine(level, code, fmt::format(format, std::forward<Arguments>(arguments)...));
  }
}

}  // namespace hosts::base
